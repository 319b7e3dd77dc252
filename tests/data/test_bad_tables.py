"""Bad tables: one message that names the file, what is wrong and where, and what to do."""

import bz2
import gzip
import json
import lzma
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chainrule.data.columns.task import check_target, infer_task
from chainrule.data.decompress import zstd
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.read_as import read_table


def text(content: str | bytes, name: str = "a.csv") -> Callable[[Path], Path]:
    """A file of this content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def parquet(query: str, cut: int = 0) -> Callable[[Path], Path]:
    """A Parquet file of what a query selects, without its last bytes."""

    def make(folder: Path) -> Path:
        path = folder / "a.parquet"
        with duckdb.connect() as database:
            database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        path.write_bytes(path.read_bytes()[: -cut or None])
        return path

    return make


def damaged_sqlite(folder: Path) -> Path:
    database = sqlite3.connect(folder / "a.db")
    database.execute("CREATE TABLE t AS SELECT 1 x")
    database.commit()
    database.close()
    content = (folder / "a.db").read_bytes()
    (folder / "a.db").write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    return folder / "a.db"


def link(to: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "a.csv").symlink_to(to)
        return folder / "a.csv"

    return make


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "a.csv")
    return folder / "a.csv"


def several(**files: str) -> Callable[[Path], Path]:
    """A pattern of files."""

    def make(folder: Path) -> Path:
        for name, content in files.items():
            (folder / f"{name}.csv").write_text(content)
        return folder / "*.csv"

    return make


AGES = "".join(f"{age},f\n" for age in range(20, 60))
ROWS = "x,y\n" + "".join(f"{i},{i % 3}\n" for i in range(40))
LINES = "".join(json.dumps({"x": i}) + "\n" for i in range(40))

# What is wrong; the file; options; then fragments of the message: given, expected, what to do.
BAD: list[tuple[str, Callable[[Path], Path], dict[str, object], tuple[str, ...]]] = [
    # The path
    ("no such file", lambda folder: folder / "a.csv", {}, ("a.csv: got no such file", "is empty")),
    ("no such folder", lambda f: f / "b" / "a.csv", {}, ("does not exist", "Check the folder")),
    ("a folder", lambda folder: folder, {}, ("got a folder", "expected a file")),
    ("a link loop", link("a.csv"), {}, ("a link that leads back to itself", "Make the link anew")),
    ("a dangling link", link("b.csv"), {}, ("a link to b.csv, which is not there", "anew")),
    ("a pipe", fifo, {}, ("got a device or a pipe", "expected a file", "Write what comes")),
    ("a name too long", lambda f: f / ("a" * 999), {}, ("got no such file", "expected a file")),
    ("a zero byte in the name", lambda f: f / "a\0.csv", {}, ("got no such file",)),
    (
        "a pattern that nothing matches",
        lambda folder: folder / "*.csv",
        {},
        ("*.csv: got a pattern that no file matches", "expected one or more files"),
    ),
    # Bytes
    ("an empty file", text(""), {}, ("a.csv: got an empty file", "expected a table", "Give")),
    ("an empty file, packed", text(gzip.compress(b"")), {}, ("got a file of blank lines", "Give")),
    ("a damaged archive", text(b"PK\x03\x04abc"), {}, ("a ZIP archive that is damaged", "Fetch")),
    ("a PDF", text(b"%PDF-1.7\n"), {}, ("a PDF document", "Export its table as CSV")),
    ("a pickle", text(b"\x80\x04\x95abc"), {}, ("a pickle, which can run any", "as Parquet")),
    ("an Arrow file", text(b"ARROW1\0\0"), {}, ("an Arrow or Feather file", "as Parquet")),
    ("zero bytes", text("x,y\n1,2\n3,\0\n"), {}, ("a zero byte on line 3", "expected a CSV")),
    ("binary data", text(bytes(range(1, 256)) + b"\0"), {}, ("got binary data", "Export")),
    ("random bytes", text(b"x\n\xf8\xf9\xfa\xfb\n"), {}, ("not UTF-8 on line 2", "--text-enc")),
    (
        "another encoding than said",
        text("x\n1\nRenée\n".encode("cp1252")),
        {"text_encoding": "ascii"},
        ("a.csv: got bytes that are not ascii on line 3", "--text-encoding"),
    ),
    (
        "an encoding that is none",
        text("x\n1\n"),
        {"text_encoding": "utf8-9"},
        ("got the text encoding 'utf8-9'", "expected the name of one", "Did you mean"),
    ),
    (
        "an encoding of no text",
        text("x\n1\n"),
        {"text_encoding": "rot13"},
        ("got the text encoding 'rot13'", "expected the name of one"),
    ),
    (
        "UTF-16 without its mark",
        text("x\n1\n".encode("utf-16-le")),
        {},
        ("got binary data", "expected a CSV"),
    ),
    *(
        (
            f"truncated {name}",
            text(pack(ROWS.encode())[:-9]),
            {},
            (f"a.csv: got {name} data that is damaged or cut off", f"pack it again with {name}"),
        )
        for name, pack in (
            ("gzip", gzip.compress),
            ("bzip2", bz2.compress),
            ("xz", lzma.compress),
            ("zstd", zstd.compress),
        )
    ),
    # Lines
    ("a header alone", text("x,y\n"), {}, ("a header line and no rows", "Add the rows")),
    ("blank lines alone", text("\n\n"), {}, ("got a file of blank lines", "Give another file")),
    ("no header", text("5,2\n3,4\n"), {}, ("the number '5' in the first line", "--no-header")),
    ("too few values", text("x,y\n1,2\n3\n"), {}, ("line 3 (row 2): got 1 value", "expected 2")),
    (
        "too many values",
        text("x,y\n1,2\n3,4,5\n"),
        {},
        ("line 3 (row 2): got 3 values", "quotes"),
    ),
    ("an unclosed quote", text('x,y\n1,2\n"3,4\n'), {}, ("line 3: got a double quote", "Write")),
    ("mixed line ends", text("x,y\n1,2\r\n3,4\n"), {}, ("the same line ends throughout", "Save")),
    ("a column twice", text("x,y,x\n1,2,3\n"), {}, ("more than one column named 'x'", "Rename")),
    (
        "a column twice below sep=",
        text("sep=;\nx;x\n1;2\n"),
        {},
        ("more than one column named 'x'", "Rename"),
    ),
    # Values
    ("text among numbers", text(f"x,y\n{AGES}old,f\n"), {}, ("row 41, column 'x': got 'old'",)),
    ("an infinity", text("x,y\n1,2\ninf,3\n"), {}, ("row 2, column 'x': got 'inf'", "finite")),
    ("a huge exponent", text("x,y\n1e999,3\n"), {}, ("got '1e999'", "expected a finite number")),
    ("a huge integer", text(f"x,y\n{'9' * 400},3\n"), {}, ("row 1, column 'x': got '999", "fini")),
    (
        "an infinity in a column with missing values",
        text("x,y\n?,2\n-inf,3\n"),
        {},
        ("row 2, column 'x': got '-inf'", "expected a finite number", "--missing"),
    ),
    (
        "a decimal comma between commas",
        text('x,y\n"1,5",2\n"2,5",3\n'),
        {},
        ("row 1, column 'x': got '1,5'", "expected a number", "--decimal ,"),
    ),
    (
        "a decimal sign that is none",
        text(ROWS),
        {"decimal": ";"},
        ("decimal: got ';'", "a point or a"),
    ),
    # The target
    ("no such target", text(ROWS), {"target": "z"}, ("got the target 'z'", "'x', 'y'")),
    ("only the target", text("y\n1\n2\n"), {"target": "y"}, ("only the target column", "Add")),
    (
        "a target without values",
        text("x,y\n1,\n2,?\n"),
        {"target": "y"},
        ("a.csv, column 'y': got no value in all 2 rows", "Fill them in"),
    ),
    (
        "one class",
        text("x,y\n" + "".join(f"{i},a\n" for i in range(40))),
        {"target": "y"},
        ("column 'y': got the same value 'a' in all 40 rows", "Choose another column"),
    ),
    (
        "a target of names",
        text("x,y\n" + "".join(f"{i},name {i}\n" for i in range(40))),
        {"target": "y"},
        ("column 'y': got 40 classes for 40 rows, all different like names", "Choose another"),
    ),
    ("too few rows", text("x,y\n1,a\n2,b\n"), {"target": "y"}, ("got 2 rows", "at least 10")),
    # JSON
    ("JSON cut off", text(LINES[:-5]), {}, ("a.csv, line 40: got JSON", "Correct the line")),
    ("JSON with a slip", text('{"x":1}\n{"x":2]\n'), {}, ("line 2: got JSON", "cannot be read")),
    ("an array cut off", text('[{"x":1},\n{"x":2}'), {}, ("line 2: got JSON", "an array of obj")),
    ("JSON of numbers", text('{"x":1}\n[2]\n'), {}, ("a.csv, row 2: got [2]", "an object such")),
    ("JSON without names", text("{}\n{}\n"), {}, ("objects without a name in them", "Name the")),
    (
        "JSON of objects only",
        text('{"x":{"y":1}}\n{"x":{"y":2}}\n'),
        {},
        ("got no column of numbers, text", "of type object or array", "Convert"),
    ),
    (
        "a target that is an object",
        text('{"x":1,"y":{"z":1}}\n'),
        {"target": "y"},
        ("got the column 'y' of type object or array", "expected numbers, text"),
    ),
    ("JSON without end", text('{"x":' * 99999), {}, ("line 1: got JSON that cannot be read",)),
    ("mixed JSON", text(f'{LINES}{{"x":"old"}}\n'), {}, ("row 41, column 'x': got 'old'",)),
    (
        "an infinity in JSON",
        text('{"x":1}\n{"x":1e999}\n'),
        {},
        ("row 2, column 'x': got '1e999'",),
    ),
    # Parquet
    ("truncated Parquet", parquet("SELECT 1 x", cut=20), {}, ("Parquet that cannot be read",)),
    ("Parquet without rows", parquet("SELECT 1 x WHERE false"), {}, ("got no rows", "Add the")),
    ("an infinity in Parquet", parquet("SELECT 'inf'::DOUBLE x"), {}, ("row 1, column 'x'",)),
    ("Parquet of lists only", parquet("SELECT [1] x"), {}, ("got no column of numbers", "'x'")),
    # Several files
    (
        "several files, one with another column",
        several(a="x,y\n1,2\n", b="x,z\n1,2\n"),
        {},
        ("b.csv: got no column 'y' and an additional column 'z'", "expected the columns of"),
    ),
    (
        "several files, one with ragged rows",
        several(a=ROWS, b="x,y\n1\n"),
        {},
        ("b.csv, line 2 (row 1): got 1 value", "expected 2"),
    ),
    (
        "several files, one with text among numbers",
        several(a=f"x,y\n{AGES}", b="x,y\n20,f\nold,f\n"),
        {},
        ("b.csv, row 2, column 'x': got 'old'", "expected a number"),
    ),
    ("several files, one empty", several(a=ROWS, b=""), {}, ("b.csv: got an empty file",)),
    # Databases
    ("damaged SQLite", damaged_sqlite, {"query": "select * from t"}, ("a.db: got", "expected")),
    ("a query of a file", text(ROWS), {"query": "select 1"}, ("got --query for a CSV file",)),
]


def learn(given: Path, options: ReadKwargs) -> None:
    """Read a table, and see whether it can be learned from."""
    dataset = read(given, **options)
    if dataset.target is not None:
        check_target(dataset, infer_task(dataset.target))


@pytest.mark.parametrize(
    ("make", "options", "said"), [bad[1:] for bad in BAD], ids=[b[0] for b in BAD]
)
def test_the_message_says_what_is_wrong_and_where(
    tmp_path: Path, make: Callable[[Path], Path], options: ReadKwargs, said: tuple[str, ...]
) -> None:
    given = make(tmp_path)
    with pytest.raises(InputError) as error:
        learn(given, options)
    for fragment in said:
        assert fragment in str(error.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root, as whom the tests run")
def test_a_file_that_may_not_be_read_is_refused(write: Write) -> None:
    path = write("a.csv", ROWS)
    path.chmod(0)
    with pytest.raises(InputError, match="got a file that may not be read, expected one with read"):
        read(path)


def test_the_answer_that_a_file_may_not_be_read_is_understood(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.csv", ROWS)
    opened = Path.open

    def closed(self: Path, *arguments: Any, **options: Any) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(InputError, match="got a file that may not be read, expected one with read"):
        read(path)


def test_a_column_of_missing_values_only_is_read_as_numbers_with_a_note(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n?,1\n,2\n"))
    assert dataset.column("x").kind == "number"
    assert "a.csv: column 'x' has 2 missing values" in dataset.notes
