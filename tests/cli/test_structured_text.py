"""Text that looks like numbers or has several parts is told of as what it is."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import chainrule as cr
from chainrule.data.columns.structured_text import structure_of
from tests.cli.conftest import Call

ROWS = range(120)
TEXTS: dict[str, tuple[Callable[[int], str], str]] = {
    "ip": (lambda row: f"192.168.{row % 7}.{row % 11}", "IP addresses"),
    "version": (lambda row: f"{row % 3}.{row % 7}.{row % 5}", "numbers joined by points"),
    "phone": (lambda row: f"+82 10-{1000 + row % 9}-{2000 + row % 50}", "phone numbers"),
    "isbn": (lambda row: f"978-3-16-{148410 + row % 60}-{row % 10}", "book numbers (ISBN)"),
    "place": (lambda row: f"{50 + row % 9}.1,{10 + row % 8}.4", "pairs of numbers"),
    "score": (lambda row: f"{row % 7}-{row % 5}", "pairs of numbers"),
    "mac": (lambda row: f"01:00:{row % 9:02x}:01:03:{row % 7:02x}", "hardware addresses"),
    "tags": (lambda row: ";".join("abcdef"[: row % 5 + 1][row % 3 :]) or "a", "lists with ';'"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_inspect_and_the_model_take_it_as_text_and_say_what_it_is(
    call: Call, tmp_path: Path, kind: str
) -> None:
    make, name = TEXTS[kind]
    values = [make(row) for row in ROWS]
    pl.DataFrame({kind: values, "y": [row % 2 for row in ROWS]}).write_csv(tmp_path / "t.csv")
    (column,) = cr.read(tmp_path / "t.csv", target="y").columns  # type: ignore[union-attr]
    assert column.values.tolist() == values
    called = call("inspect", tmp_path / "t.csv", "--target", "y", "--json")
    inspection = json.loads(called.out)
    assert inspection["columns"][0]["role"] in ("category", "identifier")
    told = [problem for problem in inspection["problems"] if kind in problem["columns"]]
    assert any(name in problem["message"] + problem["remedy"] for problem in told)
    assert any("Put " in problem["remedy"] for problem in told)


@pytest.mark.parametrize(
    "texts",
    [
        ["red", "green", "blue"],
        ["Braund, Mr. Owen", "Cumings, Mrs. John", "Heikkinen, Miss. Laina"],
        ["A/5 21171", "PC 17599", "113803"],
        ["<1H OCEAN", "INLAND", "NEAR BAY"],
        ["HS-grad", "Some-college", "7th-8th"],
        [],
    ],
)
def test_other_text_has_no_structure(texts: list[str]) -> None:
    assert structure_of(texts) is None


def test_a_column_of_lists_is_a_problem_of_inspect(call: Call, tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": ROWS, "tags": [[1, 2]] * 120, "y": [row % 2 for row in ROWS]})
    frame.write_parquet(tmp_path / "t.parquet")
    called = call("inspect", tmp_path / "t.parquet", "--target", "y", "--json")
    inspection = json.loads(called.out)
    (problem,) = [p for p in inspection["problems"] if p["columns"] == ["tags"]]
    assert problem["kind"] == "left_out"
    assert "its type BIGINT[] is not supported" in problem["message"]
    assert not any("tags" in note for note in inspection["notes"])
