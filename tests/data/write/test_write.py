"""Writing rows: each format reads back as what was written, in the words of another library."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from chainrule.data.table import Column
from chainrule.data.write import FORMATS, check_streamed, format_of, write_file, write_to
from chainrule.errors import InputError

TEXTS = ["plain", 'a "quoted", word', "two\nlines", "Größe 한글", "", None, "007"]
NUMBERS = [1.0, -0.5, 1e-05, 123456789012.0, float("nan"), 0.1, 1e300]
NAMES = ("the 'name'", 'a "number"')


def rows() -> tuple[Column, ...]:
    texts = np.array([*TEXTS, None], dtype=object)[:-1]
    return Column(NAMES[0], texts), Column(NAMES[1], np.array(NUMBERS))


def parts() -> list[tuple[Column, ...]]:
    """The same rows in three parts."""
    bounds = [(0, 3), (3, 4), (4, 7)]
    return [tuple(c.take(np.arange(*bound)) for c in rows()) for bound in bounds]


def known() -> list[dict[str, object]]:
    """What a reader that knows missing values finds."""
    numbers = [None if number != number else number for number in NUMBERS]
    return [dict(zip(NAMES, row, strict=True)) for row in zip(TEXTS, numbers, strict=True)]


def test_csv_reads_back_with_missing_values_empty(tmp_path: Path) -> None:
    write_file(parts(), tmp_path / "rows.csv", "csv")
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [row[NAMES[0]] for row in found] == [text or "" for text in TEXTS]
    assert [row[NAMES[1]] for row in found] == [
        *("1", "-0.5", "1e-05", "123456789012", "", "0.1", "1e+300")
    ]


def test_json_lines_read_back(tmp_path: Path) -> None:
    write_file(parts(), tmp_path / "rows.jsonl", "jsonl")
    lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == known()


def test_json_is_one_array(tmp_path: Path) -> None:
    write_file(parts(), tmp_path / "rows.json", "json")
    assert json.loads((tmp_path / "rows.json").read_text(encoding="utf-8")) == known()


def test_parquet_tells_missing_values_from_empty_texts(tmp_path: Path) -> None:
    write_file(parts(), tmp_path / "rows.parquet", "parquet")
    frame = pl.read_parquet(tmp_path / "rows.parquet")
    assert frame.to_dicts() == known()
    assert frame.dtypes == [pl.String, pl.Float64]


@pytest.mark.parametrize("format", FORMATS)
def test_in_parts_or_at_once_the_file_is_the_same(tmp_path: Path, format: str) -> None:
    kind = format_of(Path(f"rows.{format}"))
    for name, given in (("parts", parts()), ("whole", [rows()])):
        write_file(given, tmp_path / name, kind)
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_gzip_holds_what_the_plain_file_has_and_no_time(tmp_path: Path, format: str) -> None:
    plain, packed = tmp_path / f"rows.{format}", tmp_path / f"rows.{format}.gz"
    for path in (plain, packed):
        write_file(parts(), path, format_of(path))
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert packed.read_bytes()[4:8] == b"\0\0\0\0"  # where RFC 1952 has the time


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_a_stream_gets_what_a_file_gets(tmp_path: Path, format: str) -> None:
    stream, path = io.StringIO(), tmp_path / f"rows.{format}"
    write_to(stream, parts(), format_of(path))
    write_file(parts(), path, format_of(path))
    assert stream.getvalue() == path.read_bytes().decode()


@pytest.mark.parametrize("format", FORMATS)
def test_what_goes_wrong_on_the_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, format: str
) -> None:
    def breaks_off() -> Iterator[Sequence[Column]]:
        yield parts()[0]
        raise RuntimeError("the rows ended too soon")

    path = tmp_path / f"rows.{format}"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="too soon"):
        write_file(breaks_off(), path, format_of(path))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_person_says_counts_more_than_the_name() -> None:
    assert format_of(Path("rows.txt"), "jsonl") == "jsonl"


def test_endings_are_known_in_capitals() -> None:
    assert format_of(Path("ROWS.CSV")) == "csv"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rows.xlsx", "got a file whose name ends in '.xlsx', expected one to write that ends in"),
        ("rows", "got a file whose name ends in ''"),
        ("rows.gz", "got a file whose name ends in ''"),
        ("rows.parquet.gz", "Parquet is packed already. Leave .gz out."),
    ],
)
def test_a_name_that_tells_no_format_is_refused(name: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        format_of(Path(name))
    assert said in str(error.value)


def test_parquet_is_refused_for_a_stream() -> None:
    with pytest.raises(InputError, match=r"expected it for a file.*--out predicted\.parquet"):
        check_streamed("parquet")
