"""A PostgreSQL server on the command line: trained from, predicted, and run again."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import QUICK, ROWS, Call
from tests.postgres import running_server

pytestmark = pytest.mark.usefixtures("no_report")

SETUP = "CREATE TABLE prices (size float, kind text, price numeric);" + "".join(
    f"INSERT INTO prices VALUES ({size}, '{kind}', {size * 3 + 10});" for size, kind, _ in ROWS
)
QUERY = ("--query", "select * from prices order by size, kind")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server with a table of prices."""
    with running_server(SETUP) as url:
        yield url


def test_a_server_is_trained_from_and_predicted(call: Call, files: Path, server: str) -> None:
    called = call("train", server, *QUERY, "--target", "price", *QUICK)
    assert called.status == 0, called.err
    (run,) = Path("runs").iterdir()
    assert run.name.startswith("postgres-")
    predicted = call("predict", run, server, *QUERY)
    assert predicted.status == 0, predicted.err
    assert len(predicted.out.splitlines()) == 1 + len(ROWS)


def test_a_run_from_a_server_keeps_no_password_and_runs_again_with_one_from_elsewhere(
    call: Call, files: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("train", server, *QUERY, "--target", "price", "--out", "run", *QUICK)
    written = Path("run/config.toml").read_text()
    assert "secret" not in written
    assert tomllib.loads(written)["given"]["data"] == server.replace(":secret", "")
    monkeypatch.setenv("PGPASSWORD", "secret")
    called = call("train", "--config", "run/config.toml", "--out", "again")
    assert called.status == 0, called.err


def test_rows_to_predict_may_be_in_another_encoding_with_decimal_commas(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new.csv"
    data.write_bytes("size\tkind\n0,5\té\n".encode("cp1252"))
    options = ("--text-encoding", "cp1252", "--decimal", ",")
    called = call("predict", runs / "numbers", data, *options)
    assert called.status == 0, called.err
