"""JSON: lines of objects, or an array of them."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.data.reading.read import read
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.read_as import read_table


def lines(*rows: Mapping[str, object]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def values(dataset: Table, name: str) -> list[Any]:
    return list(dataset.column(name).values.tolist())


def test_numbers_text_and_truth_values_keep_their_kinds(write: Write) -> None:
    rows = [{"x": 1, "y": 2.5, "name": "Ann", "member": True, "zip": "02139"}]
    dataset = read_table(write("a.jsonl", lines(*rows, {**rows[0], "member": False})))
    assert values(dataset, "x") == [1, 1]
    assert values(dataset, "y") == [2.5, 2.5]
    assert values(dataset, "name") == ["Ann", "Ann"]
    assert values(dataset, "member") == ["true", "false"]
    assert values(dataset, "zip") == ["02139", "02139"]


def test_the_content_and_not_the_name_makes_it_json(write: Write) -> None:
    assert values(read_table(write("a.csv", lines({"x": 1}))), "x") == [1]


def test_all_rows_in_one_array_are_read(write: Write) -> None:
    path = write("a.json", json.dumps([{"x": 1, "y": "a"}, {"x": 2, "y": "b"}], indent=2))
    assert values(read_table(path), "x") == [1, 2]
    assert values(read_table(path), "y") == ["a", "b"]


def test_packed_lines_are_read(write: Write) -> None:
    path = write("a.jsonl.gz", gzip.compress(lines({"x": 1}, {"x": 2}).encode()))
    assert values(read_table(path), "x") == [1, 2]


def test_a_name_that_a_row_lacks_and_null_and_nan_are_missing_values(write: Write) -> None:
    dataset = read_table(
        write("a.jsonl", '{"x":1,"y":"a"}\n\n{"y":null}\n{"x":NaN}\n{"x":"n/a"}\n')
    )
    np.testing.assert_equal(dataset.column("x").values, [1, np.nan, np.nan, np.nan])
    assert values(dataset, "y") == ["a", None, None, None]
    assert "a.jsonl: column 'x' has 3 missing values" in dataset.notes


def test_a_name_that_has_no_value_in_any_row_is_of_missing_numbers_as_in_a_csv(
    write: Write,
) -> None:
    dataset = read_table(write("a.jsonl", '{"x":null,"y":1}\n{"y":2}\n'))
    assert dataset.column("x").kind == "number"
    assert dataset.column("x").missing.all()


def test_rows_in_the_encoding_of_a_spreadsheet_are_read_with_a_note(write: Write) -> None:
    dataset = read_table(write("a.jsonl", lines({"도시": "서울"}).encode("cp949")))
    assert values(dataset, "도시") == ["서울"]
    assert "was read as CP949 (Korean)" in dataset.notes[0]


def test_names_may_hold_any_sign(write: Write) -> None:
    names = ["a b", 'say "x"', "it's", "a.b", "$", "back\\slash", "größe"]
    dataset = read_table(write("a.jsonl", lines({name: place for place, name in enumerate(names)})))
    assert [column.name for column in dataset.columns] == names
    assert [column.values[0] for column in dataset.columns] == list(range(7))


def test_a_number_keeps_all_its_digits(write: Write) -> None:
    dataset = read_table(write("a.jsonl", lines({"x": 0.1 + 0.2}, {"x": 1e-300})))
    assert values(dataset, "x") == [0.1 + 0.2, 1e-300]


def test_objects_and_arrays_are_left_out_with_a_note(write: Write) -> None:
    dataset = read_table(write("a.jsonl", lines({"x": 1, "who": {"name": "Ann"}, "tags": [1, 2]})))
    assert [column.name for column in dataset.columns] == ["x"]
    assert dataset.notes == (
        "a.jsonl: column 'who' is left out, as its type object or array is not supported",
        "a.jsonl: column 'tags' is left out, as its type object or array is not supported",
    )


def test_one_text_among_numbers_is_an_error_as_in_a_csv(write: Write) -> None:
    rows = [{"x": number} for number in range(20)]
    with pytest.raises(
        InputError, match=r"a.jsonl, row 21, column 'x': got 'old', expected a numb"
    ):
        read(write("a.jsonl", lines(*rows, {"x": "old"})))


def test_numbers_named_categorical_are_written_as_in_the_file(write: Write) -> None:
    dataset = read_table(write("a.jsonl", lines({"x": 1, "y": 2})), categorical=["x"])
    assert values(dataset, "x") == ["1"]


def test_several_files_are_one_table_and_names_may_differ(write: Write, tmp_path: Path) -> None:
    write("1.jsonl", lines({"x": 1, "y": 2}, {"x": 3}))
    write("2.jsonl", lines({"y": 4, "x": 5}))
    dataset = read_table(tmp_path / "*.jsonl")
    np.testing.assert_equal(dataset.column("y").values, [2, np.nan, 4])
    assert dataset.location(2) == f"{tmp_path}/2.jsonl, row 1"
