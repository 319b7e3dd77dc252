"""What `inspect` says of a column is what the model uses, and what the report shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chainrule.data.inspection import inspect
from chainrule.data.table import Column
from chainrule.insight.report.data import data as data_section
from chainrule.layers import Dense, Network
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings
from tests.data.columns import numbers, table, texts
from tests.insight.page import Page
from tests.insight.runs import evidence, trained

ROWS = 60
Made = Callable[[np.random.Generator], list[object]]


def words(random: np.random.Generator, distinct: int, before: str = "w") -> list[object]:
    return [f"{before}{number}" for number in random.integers(0, distinct, ROWS)]


# Columns that are near the border between two roles, so that another part of the rows would often
# have another one.
COLUMNS: Mapping[str, Made] = {
    "measure": lambda random: list(random.normal(size=ROWS)),
    "count": lambda random: list(random.integers(0, 9, ROWS).astype(float)),
    "customer_id": lambda random: list(random.permutation(9 * ROWS)[:ROWS].astype(float)),
    "order_no": lambda random: list(random.integers(0, ROWS, ROWS).astype(float)),
    "row": lambda random: list(np.arange(ROWS, dtype=float)),
    "account": lambda random: list(4e9 + random.permutation(9 * ROWS)[:ROWS]),
    "nearly constant": lambda random: list((random.permutation(ROWS) == 0) * 3.0),
    "half missing": lambda random: [
        float(number) if number > 4 else float("nan") for number in random.integers(0, 9, ROWS)
    ],
    "name": lambda random: words(random, ROWS),
    "town": lambda random: words(random, ROWS // 2),
    "kind": lambda random: words(random, 4),
    "switch": lambda random: list(random.choice(["yes", "no"], ROWS)),
    "switch or not": lambda random: ["maybe" if n == 0 else "yes" for n in range(ROWS)],
    "day": lambda random: [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(ROWS)],
    "nearly days": lambda random: [f"2024-01-{n:02}" if n < 28 else f"n{n}" for n in range(ROWS)],
    "remark": lambda random: [f"{n} words were said about it" for n in range(ROWS)],
    "address": lambda random: [f"10.0.{n % 40}.7" for n in range(ROWS)],
}


def column(name: str, random: np.random.Generator) -> Column:
    values = COLUMNS[name](random)
    return texts(name, *map(str, values)) if isinstance(values[0], str) else numbers(name, *values)  # type: ignore[arg-type]


@pytest.mark.parametrize("split", [(0.7, 0.15, 0.15), (0.3, 0.0, 0.7)])
@settings(max_examples=25)
@given(
    names=some.sets(some.sampled_from(sorted(COLUMNS)), min_size=1),
    seed=some.integers(0, 2**31),
)
def test_inspect_the_model_and_the_report_say_the_same_of_a_column(
    split: tuple[float, float, float], names: set[str], seed: int
) -> None:
    random = np.random.default_rng(seed)
    columns = [column(name, random) for name in ("measure", *sorted(names - {"measure"}))]
    data = table(*columns, target=numbers("y", *random.normal(size=ROWS)))
    said = {summary.name: summary for summary in inspect(data).columns}
    run, prepared = trained(data, Network(Dense(1)), split=split, epochs=1)
    used = run.model.preparation.columns
    assert set(used) == {name for name, summary in said.items() if summary.features}
    section = data_section(evidence(run, prepared))
    shown = {row[0]: row for row in Page(section).rows if row[0] in said and len(row) == 6}
    for name, summary in said.items():
        assert shown[name][1] == summary.role.replace("_", " ")
        left_out = f"left out, as {summary.reason}"
        assert (shown[name][2] == left_out) == (name not in used) == (summary.features == 0)


def test_every_column_that_is_left_out_is_a_problem_and_a_note_with_a_remedy() -> None:
    random = np.random.default_rng(0)
    data = table(
        *(column(name, random) for name in COLUMNS), target=numbers("y", *random.normal(size=ROWS))
    )
    inspection = inspect(data)
    left_out = {summary.name for summary in inspection.columns if not summary.features}
    assert {"customer_id", "account", "name", "remark"} <= left_out
    told = {name for problem in inspection.problems for name in problem.columns if problem.remedy}
    assert left_out <= told
    notes = prepare(data, Settings()).notes
    assert all(
        any(f"'{name}'" in note and "left out" in note for note in notes) for name in left_out
    )
