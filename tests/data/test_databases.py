"""Databases in a file: DuckDB and SQLite."""

import hashlib
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pytest

from chainrule.data.read_options import Delimiter
from chainrule.data.reading.read import read
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.read_as import labels, read_table

HOUSES = [(1, 2.5, "brick", None), (2, None, "wood", 7), (3, 0.1 + 0.2, "n/a", 9)]


def with_duckdb(path: Path) -> Path:
    with duckdb.connect(path) as database:
        database.execute("CREATE TABLE houses (rooms INT, size DOUBLE, wall VARCHAR, age INT)")
        database.executemany("INSERT INTO houses VALUES (?, ?, ?, ?)", HOUSES)
    return path


def with_sqlite(path: Path) -> Path:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE houses (rooms INT, size REAL, wall TEXT, age TEXT)")
    database.executemany("INSERT INTO houses VALUES (?, ?, ?, ?)", HOUSES)
    database.commit()
    database.close()
    return path


@pytest.fixture(params=[with_duckdb, with_sqlite], ids=["duckdb", "sqlite"])
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    create: Callable[[Path], Path] = request.param
    return create(tmp_path / "houses.db")


def select(
    path: Path, query: str, *, target: str | None = None, categorical: Sequence[str] = ()
) -> Table:
    return read_table(path, query=query, target=target, categorical=categorical)


def message(path: Path, query: str | None = None, *, delimiter: Delimiter | None = None) -> str:
    with pytest.raises(InputError) as error:
        read(path, query=query, delimiter=delimiter)
    return str(error.value)


def test_a_query_selects_the_rows(houses: Path) -> None:
    dataset = select(houses, "SELECT * FROM houses ORDER BY rooms DESC -- all", target="wall")
    assert [column.name for column in dataset.columns] == ["rooms", "size", "age"]
    assert dataset.column("rooms").values.tolist() == [2, 1]
    np.testing.assert_equal(dataset.column("size").values, [np.nan, 2.5])
    np.testing.assert_equal(dataset.column("age").values, [7, np.nan])
    assert labels(dataset) == ["wood", "brick"]
    assert "houses.db: 1 row without a value of the target 'wall' left out" in dataset.notes


def test_a_number_keeps_all_its_digits(houses: Path) -> None:
    dataset = select(houses, "SELECT size, 1e-300 AS tiny FROM houses WHERE rooms = 3")
    assert dataset.column("size").values[0] == 0.1 + 0.2
    assert dataset.column("tiny").values[0] == 1e-300


def test_a_query_may_join_and_compute(houses: Path) -> None:
    query = "WITH big AS (SELECT rooms * 2 AS twice FROM houses WHERE rooms > 1) SELECT * FROM big;"
    assert sorted(select(houses, query).column("twice").values) == [4, 6]


def test_numbers_named_categorical_are_written_as_people_do(houses: Path) -> None:
    dataset = select(houses, "SELECT * FROM houses ORDER BY rooms", categorical=["rooms", "size"])
    assert dataset.column("rooms").values.tolist() == ["1", "2", "3"]
    assert dataset.column("size").values.tolist()[:2] == ["2.5", None]


def test_a_query_without_an_order_is_told_of(houses: Path) -> None:
    assert "no ORDER BY" in select(houses, "SELECT * FROM houses").notes[0]
    assert select(houses, "SELECT rooms FROM houses ORDER BY 1").notes == ()


def test_nothing_is_written_to_the_database(houses: Path) -> None:
    before = hashlib.sha256(houses.read_bytes()).hexdigest()
    select(houses, "SELECT * FROM houses")
    for query in ("DELETE FROM houses", "SELECT 1 AS x; DELETE FROM houses", "DROP TABLE houses"):
        message(houses, query)
    assert hashlib.sha256(houses.read_bytes()).hexdigest() == before
    assert [path.name for path in houses.parent.iterdir()] == ["houses.db"]


def test_a_database_asks_for_a_query(houses: Path) -> None:
    assert message(houses) == (
        "houses.db: got a database and no query, expected one that selects the rows. Give --query "
        "'select * from houses'. Its tables are: 'houses'."
    )


def test_a_table_that_is_not_there_is_told_with_the_nearest(houses: Path) -> None:
    assert message(houses, "SELECT * FROM house") == (
        "houses.db: got a query of the table 'house', expected one that is there. Did you mean "
        "'houses'? Its tables are: 'houses'."
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT room FROM houses", "room"),
        ("SELECT * FROM houses WHERE", "syntax error"),
        ("SELECT 1 AS x; SELECT 2 AS x", "syntax error"),
    ],
)
def test_a_query_that_the_database_refuses_is_told_with_its_reason(
    houses: Path, query: str, said: str
) -> None:
    told = message(houses, query)
    assert "houses.db: got a query that the database refuses (" in told
    assert said in told
    assert "expected one SELECT of columns and tables that are there. Correct --query." in told


@pytest.mark.parametrize("query", ["DELETE FROM houses", "PRAGMA x", "COPY houses TO 'x'", ""])
def test_a_query_that_selects_nothing_is_refused(houses: Path, query: str) -> None:
    told = message(houses, query)
    assert f"got the query '{query}', expected one that selects rows, as nothing is ever" in told
    assert "Begin it with select." in told


def test_a_query_without_rows_is_refused(houses: Path) -> None:
    assert "got no rows, expected rows" in message(houses, "SELECT * FROM houses WHERE rooms > 9")


def test_an_infinite_number_is_told_with_its_row(houses: Path) -> None:
    query = "SELECT 1.5 AS x UNION ALL SELECT 9e999 AS x"
    assert "houses.db, row 2, column 'x': got '" in message(houses, query)


def test_options_of_text_files_are_refused(houses: Path) -> None:
    told = message(houses, "SELECT * FROM houses", delimiter=";")
    assert "got --delimiter for a" in told
    assert "database, expected it for CSV only. Leave it out." in told


def test_a_damaged_database_is_refused(houses: Path) -> None:
    houses.write_bytes(houses.read_bytes()[:100])
    told = message(houses, "SELECT * FROM houses")
    assert "houses.db: got a" in told
    assert "expected" in told


def test_an_enum_of_duckdb_keeps_its_levels(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE t AS SELECT 'big'::ENUM('small', 'big') AS size")
    column = select(tmp_path / "a.db", "SELECT * FROM t").column("size")
    assert column.values.tolist() == ["big"]
    assert column.levels == ("small", "big")


def test_a_query_of_duckdb_reads_no_other_file(tmp_path: Path) -> None:
    path = with_duckdb(tmp_path / "a.db")
    (tmp_path / "secret.csv").write_text("x\n1\n")
    told = message(path, f"SELECT * FROM '{tmp_path}/secret.csv'")
    assert "Cannot access file" in told


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    told = message(with_duckdb(tmp_path / "a.db"), "SELECT rooms, age AS rooms FROM houses")
    assert "got a query with more than one column named 'rooms', expected each name once." in told


def test_a_database_that_is_open_for_writing_is_refused(tmp_path: Path) -> None:
    path = with_duckdb(tmp_path / "a.db")
    with duckdb.connect(path):
        told = message(path, "SELECT * FROM houses")
    assert "a.db: got a DuckDB database that cannot be opened (" in told
    assert "Close what uses it, or give a copy." in told


def test_values_of_any_type_in_a_column_of_sqlite_are_judged_as_in_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE t (x, y, blob)")
    rows = [(number, str(number), b"\0") for number in range(2000)]
    database.executemany("INSERT INTO t VALUES (?, ?, ?)", [*rows, ("n/a", "?", None)])
    database.commit()
    dataset = select(path, "SELECT * FROM t")
    assert dataset.column("x").values[:2000].tolist() == list(range(2000))
    assert dataset.column("y").values[:2000].tolist() == list(range(2000))
    assert np.isnan([dataset.column("x").values[2000], dataset.column("y").values[2000]]).all()
    assert "a.db: column 'blob' is left out, as its type BLOB is not supported" in dataset.notes

    database.execute("UPDATE t SET x = 'old' WHERE x = 17")
    database.commit()
    database.close()
    assert "a.db, row 18, column 'x': got 'old', expected a number" in message(
        path, "SELECT * FROM t"
    )


def test_a_driver_that_is_not_installed_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_sqlite.dbapi", None)
    told = message(with_sqlite(tmp_path / "a.db"), "SELECT * FROM houses")
    assert told == (
        "a.db: got a database whose driver is not installed, expected adbc-driver-sqlite to be "
        "there. Install it: pip install 'chainrule[database]'"
    )


def test_a_damaged_sqlite_database_is_told_as_that_and_not_as_a_wrong_query(tmp_path: Path) -> None:
    path = with_sqlite(tmp_path / "a.db")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    told = message(path, "SELECT * FROM houses")
    assert "got a database that is damaged or cut off" in told
    assert "expected a whole one. Copy it again" in told
    assert "--query" not in told
