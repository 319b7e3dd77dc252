"""Parquet: its columns have types already, which become numbers or categories."""

import re
from pathlib import Path

import duckdb

from chainrule.data.assemble import assemble
from chainrule.data.query import cleaned, fetch_columns, file_name, fill, note_on_copies
from chainrule.data.request import Request
from chainrule.data.spelling import listed
from chainrule.data.table import Table
from chainrule.errors import InputError

NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)")
TEXTS = re.compile(r"VARCHAR|BOOLEAN|ENUM\(.*\)", re.DOTALL)
TIMES = re.compile(r"DATE|TIMESTAMP.*")
MICROSECONDS_A_DAY = 86_400_000_000


def read_parquet(path: Path, request: Request) -> Table:
    """The table in a Parquet file.

    Numbers are numbers, text and truth values are categories (true and false, as in a CSV), dates
    and times are numbers: the days since 1970. Columns of other types are left out, with a note.
    Args:
        path: of the file.
        request: which columns are wanted.
    Raises:
        InputError: the file is damaged, or lacks what is wanted, or holds an infinite number.
    """
    with duckdb.connect() as database:
        try:
            table = _read(database, path, request)
        except duckdb.Error as error:
            raise InputError(
                f"{path.name}: got Parquet that cannot be read "
                f"({str(error).splitlines()[0]}), expected a whole file. Write or fetch it again."
            ) from error
    for column in table.columns if table.target is None else (*table.columns, table.target):
        if column.kind == "number":
            table.numbers(column)  # refuses an infinite one
    return table


def _read(database: duckdb.DuckDBPyConnection, path: Path, request: Request) -> Table:
    source = path.name
    file = {"path": file_name(path)}
    schema = database.execute("DESCRIBE SELECT * FROM read_parquet($path)", file).fetchall()
    types = {str(name): str(kind) for name, kind, *_ in schema}
    wanted = request.names(source, list(types))
    unknown = [name for name in wanted if not _is_known(types[name])]
    if needed := [name for name in unknown if name in (request.target, *(request.columns or ()))]:
        raise InputError(
            f"{source}: got the column {listed(needed)} of type {types[needed[0]]}, expected "
            "numbers, text, truth values or dates. Convert it before, or choose other columns."
        )
    notes = [
        f"{source}: column '{name}' is left out, as nothing is learned from type {types[name]}"
        for name in unknown
    ]
    names = [name for name in wanted if name not in unknown]
    numeric = {
        name
        for name in names
        if not TEXTS.fullmatch(types[name]) and name not in request.categorical
    }
    notes += [
        f"{source}: column '{name}' is read as days since 1970"
        for name in names
        if name in numeric and TIMES.fullmatch(types[name])
    ]
    values = [_value(name, types[name], name in numeric, request) for name in names]
    rows = fill(database, values, "read_parquet($path)", file)
    if rows == 0:
        raise InputError(f"{source}: got no rows, expected rows of values. Add the rows.")
    places = [f"c{place}" for place in range(len(names))]
    columns = fetch_columns(database, names, places, numeric)
    notes += [] if request.target is None else note_on_copies(database, source, rows)
    return assemble(source, columns, request.target, notes)


def _is_known(kind: str) -> bool:
    return any(pattern.fullmatch(kind) for pattern in (NUMBERS, TEXTS, TIMES))


def _value(name: str, kind: str, numeric: bool, request: Request) -> str:
    """SQL for the values of a column: numbers, or cleaned text; NULL is missing."""
    quoted = '"' + name.replace('"', '""') + '"'
    if numeric and TIMES.fullmatch(kind):
        return f"epoch_us(CAST({quoted} AS TIMESTAMP)) / {MICROSECONDS_A_DAY}"
    if numeric:
        return f"CAST({quoted} AS DOUBLE)"
    text = f"CAST({quoted} AS VARCHAR)"
    # A number named categorical is 3 rather than 3.0, as people write it.
    if NUMBERS.fullmatch(kind):
        text = rf"regexp_replace({text}, '\.0+$', '')"
    return cleaned(text, request.missing_spellings)
