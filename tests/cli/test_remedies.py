"""The options that an error recommends are followed: they are taken, and the error is gone."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import ROWS, Call, csv

OPTION = re.compile(r"--[a-z][a-z-]+ (?:'[^']*'|[^\s,;]+)")


def table(column: int, *values: object) -> str:
    """A table whose first values of a column are replaced."""
    rows = [list(row) for row in ROWS]
    for row, value in zip(rows, values, strict=False):
        row[column] = value
    return csv(["size", "kind", "price"], rows)


REFUSED: list[tuple[str, tuple[str, ...]]] = [
    (table(0, 0.5, "oops"), ()),
    (table(0, "inf"), ()),
    (table(0, "-Infinity"), ()),
    (table(0, *("0.5 kg" for _ in range(30))), ()),
    (table(2, "inf"), ("--task", "regression")),
    (table(2, "x y"), ()),
    (table(2, *range(60)), ("--task", "classification")),
    (table(0), ("--task", "binary")),
    (table(0), ("--memory", "1KB")),
]


@pytest.mark.usefixtures("files", "no_report")
@pytest.mark.parametrize(("content", "options"), REFUSED)
def test_what_an_error_recommends_is_taken(
    call: Call, content: str, options: tuple[str, ...]
) -> None:
    Path("refused.csv").write_text(content)
    train = ("train", "refused.csv", "--target", "price", "--epochs", "1", "--layers", "4")
    refused = call(*train, *options)
    assert refused.status == 2
    recommended = OPTION.findall(refused.err.split("expected", 1)[1])
    assert recommended
    for text in recommended:
        option, value = shlex.split(text.rstrip("."))
        others = [] if option in options else options
        followed = call(*train, *others, option, value)
        assert followed.status == 0, followed.err
