"""Several files as one table."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from chainrule.errors import InputError
from tests.data.conftest import Idx, Write
from tests.data.read_as import read_table

Parquet = Callable[[str, str], None]


@pytest.fixture
def parquet(tmp_path: Path) -> Parquet:
    def to_file(name: str, query: str) -> None:
        with duckdb.connect() as database:
            database.execute(f"COPY ({query}) TO '{tmp_path / name}' (FORMAT parquet)")

    return to_file


def test_parquet_files_of_the_same_columns_in_any_order_are_one_table(
    parquet: Parquet, tmp_path: Path
) -> None:
    parquet("1.parquet", "SELECT 1 x, 'a' y")
    parquet("2.parquet", "SELECT 'b' y, 2.5::DOUBLE x")
    dataset = read_table(tmp_path / "*.parquet")
    assert dataset.column("x").values.tolist() == [1, 2.5]
    assert dataset.column("y").values.tolist() == ["a", "b"]
    assert dataset.location(1) == f"{tmp_path}/2.parquet, row 1"


def test_a_column_of_another_type_is_an_error_that_names_the_file(
    parquet: Parquet, tmp_path: Path
) -> None:
    parquet("1.parquet", "SELECT 1 x")
    parquet("2.parquet", "SELECT 'b' x")
    with pytest.raises(InputError) as error:
        read_table(tmp_path / "*.parquet")
    assert str(error.value) == (
        f"{tmp_path}/2.parquet: got the column 'x' of type VARCHAR, expected INTEGER as in "
        f"{tmp_path}/1.parquet. Convert it in one of them."
    )


def test_another_column_is_an_error_that_names_the_file(write: Write, tmp_path: Path) -> None:
    write("1.csv", "x,y\n1,2\n")
    write("2.csv", "x,z\n1,2\n")
    with pytest.raises(InputError) as error:
        read_table(tmp_path / "*.csv")
    assert str(error.value) == (
        f"{tmp_path}/2.csv: got no column 'y' and an additional column 'z', expected the columns "
        f"of {tmp_path}/1.csv: 'x', 'y'. Give the files the same columns, or give fewer files."
    )


def test_a_pattern_may_reach_into_folders(write: Write, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(f"{name}/x.csv", "x\n1\n")
    assert len(read_table(tmp_path / "**" / "*.csv")) == 2


def test_files_of_two_kinds_are_refused(write: Write, tmp_path: Path) -> None:
    write("1.csv", "x\n1\n")
    write("2.csv", '{"x": 1}\n')
    with pytest.raises(
        InputError, match=r"2.csv: got a JSON file where .*1.csv is a CSV file, exp"
    ):
        read_table(tmp_path / "*.csv")


def test_a_pattern_of_pictures_is_refused(write: Write, idx: Idx, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(f"{name}-images", idx((1, 2, 2), bytes(4)))
    with pytest.raises(
        InputError, match="2 files match, each a file of pictures, expected a single"
    ):
        read_table(tmp_path / "*-images")
