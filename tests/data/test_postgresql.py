"""A PostgreSQL server, a real one, which the tests start."""

import socket
from collections.abc import Iterator

import pytest

from chainrule.data.reading.databases.postgresql import without_password
from chainrule.data.reading.read import read
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.read_as import labels, read_table
from tests.postgres import running_server

SETUP = """
    CREATE SEQUENCE numbers;
    CREATE TYPE size AS ENUM ('small', 'big');
    CREATE TABLE houses (
        rooms INT, price NUMERIC(12, 2), area DOUBLE PRECISION, wall TEXT, code CHAR(4),
        garden BOOLEAN, sold DATE, seen TIMESTAMPTZ, size size, cost MONEY, place POINT, tags INT[]
    );
    INSERT INTO houses VALUES
        (1, 1234.56, 0.1, 'brick', 'ab', true, '1970-01-11', '1970-01-02 12:00+00', 'big', 2.5,
         '(1, 2)', '{1}'),
        (2, NULL, 2.5, '?', NULL, false, NULL, NULL, 'small', 3, NULL, NULL);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server with a table of houses."""
    with running_server(SETUP) as url:
        yield url


def select(server: str, query: str, target: str | None = None) -> Table:
    return read_table(server, query=query, target=target)


def message(server: str, query: str | None = None, target: str | None = None) -> str:
    with pytest.raises(InputError) as error:
        read(server, query=query, target=target)
    return str(error.value)


def test_a_query_selects_the_rows(server: str) -> None:
    dataset = select(server, "SELECT * FROM houses ORDER BY rooms;", target="rooms")
    found = {column.name: column.values.tolist() for column in dataset.columns}
    assert found["price"][0] == 1234.56
    assert found["area"] == [0.1, 2.5]
    assert found["wall"] == ["brick", None]
    assert found["code"] == ["ab", None]
    assert found["garden"] == ["true", "false"]
    assert found["sold"][0] == 10
    assert found["seen"][0] == 1.5
    assert found["size"] == ["big", "small"]
    assert found["cost"] == [2.5, 3]
    assert labels(dataset) == [1, 2]


def test_columns_of_other_types_are_left_out_with_a_note(server: str) -> None:
    dataset = select(server, "SELECT rooms, place, tags FROM houses ORDER BY rooms")
    assert [column.name for column in dataset.columns] == ["rooms"]
    assert len(dataset.notes) == 2
    assert "column 'tags' is left out, as its type INTEGER[] is not supported" in dataset.notes[1]


def test_the_password_is_in_no_message_and_in_no_note(server: str) -> None:
    shown = without_password(server)
    assert "secret" not in shown
    dataset = select(server, "SELECT rooms FROM houses")
    assert dataset.source == shown
    assert "secret" not in "".join(dataset.notes)
    assert "secret" not in message(server, "SELECT * FROM hauses")
    assert "sekret" not in message(server.replace("secret", "sekret"), "SELECT 1 AS x")


def test_a_wrong_password_is_told(server: str) -> None:
    told = message(server.replace("secret", "sekret"), "SELECT 1 AS x")
    assert "got no connection (" in told
    assert 'password authentication failed for user "tester"), expected a database that' in told
    assert "Check where it is and that it runs, and the user and the password." in told


def test_a_server_that_does_not_run_is_told(server: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        told = message(
            f"postgresql://tester@127.0.0.1:{free.getsockname()[1]}/postgres", "SELECT 1"
        )
    assert "Connection refused), expected a database that lets you in." in told


def test_a_server_asks_for_a_query(server: str) -> None:
    assert "got a database and no query" in message(server)
    assert "Its tables are: 'houses'." in message(server)


def test_a_table_that_is_not_there_is_told_with_the_nearest(server: str) -> None:
    told = message(server, "SELECT * FROM house")
    assert (
        "got a query of the table 'house', expected one that is there. Did you mean 'houses'?"
        in (told)
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT room FROM houses", 'column "room" does not exist'),
        ("SELECT rooms, rooms FROM houses", 'column reference "rooms" is ambiguous'),
        ("SELECT 1 AS x; SELECT 2 AS x", 'syntax error at or near ";"'),
    ],
)
def test_a_query_that_the_server_refuses_is_told_with_its_reason(
    server: str, query: str, said: str
) -> None:
    told = message(server, query)
    assert f"got a query that the database refuses ({said}), expected one SELECT" in told


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM houses",
        "WITH gone AS (DELETE FROM houses RETURNING rooms) SELECT * FROM gone",
        "SELECT 1 AS x; DELETE FROM houses",
        "SELECT nextval('numbers') AS x",
        "SELECT rooms FROM houses FOR UPDATE",
    ],
)
def test_nothing_is_written_to_the_server(server: str, query: str) -> None:
    message(server, query)
    assert len(select(server, "SELECT * FROM houses")) == 2


def test_what_a_function_of_a_query_writes_is_taken_back(server: str) -> None:
    select(server, "SELECT lo_create(0)::int AS x")  # before PostgreSQL 16 read-only allows it
    left = select(server, "SELECT count(*) AS left FROM pg_largeobject_metadata")
    assert left.column("left").values.tolist() == [0]


def test_a_query_without_rows_is_refused(server: str) -> None:
    assert "got no rows, expected rows" in message(server, "SELECT * FROM houses WHERE false")
