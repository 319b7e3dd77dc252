"""A table larger than memory is read in parts, which together are what `read` reads at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.data.streaming import chunks, stored_rows
from chainrule.data.streaming.chunks import read_chunks
from chainrule.data.streaming.memory import estimate_memory
from chainrule.data.table import Table
from chainrule.errors import InputError

# Of a value in the first rows alone nothing shows that commas stand before decimals.
ROWS = [
    (f"{i % 9}.{i % 7}00" if i < 40 else f"{i},5", ["a", "b;c", "", "x\ny"][i % 4], i)
    for i in range(100)
]
NEEDED = ReadOptions(columns=("kind", "number"), categorical=("kind",))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files count as large ones, and a part has 24 rows."""
    monkeypatch.setattr(stored_rows, "ROWS_AT_ONCE", 24)
    monkeypatch.setattr(chunks, "estimate_memory", lambda files: 10**12 * estimate_memory(files))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    lines = [f'{number};"{kind}";{i}' for number, kind, i in ROWS]
    (tmp_path / "rows.csv").write_text("\n".join(["price;kind;number", *lines]) + "\n")
    return tmp_path / "rows.csv"


@pytest.fixture
def parquet(text: Path) -> Path:
    path = text.parent / "rows.parquet"
    duckdb.sql(f"COPY (FROM read_csv('{text}', delim = ';')) TO '{path}' (FORMAT parquet)")
    return path


def values(table: object, name: str) -> list[Any]:
    assert isinstance(table, Table)
    return list(table.column(name).categories())


def test_what_fits_is_read_at_once(text: Path) -> None:
    ((table, rows),) = read_chunks(text, NEEDED)
    assert len(table) == rows == 100


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_parts_are_in_order_what_is_read_at_once(text: Path, parquet: Path, name: str) -> None:
    path = text.parent / name
    parts = list(read_chunks(path, NEEDED))
    whole = read_dataset(path, NEEDED)
    assert len(parts) == 5
    assert {rows for _, rows in parts} == {100}
    for column in NEEDED.columns or ():
        assert [v for part, _ in parts for v in values(part, column)] == values(whole, column)


@pytest.mark.usefixtures("large")
def test_a_column_is_understood_as_a_whole(text: Path) -> None:
    with pytest.raises(InputError) as at_once:
        read_dataset(text, ReadOptions(columns=("price",)))
    with pytest.raises(InputError) as part_by_part:
        list(read_chunks(text, ReadOptions(columns=("price",))))
    assert str(part_by_part.value) == str(at_once.value)
    assert "expected the same decimal sign as in '40,5'" in str(at_once.value)


@pytest.mark.usefixtures("large")
def test_rows_of_all_parts_know_where_they_stood(text: Path) -> None:
    parts = [part for part, _ in read_chunks(text, NEEDED)]
    places = [part.location(0) for part in parts if isinstance(part, Table)]
    assert places[:2] == ["rows.csv, row 1", "rows.csv, row 25"]


@pytest.mark.usefixtures("large")
def test_what_is_told_of_all_rows_is_told_once(text: Path) -> None:
    notes = [part.notes for part, _ in read_chunks(text, NEEDED)]
    assert notes[0] == ("rows.csv: columns that the model does not need are ignored: 'price'",)
    assert not any(notes[1:])


@pytest.mark.usefixtures("large")
def test_a_lacking_column_is_told_as_at_once(text: Path) -> None:
    with pytest.raises(InputError, match=r"got no column 'Kind'.*There is 'kind' for 'Kind'"):
        list(read_chunks(text, ReadOptions(columns=("Kind",))))


@pytest.mark.usefixtures("large")
def test_other_sources_are_read_at_once(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"number": 1, "kind": "a"}\n' * 100)
    ((table, rows),) = read_chunks(tmp_path / "rows.jsonl", NEEDED)
    assert len(table) == rows == 100
    assert values(table, "kind") == ["a"] * 100


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_kept_columns_of_parts_stand_as_in_the_source(text: Path, parquet: Path, name: str) -> None:
    options = NEEDED.updated(keep=("price", "kind"))
    parts = [part for part, _ in read_chunks(text.parent / name, options)]
    kept = [
        [value for part in parts if isinstance(part, Table) for value in part.kept[i].values]
        for i in range(2)
    ]
    assert kept == [[price for price, _, _ in ROWS], [kind or None for _, kind, _ in ROWS]]
