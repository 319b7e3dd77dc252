"""From rows that have types already, as in Parquet and databases, to numbers or categories."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.assemble import assemble
from chainrule.data.reading.duckdb_sql import (
    cleaned,
    fetched,
    fill,
    note_on_copies,
    numbers_of,
    texts_of,
)
from chainrule.data.reading.select_columns import (
    declared_kind,
    note_on_ignored,
    select_usable_columns,
)
from chainrule.data.table import Column, RowLocations, Table, no_rows
from chainrule.errors import InputError

NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM")
TEXTS = re.compile(r"VARCHAR|BOOLEAN|UUID|ENUM\(.*\)", re.DOTALL)
TIMES = re.compile(r"DATE|TIMESTAMP.*")
MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True)
class Rows:
    """Rows that SQL selects, all of one file or database.

    Attributes:
        name: of the file, for messages.
        sql: what they are selected from.
        types: of each column by its name, as DuckDB calls them.
        parameters: of the SQL.
    """

    name: str
    sql: str
    types: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class LoadedColumns:
    """Rows in the table `given` of a database, whose columns c0, c1, ... are numbers or text.

    Attributes:
        columns: each without its values.
        places: of the rows.
        notes: what is known about them so far.
    """

    columns: tuple[Column, ...]
    places: RowLocations
    notes: tuple[str, ...]


def table_of_rows(
    database: duckdb.DuckDBPyConnection,
    source: str,
    parts: Sequence[Rows],
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> Table:
    """The table of rows that have types. Arguments and errors are those of `fill_given`.

    Raises:
        InputError: there is an infinite number.
    """
    given = fill_given(database, source, parts, options, notes)
    told = [*given.notes]
    if options.target is not None:
        total = sum(rows for _, rows in given.places.files)
        told += note_on_copies(database, "given", source, total)
    arrays = fetched(database, "given", {c: f"c{c}" for c in range(len(given.columns))})
    columns = [with_values(given.columns[place], array) for place, array in arrays]
    return assemble(source, columns, options, told, given.places).finite()


def with_values(column: Column, array: np.ma.MaskedArray[Any, Any]) -> Column:
    """A column with values that were fetched for it."""
    values = numbers_of(array) if column.kind == "number" else texts_of(array)
    return replace(column, values=values)


def fill_given(
    database: duckdb.DuckDBPyConnection,
    source: str,
    parts: Sequence[Rows],
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> LoadedColumns:
    """Put rows that have types into the table `given`.

    Numbers are numbers, text and truth values are categories (true and false, as in a CSV), dates
    and times are numbers: the days since 1970. Columns of other types are left out, with a note.
    Args:
        database: that has the rows.
        source: the name of the files.
        parts: of the same columns in any order.
        options: which columns are wanted, and how they are read.
        notes: what is known about the rows so far.
    Raises:
        InputError: what is wanted is not there, or there are no rows.
    """
    types = dict(parts[0].types)
    others = {name: kind for name, kind in types.items() if _kind(kind) == "other"}
    names, left_out = select_usable_columns(options, source, list(types), others)
    _check_alike(parts, names)
    numeric = [name for name in names if _kind(types[name]) != "text" and name not in options.names]
    told = [*notes, *left_out, *note_on_ignored(options, source, list(types))]
    told += [
        f"{source}: column '{name}' is read as days since 1970"
        for name in numeric
        if _kind(types[name]) == "time"
    ]
    counts = []
    for part in parts:
        values = [_value(name, part.types[name], name in numeric, options) for name in names]
        rows = fill(database, "given", values, part.sql, dict(part.parameters))
        counts.append((part.name, rows))
    places = RowLocations(tuple(counts))
    if not any(rows for _, rows in places.files):
        raise no_rows(source)
    columns = [
        Column(
            name,
            np.empty(0, np.float64 if name in numeric else np.object_),
            _levels(database, types[name]),
            declared_kind(options, name, is_date=name in numeric and _kind(types[name]) == "time"),
        )
        for name in names
    ]
    return LoadedColumns(tuple(columns), places, tuple(told))


def _kind(type_name: str) -> str:
    """What is made of values of a type: "number", "text", "time", or nothing: "other"."""
    kinds = {"number": NUMBERS, "text": TEXTS, "time": TIMES}
    return next((kind for kind, pattern in kinds.items() if pattern.fullmatch(type_name)), "other")


def _check_alike(parts: Sequence[Rows], names: list[str]) -> None:
    """Refuse parts where a column is of another kind than in the first."""
    first = parts[0]
    for part in parts[1:]:
        for name in names:
            if _kind(part.types[name]) != _kind(first.types[name]):
                raise InputError(
                    f"{part.name}: got the column '{name}' of type {part.types[name]}, expected "
                    f"{first.types[name]} as in {first.name}. Convert it in one of them."
                )


def _levels(database: duckdb.DuckDBPyConnection, kind: str) -> tuple[str, ...] | None:
    """The values of an ENUM in their order."""
    if not kind.startswith("ENUM"):
        return None
    (levels,) = database.execute(f"SELECT enum_range(NULL::{kind})").fetchall()[0]
    return tuple(levels)


def _value(name: str, kind: str, numeric: bool, options: ReadOptions) -> str:
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
    return cleaned(text, options.missing_texts)
