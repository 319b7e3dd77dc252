"""inspect explains what train refuses, and shows the rest of the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.cli.conftest import QUICK, Call, csv

ROWS = range(60)
A = [row % 7 for row in ROWS]
Y = [row * row % 97 for row in ROWS]

# For each fault: the columns a and y, further options, what is said, and the remedy.
FAULTS: dict[str, tuple[Sequence[object], Sequence[object], Sequence[str], str, str]] = {
    "one class": (A, ["x"] * 60, (), "got the same value 'x' in all 60 rows", "--target."),
    "few rows": (A[:5], Y[:5], (), "got 5 rows with a target", "Collect more rows."),
    "no target": (A, [""] * 60, (), "got no value in all 60 rows", "--target."),
    "infinite": ([*A[:5], "inf", *A[6:]], Y, (), "row 6, column 'a': got 'inf'", "--missing inf"),
    "infinite target": (A, [*Y[:5], "inf", *Y[6:]], (), "column 'y': got 'inf'", "--missing inf"),
    "text among numbers": ([*A[:5], "abc", *A[6:]], Y, (), "got 'abc'", "--missing abc"),
    "unknown target": (A, Y, ("--target", "z"), "got the target 'z'", "'a', 'y'"),
    "unknown role": (A, Y, ("--role", "b=date"), "column of a role 'b'", "'a', 'y'"),
    "unknown category": (A, Y, ("--categorical", "b"), "categorical column 'b'", "'a', 'y'"),
    "unknown drop": (A, Y, ("--drop", "b"), "got the column to drop 'b'", "'a', 'y'"),
    "classes like names": (A, [f"n{row}" for row in ROWS], (), "all different", "another column"),
    "three for binary": (
        *(A, [row % 3 for row in ROWS]),
        *(("--task", "binary"), "got 3 classes, expected two", "--task classification"),
    ),
    "regression of text": (
        *(A, [f"n{row}" for row in ROWS]),
        *(("--task", "regression"), "got 'n0', expected a number", "--task classification"),
    ),
    "a role that does not fit": (
        *([f"n{row % 5}" for row in ROWS], Y),
        *(("--role", "a=number"), "column 'a': got 'n0', expected a number", "--missing n0"),
    ),
    "no usable column": ([f"n{row}" for row in ROWS], Y, (), "no column that can be used", "Add"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_inspect_shows_as_a_problem_what_train_refuses(
    call: Call, tmp_path: Path, fault: str
) -> None:
    a, y, options, said, remedy = FAULTS[fault]
    path = tmp_path / "t.csv"
    path.write_text(csv(("a", "y"), list(zip(a, y, strict=True))))
    options = options if "--target" in options else ("--target", "y", *options)
    called = call("inspect", path, "--json", *options)
    assert called.status == 0, called.err
    inspection = json.loads(called.out)
    assert "a" in [column["name"] for column in inspection["columns"]]
    problem = inspection["problems"][0]
    assert problem["kind"] == "refused"
    assert said in problem["message"]
    assert remedy in problem["remedy"]
    trained = call("train", path, *options, *QUICK, "--out", tmp_path / "run")
    assert trained.status == 2
    assert said in trained.err


def test_all_that_is_refused_is_shown_at_once(call: Call, tmp_path: Path) -> None:
    rows = [("inf" if row == 3 else row % 7, "x" if row == 4 else row % 5) for row in ROWS]
    (tmp_path / "t.csv").write_text(csv(("a", "b"), rows))
    called = call("inspect", tmp_path / "t.csv", "--json", "--target", "c", "--drop", "d")
    kinds = [problem["kind"] for problem in json.loads(called.out)["problems"]]
    assert kinds[:4] == ["refused"] * 4


def test_infinite_numbers_of_a_typed_file_are_shown_too(call: Call, tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [np.inf, *map(float, A[1:])], "y": Y})
    frame.write_parquet(tmp_path / "t.parquet")
    called = call("inspect", tmp_path / "t.parquet", "--json", "--target", "y")
    assert called.status == 0, called.err
    inspection = json.loads(called.out)
    assert inspection["problems"][0]["kind"] == "refused"
    assert "row 1, column 'a': got 'inf'" in inspection["problems"][0]["message"]
    assert inspection["columns"][0]["values"] == "0 to 6, median 3"


def test_a_file_that_is_no_table_is_refused_by_inspect_as_well(call: Call, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,y\n1,"2\n')
    assert call("inspect", tmp_path / "t.csv", "--target", "y").status == 2
