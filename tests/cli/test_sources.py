"""Where rows come from: databases, patterns of files, text in other encodings."""

import tomllib
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import QUICK, Call

pytestmark = pytest.mark.usefixtures("no_report")


def test_a_query_selects_what_is_learned_from_and_is_kept_to_run_again(
    call: Call, files: Path
) -> None:
    with duckdb.connect("shop.duckdb") as database:
        database.execute("CREATE TABLE prices AS SELECT * FROM read_csv('priced.csv')")
    query = "select size, price from prices order by size"
    arguments = ("--target", "price", "--out", "run", *QUICK)
    called = call("train", "shop.duckdb", "--query", query, *arguments)
    assert called.status == 0, called.err
    config = tomllib.loads(Path("run/config.toml").read_text())
    assert config["given"]["query"] == query
    assert call("train", "--config", "run/config.toml", "--out", "again").status == 0


def test_a_pattern_of_files_is_learned_from(call: Call, files: Path) -> None:
    text = Path("priced.csv").read_text().splitlines(keepends=True)
    Path("part-1.csv").write_text("".join(text[:31]))
    Path("part-2.csv").write_text("".join([text[0], *text[31:]]))
    called = call("train", "part-?.csv", "--target", "price", *QUICK)
    assert "(42 training, 9 validation, 9 test samples)" in called.out


def test_encoding_and_decimal_sign_can_be_set(call: Call, files: Path) -> None:
    rows = "".join(f"{'αβγ'[i % 3]};{i % 7},{i % 10}\n" for i in range(60))
    Path("a.csv").write_bytes(f"λόγος;price\n{rows}".encode("cp1253"))
    options = ("--target", "price", "--text-encoding", "cp1253", "--decimal", ",")
    called = call("train", "a.csv", *options, *QUICK)
    assert called.status == 0, called.err
    assert "column 'price': the comma is read as the decimal sign" in called.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("good.csv", "--query", "select 1"), "got --query for a CSV file, expected it for a dat"),
        (("good.csv", "--decimal", ";"), "expected a point or a comma"),
        (("good.csv", "--text-encoding", "utf9"), "got the text encoding 'utf9', expected the na"),
        (
            ("nothing-*.csv",),
            "nothing-*.csv: got a pattern that no file matches, expected one or more files",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    call: Call, files: Path, arguments: tuple[str, ...], message: str
) -> None:
    called = call("train", *arguments, "--target", "price")
    assert called.status == 2
    assert message in called.err
