"""Workbooks of Excel and OpenDocument."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from chainrule.data.reading.read import read
from chainrule.errors import InputError
from tests.data.read_as import labels, read_table
from tests.data.workbooks import Cell, Sheets, write_ods, write_xlsx

pytest.importorskip("python_calamine", reason="the extra 'workbook' is not installed")

Writer = Callable[[Path, Sheets], Path]
every_kind = pytest.mark.parametrize("write", [write_xlsx, write_ods])

HEADER: list[Cell] = ["name", "age", "paid", "member", "day"]
ROWS: list[list[Cell]] = [
    ["Ann", 39, 1.5, True, datetime(2024, 3, 1)],
    ["Bob", None, 2.25, False, datetime(2024, 3, 2)],
    ["Che, Jr", 27, 3.0, True, datetime(2024, 12, 31)],
]


@every_kind
def test_a_sheet_is_read_by_its_content_and_not_by_its_name(tmp_path: Path, write: Writer) -> None:
    table = read_table(write(tmp_path / "people.data", {"People": [HEADER, *ROWS]}), target="paid")
    assert labels(table) == [1.5, 2.25, 3.0]
    assert table.column("name").values.tolist() == ["Ann", "Bob", "Che, Jr"]
    assert table.column("age").categories().tolist() == ["39", None, "27"]
    assert table.column("member").values.tolist() == ["true", "false", "true"]
    assert table.column("day").values.tolist() == ["2024-03-01", "2024-03-02", "2024-12-31"]


@every_kind
def test_times_of_a_column_are_kept_if_one_is_not_midnight(tmp_path: Path, write: Writer) -> None:
    times: list[Cell] = [datetime(2024, 3, 1), datetime(2024, 3, 1, 12, 30)]
    rows: list[list[Cell]] = [["at", "x"], *([at, i] for i, at in enumerate(times))]
    table = read_table(write(tmp_path / "a.ods", {"S": rows}))
    assert table.column("at").values.tolist() == ["2024-03-01 00:00:00", "2024-03-01 12:30:00"]


@every_kind
def test_titles_units_and_totals_of_a_sheet_are_found(tmp_path: Path, write: Writer) -> None:
    numbers = [(i * 7) % 11 for i in range(12)]
    rows: list[list[Cell]] = [["Sales 2024"], [], ["region", "units"], [None, "pcs"]]
    rows += [["ab"[i % 2], number] for i, number in enumerate(numbers)]
    path = write(tmp_path / "a.xlsx", {"S": [*rows, ["Total", sum(numbers)]]})
    with pytest.raises(InputError, match=r"a.xlsx, row 1: got 'pcs' where .* --skip-rows units"):
        read(path)
    table = read_table(path, skip_rows=["units", "totals"], target="units")
    assert labels(table) == numbers
    assert "line 1 ('Sales 2024') above the names" in table.notes[0]
    assert table.location(0) == "a.xlsx, row 2"


@every_kind
def test_a_sheet_is_chosen_by_name(tmp_path: Path, write: Writer) -> None:
    sheets: Sheets = {"May": [["x", "y"], [1, 2]], "June": [["x", "z"], [3, 4]]}
    path = write(tmp_path / "a.xlsx", sheets)
    first = read_table(path)
    assert first.column("y").values.tolist() == [2]
    assert "the sheet 'May' is read; --sheet chooses another of 'May', 'June'" in first.notes[0]
    second = read_table(path, sheet="June")
    assert second.column("z").values.tolist() == [4]
    assert not [note for note in second.notes if "sheet" in note]
    with pytest.raises(InputError, match=r"got no sheet 'june'.* Did you mean 'June'"):
        read(path, sheet="june")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    empty = write_xlsx(tmp_path / "empty.xlsx", {"S": [], "T": [["x"], [1]]})
    with pytest.raises(InputError, match=r"the sheet 'S' without values.*'S', 'T'"):
        read(empty)
    damaged = tmp_path / "old.xls"
    damaged.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(InputError, match=r"old.xls: got a workbook that cannot be read"):
        read(damaged)
    text = tmp_path / "a.csv"
    text.write_text("x,y\n1,2\n")
    with pytest.raises(InputError, match="got --sheet for a CSV file, expected it for a workbook"):
        read(text, sheet="S")


def test_without_the_extra_the_message_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = write_xlsx(tmp_path / "a.xlsx", {"S": [["x"], [1]]})
    with pytest.raises(InputError, match=r"pip install 'chainrule\[workbook\]'"):
        read(path)
