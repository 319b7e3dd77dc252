from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.read_as import labels, read_table

Parquet = Callable[..., Path]


@pytest.fixture
def parquet(tmp_path: Path) -> Parquet:
    def write(query: str, name: str = "a.parquet") -> Path:
        path = tmp_path / name
        with duckdb.connect() as database:
            database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return path

    return write


def test_numbers_of_every_type_become_numbers(parquet: Parquet) -> None:
    path = parquet("SELECT 1::TINYINT a, 2::UBIGINT b, 3.25::DECIMAL(9,2) c, 4.5::FLOAT d, 5 e")
    columns = read_table(path).columns
    assert [column.values.tolist() for column in columns] == [[1], [2], [3.25], [4.5], [5]]
    assert {column.kind for column in columns} == {"number"}


def test_null_and_nan_are_missing_values(parquet: Parquet) -> None:
    path = parquet("SELECT * FROM (VALUES (1.5::DOUBLE, 'a'), (NULL, NULL), ('nan', ' ?')) v(x, y)")
    dataset = read_table(path)
    np.testing.assert_equal(dataset.column("x").values, [1.5, np.nan, np.nan])
    assert dataset.column("y").values.tolist() == ["a", None, None]


def test_texts_are_read_as_those_of_a_csv_are(parquet: Parquet) -> None:
    dataset = read_table(parquet("SELECT '07' zip, '$1,200' price, 'a' size"))
    assert [column.values[0] for column in dataset.columns] == ["07", 1200, "a"]


def test_truth_values_are_categories(parquet: Parquet) -> None:
    path = parquet("SELECT * FROM (VALUES (true), (false)) v(x)")
    assert read_table(path).column("x").values.tolist() == ["true", "false"]


def test_dates_and_times_become_days_since_1970_with_a_note(parquet: Parquet) -> None:
    path = parquet("SELECT DATE '1970-01-11' d, TIMESTAMP '1970-01-02 12:00:00' t")
    dataset = read_table(path)
    assert dataset.column("d").values.tolist() == [10]
    assert dataset.column("t").values.tolist() == [1.5]
    assert "a.parquet: column 'd' is read as days since 1970" in dataset.notes


def test_other_types_are_left_out_with_a_note(parquet: Parquet) -> None:
    dataset = read_table(parquet("SELECT 1 x, [1, 2] list"))
    assert [column.name for column in dataset.columns] == ["x"]
    assert dataset.notes == (
        "a.parquet: column 'list' is left out, as its type INTEGER[] is not supported",
    )


def test_a_column_of_another_type_that_is_needed_is_refused(parquet: Parquet) -> None:
    with pytest.raises(InputError) as error:
        read_table(parquet("SELECT 1 x, [1, 2] list"), columns=["list"])
    assert "got the column 'list' of type INTEGER[], expected numbers" in str(error.value)
    assert "Convert it before" in str(error.value)


def test_an_infinite_number_is_refused_with_row_and_column(parquet: Parquet) -> None:
    path = parquet("SELECT * FROM (VALUES (1.5::DOUBLE), ('-inf')) v(x)")
    with pytest.raises(InputError, match="row 2, column 'x': got '-inf', expected a finite number"):
        read_table(path)


def test_numbers_named_categorical_become_text_as_in_a_csv(parquet: Parquet) -> None:
    path = parquet("SELECT 3 a, 2.0::DOUBLE b, 2.5::DOUBLE c, '01' d")
    dataset = read_table(path, categorical=["a", "b", "c"])
    assert [column.values[0] for column in dataset.columns] == ["3", "2", "2.5", "01"]


def test_the_content_and_not_the_name_makes_it_parquet(parquet: Parquet) -> None:
    dataset = read_table(parquet('SELECT 1 "a ""b""", 2 y', name="a.csv"), target="y")
    assert isinstance(dataset, Table)
    assert dataset.column('a "b"').values.tolist() == [1]


def test_a_truncated_file_is_refused(parquet: Parquet) -> None:
    path = parquet("SELECT 1 x")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"a.parquet: got Parquet that cannot be read .* expected"):
        read_table(path)


def test_a_file_without_rows_is_refused(parquet: Parquet) -> None:
    with pytest.raises(InputError, match=r"got no rows, expected rows of values. Add"):
        read_table(parquet("SELECT 1 x WHERE false"))


def test_names_that_differ_in_case_only_are_told_apart(tmp_path: Path) -> None:
    tables = {"Size": [1, 2], "size": [10, 20], "nested": [[1], [2]], "SIZE": ["x", "y"]}
    tables["b"] = [3, 4]
    first, second = tmp_path / "a1.parquet", tmp_path / "a2.parquet"
    pq.write_table(pa.table(tables), first)
    pq.write_table(pa.table({name: tables[name] for name in reversed(tables)}), second)
    for path in (first, second):
        table = read_table(path, target="b", keep=["size"])
        assert table.column("Size").values.tolist() == [1, 2]
        assert table.column("size").values.tolist() == [10, 20]
        assert table.column("SIZE").values.tolist() == ["x", "y"]
        assert labels(table) == [3, 4]
        assert table.kept[0].values.tolist() == ["10", "20"]
    both = read_table(tmp_path / "a*.parquet", columns=["size"])
    assert both.column("size").values.tolist() == [10, 20, 10, 20]
