"""What holds for every role of a column; a role that lacks one of its places fails here."""

from __future__ import annotations

import re
from typing import NamedTuple, get_args

import pytest

from chainrule.data.columns.roles import ColumnRole, infer_role
from chainrule.data.inspection.summary import summary_of
from chainrule.data.preparation.columns import column_from_json, fit_column
from chainrule.data.preparation.encoding import OneHot
from chainrule.data.preparation.scaling import SmoothClipping
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.data.vocabulary import LEFT_OUT, Role
from tests.book import ENGLISH, KOREAN
from tests.data.columns import numbers, table, texts


class Example(NamedTuple):
    """A column that has the role by its values, how many features it has, and its summary."""

    column: Column
    features: int
    summary: str


EXAMPLES: dict[Role, Example] = {
    "number": Example(numbers("x", 1, 2, 4), 1, "1 to 4, median 2"),
    "category": Example(texts("x", "a", "b", "a"), 2, "a 67%, b 33%"),
    "yes_no": Example(texts("x", "yes", "no", "yes"), 1, "yes 67%, no 33%"),
    "date": Example(texts("x", "2024-01-31", "2024-02-29"), 7, "2024-01-31 to 2024-02-29"),
    "identifier": Example(numbers("id", *range(30)), 0, "such as 0"),
    "constant": Example(texts("x", "a", "a"), 0, "a 100%"),
    "text": Example(texts("x", *(f"the {i}th of all words" for i in range(30))), 0, "such as the"),
}

every_role = pytest.mark.parametrize("role", get_args(Role))


def test_every_role_has_an_example_here() -> None:
    assert EXAMPLES.keys() == set(get_args(Role))


@every_role
def test_it_is_found_from_the_values(role: Role) -> None:
    assert infer_role(EXAMPLES[role].column).role == role


@every_role
def test_its_column_becomes_features_that_a_model_file_holds_or_is_left_out(role: Role) -> None:
    column, features, _ = EXAMPLES[role]
    fitted = fit_column(column, role, table(column), SmoothClipping, OneHot)
    if fitted is None:
        assert role in LEFT_OUT
        assert features == 0
    else:
        assert role not in LEFT_OUT
        assert len(fitted.feature_names) == features
        assert column_from_json(fitted.as_json()) == fitted


@every_role
def test_inspect_shows_its_values(role: Role) -> None:
    column, features, shown = EXAMPLES[role]
    summary = summary_of(table(column), column, ColumnRole("x", role, "of the test"))
    assert summary.values.startswith(shown)
    assert summary.features == features


@every_role
def test_help_and_the_documentation_name_it(role: Role) -> None:
    option = ReadOptions.declarations()["role"]
    assert re.search(rf"\b{role}\b", option.help), "chainrule/data/read_options.py"
    for folder in (ENGLISH, KOREAN):
        page = folder / "inspect.md"
        assert f"\n| `{role}` | " in page.read_text(encoding="utf-8"), page
