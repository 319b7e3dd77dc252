"""Finders that look at one column."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chainrule.data.columns.roles import ColumnRole, infer_role
from chainrule.data.columns.statistics import skew_of
from chainrule.data.columns.task import infer_task
from chainrule.data.inspection import inspect, problems
from chainrule.data.inspection.missing_values import mostly_missing
from chainrule.data.inspection.mixed_units import mixed_units
from chainrule.data.inspection.numbers_as_text import numbers_as_text
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.quantity import parse_quantity
from chainrule.data.preparation import Preparation
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read
from chainrule.data.table import Column
from tests.data.columns import PENGUINS, numbers, table, texts

NAN = float("nan")
HEIGHTS = np.random.default_rng(0).normal(1.75, 0.08, 200)


def found(finder: Callable[[Column, ColumnRole], list[Problem]], column: Column) -> list[str]:
    return [str(problem) for problem in finder(column, infer_role(column))]


def kinds(*columns: Column, target: Column | None = None) -> list[str]:
    data = table(*columns, target=target)
    return [p.kind for p in problems(data, None if target is None else infer_task(target))]


@pytest.mark.parametrize(
    ("text", "unit", "measures"),
    [
        ("12 kg", "kg", "mass"),
        ("5lb.", "lb", "mass"),
        ("-3.5 °C", "°c", "temperature"),
        ("$1,200", "$", "money"),
        ("45%", "%", "share"),
        ("1 200 €", "€", "money"),
    ],
)
def test_an_amount_is_a_number_with_a_unit(text: str, unit: str, measures: str) -> None:
    amount = parse_quantity(text)
    assert amount is not None
    assert (amount.unit, amount.dimension) == (unit, measures)


@pytest.mark.parametrize("text", ["12", "22B", "1st", "C85", "10-20 kg", "kg", "", "12 kg 3 g"])
def test_what_has_no_known_unit_behind_a_number_is_no_amount(text: str) -> None:
    assert parse_quantity(text) is None


def test_text_of_numbers_alone_is_told_of() -> None:
    (said,) = found(numbers_as_text, texts("size", *map(str, [10, 20, 30] * 5)))
    assert "Column 'size' is text, and all of its 15 values are numbers" in said
    assert "--role size=number" in said


def test_words_among_numbers_are_told_of_with_the_option_that_reads_them_as_missing() -> None:
    (said,) = found(numbers_as_text, texts("size", *["3", "4"] * 5, "not known", "-"))
    assert "2 of its 12 values are not numbers but '-', 'not known'" in said
    assert "--missing - --missing 'not known'" in said


def test_numbers_with_one_unit_are_told_of() -> None:
    (said,) = found(numbers_as_text, texts("weight", *["3 kg", "4.5 kg"] * 5))
    assert "numbers with the unit 'kg', such as '3 kg'" in said


@pytest.mark.parametrize(
    "column",
    [
        texts("kind", *"abc" * 4),
        texts("seat", *["22B", "1A", "3C"] * 4),
        texts("many", *(f"{i}" for i in range(9)), *(f"A{i}" for i in range(9))),
        numbers("x", 1, 2, 3),
        texts("day", *["2024-01-02", "2024-01-03"] * 3),
        Column("code", np.array(["1", "2"] * 5, object), declared="category"),
    ],
    ids=lambda column: column.name,
)
def test_categories_dates_and_what_was_declared_are_no_numbers_as_text(column: Column) -> None:
    assert found(numbers_as_text, column) == []


def test_two_units_in_text_are_told_of() -> None:
    (problem,) = mixed_units(texts("weight", *["12 kg", "5 lb", "7 kg"] * 3))
    assert (
        "more than one unit: kg (6 rows), lb (3 rows), such as '12 kg', '5 lb'" in problem.message
    )


@pytest.mark.parametrize(
    "column",
    [
        texts("weight", *["12 kg", "7 kg"] * 3),
        texts("offer", *["12 kg", "5 $"] * 3),  # another measure, so no mixture of units
        texts("place", *["1st", "2nd", "3rd"] * 3),
    ],
    ids=lambda column: column.name,
)
def test_one_unit_two_measures_and_ordinals_are_no_mixture(column: Column) -> None:
    assert mixed_units(column) == []


@pytest.mark.parametrize("factor", [10, 100, 1000, 1_000_000])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_numbers_in_two_magnitudes_are_told_of(factor: int, share: float) -> None:
    values = np.where(np.arange(200) % 100 < 100 * share, factor * HEIGHTS, HEIGHTS)
    (problem,) = mixed_units(numbers("height", *values))
    assert f"the latter are about {factor:,} times the first" in problem.message


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("alike", HEIGHTS),
        ("no_factor", np.where(np.arange(200) % 2, 37 * HEIGHTS, HEIGHTS)),
        ("another_shape", np.where(np.arange(200) % 2, 175.0, HEIGHTS * np.linspace(0.5, 2, 200))),
        ("with_zeros", np.where(np.arange(200) % 2, 100.0, 0.0)),
        ("few", HEIGHTS[:10]),
        ("wide", np.exp(np.random.default_rng(1).normal(0, 3, 200))),
        ("one_outlier", [*HEIGHTS, 175]),
        ("constant", [3.0] * 50),
    ],
)
def test_what_is_not_certain_is_no_mixture_of_units(
    name: str, values: NDArray[np.float64] | list[float]
) -> None:
    assert mixed_units(numbers(name, *values)) == []


def test_a_column_that_is_mostly_missing_is_told_of_if_it_is_learned_from() -> None:
    rows = texts("garage", "yes", "no", None, None, None)
    (said,) = found(mostly_missing, rows)
    assert "Column 'garage' is missing in 60.0% of the rows" in said
    assert found(mostly_missing, texts("garage", "yes", "no", None, None)) == []
    assert found(mostly_missing, numbers("x", NAN, NAN)) == []


def test_a_number_that_counts_the_rows_is_told_of_unless_it_is_left_out_anyway() -> None:
    assert kinds(numbers("case", *range(50))) == ["row_counter"]
    assert kinds(numbers("case_id", *range(50))) == ["left_out"]
    assert kinds(numbers("size", *np.arange(50) // 2)) == []


def test_columns_of_one_value_are_told_of_together() -> None:
    data = table(numbers("a", 1, 1), texts("b", None, None), numbers("x", 1, 2))
    (problem,) = problems(data, None)
    assert problem.kind == "constant"
    assert "Columns 'a', 'b' have the same value in all rows" in problem.message


def test_dates_that_can_be_read_either_way_are_told_of() -> None:
    assert kinds(texts("day", "1/2/2024", "3/4/2024")) == ["ambiguous_dates"]
    assert kinds(texts("day", "1/2/2024", "3/14/2024")) == []


def test_a_group_and_a_time_are_offered_with_their_options() -> None:
    rows = range(100)
    data = table(
        texts("patient_id", *(f"p{row // 4}" for row in rows)),
        texts("visited", *(f"2024-01-{row % 28 + 1:02}" for row in rows)),
        numbers("x", *(row * row for row in rows)),
    )
    found = problems(data, None)
    assert [problem.kind for problem in found] == ["group_column", "time_column"]
    assert found[0].remedy == "Then split by it: --group patient_id"
    assert found[1].remedy == "Then split by it: --time visited"


def test_a_given_role_is_what_a_column_is_inspected_as() -> None:
    data = table(texts("size", *map(str, [10, 20, 30] * 5)))
    assert [p.kind for p in problems(data, None)] == ["numbers_as_text"]
    assert problems(data, None, {"size": "number"}) == []


@pytest.mark.parametrize(
    ("file", "target", "expected"),
    [
        ("adult/adult-train.csv", "income", ["duplicated_rows"]),
        ("titanic/titanic.csv", "Survived", ["left_out"] * 4),
        ("california-housing/housing.csv", "median_house_value", ["capped_target"]),
        ("wine-quality/winequality-red.csv", "quality", ["duplicated_rows", "numbers_as_classes"]),
        (
            *("wine-quality/winequality-white.csv", "quality"),
            ["duplicated_rows", "numbers_as_classes", "rare_classes"],
        ),
    ],
)
def test_in_real_tables_only_what_is_true_is_found(
    real: Path, file: str, target: str, expected: list[str]
) -> None:
    data = read(real / "tabular" / file, target=target)
    assert data.target is not None
    assert [problem.kind for problem in problems(data, infer_task(data.target))] == expected


def test_penguins_have_no_problem() -> None:
    data = read(PENGUINS, target="species")
    assert problems(data, "classification") == []


def test_the_largest_numbers_there_are_can_be_inspected() -> None:
    largest = np.finfo(float).max
    x = numbers("x", *np.linspace(-1, 1, 100) * largest)
    found = inspect(table(x, target=numbers("y", *np.linspace(1, -1, 100) * largest)))
    assert [problem.kind for problem in found.problems] == ["target_leakage"]
    assert found.columns[0].values.startswith("-1.79769e+308 to 1.79769e+308")


def test_the_skew_is_that_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with scikit-learn")
    values = np.random.default_rng(0).lognormal(size=300)
    assert skew_of(values) == pytest.approx(stats.skew(values), rel=1e-12)
    assert skew_of(np.full(5, 3.0)) == 0


def test_a_column_is_summed_up_by_its_range_or_its_commonest_values() -> None:
    data = table(
        numbers("x", 1, 2, 2.5, NAN),
        texts("kind", "a", "a", "b", "c"),
        texts("day", "2024-01-31", "1.2.2024", None, "2024-01-01"),
        target=numbers("y", 1, 2, 3, 5),
    )
    x, kind, day = inspect(data).columns
    assert (x.values, x.missing, x.distinct, x.features) == ("1 to 2.5, median 2", 0.25, 3, 2)
    assert (kind.values, kind.features) == ("a 50%, b 25%, c 25%", 3)
    assert (day.role, day.values) == ("date", "2024-01-01 to 2024-02-01")


def test_the_features_of_all_columns_are_those_of_the_preparation() -> None:
    data = read(PENGUINS, target="species")
    preparation = Preparation.fit(data, np.arange(len(data)), "classification")
    counts = [column.features for column in inspect(data).columns]
    assert sum(counts) == len(preparation.feature_names)


def test_a_role_that_values_do_not_fit_is_a_problem() -> None:
    options = ReadOptions(role={"kind": "yes_no"})
    inspection = inspect(replace(table(texts("kind", "a", "b")), read_options=options))
    assert [summary.role for summary in inspection.columns] == ["category"]
    (problem,) = inspection.problems
    assert problem.kind == "refused"
    assert "column 'kind': got 'a', expected yes or no" in problem.message
