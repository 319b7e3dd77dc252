"""Loading of typed rows, from Parquet and databases, as numeric or categorical columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import (
    append_rows,
    fetch_columns,
    fetch_kept,
    note_on_duplicates,
    numbers_of,
    texts_of,
)
from chainrule.data.reading.interpret import interpret
from chainrule.data.reading.select_columns import (
    declared_kind,
    match_names,
    notes_on_ignored,
    select_usable_columns,
)
from chainrule.data.table import Column, RowLocations, Table, no_rows
from chainrule.errors import InputError

NUMBERS = re.compile(r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM")
TEXTS = re.compile(r"VARCHAR|BOOLEAN|UUID|ENUM\(.*\)", re.DOTALL)
CATEGORIES = re.compile(r"BOOLEAN|UUID|ENUM\(.*\)", re.DOTALL)
WHOLE_NUMBERS = re.compile(r"U?BIGINT|U?HUGEINT|DECIMAL\(\d+,0\)|BIGNUM")
TIMES = re.compile(r"DATE|TIMESTAMP.*")
MAX_EXACT = 2**53  # up to here float64 has every whole number
MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True)
class TypedRows:
    """Rows of one file or database, to be selected by SQL.

    Attributes:
        name: of the file, for messages.
        sql: the source of the rows, for a FROM clause.
        types: the DuckDB type of each column, by name, in the order of the source. They are
            selected by their place, as DuckDB does not tell names apart that differ in case only.
        parameters: of the SQL.
    """

    name: str
    sql: str
    types: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def places(self) -> dict[str, str]:
        """The columns by their place, f0, f1, ..., as SQL ignores the case of names."""
        return {name: f"f{place}" for place, name in enumerate(self.types)}

    @property
    def placed(self) -> str:
        """The source of the rows with the columns f0, f1, ..., for a FROM clause."""
        return f"{self.sql} AS part({', '.join(self.places.values())})"


@dataclass(frozen=True)
class LoadedColumns:
    """Rows in the table `loaded_rows` of a database, with columns c0, c1, ... of numbers or text.

    Attributes:
        columns: the columns without values.
        kept: the columns to give back, without values; behind the others.
        row_locations: the file of each row.
        fixed: columns of types with categories, whose texts are no numbers.
        notes: on the rows so far.
    """

    columns: tuple[Column, ...]
    kept: tuple[Column, ...]
    row_locations: RowLocations
    fixed: tuple[str, ...]
    notes: tuple[str, ...]


def read_typed_rows(
    database: duckdb.DuckDBPyConnection,
    source: str,
    parts: Sequence[TypedRows],
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> Table:
    """Read typed rows as a table. Arguments and errors are those of `load_rows`."""
    options = match_names(options, list(parts[0].types))
    loaded = load_rows(database, source, parts, options, notes)
    all_notes = [*loaded.notes]
    if options.reads_whole_samples:
        total = sum(rows for _, rows in loaded.row_locations.files)
        all_notes += note_on_duplicates(database, "loaded_rows", source, total)
    arrays = fetch_columns(
        database, "loaded_rows", {c: f"c{c}" for c in range(len(loaded.columns))}
    )
    columns = [with_values(loaded.columns[index], array) for index, array in arrays]
    table = interpret(
        source,
        columns,
        options,
        fixed=loaded.fixed,
        row_locations=loaded.row_locations,
        notes=all_notes,
    )
    types = [column.stored_type for column in loaded.kept]
    return table.with_kept(
        fetch_kept(database, "loaded_rows", options.keep, len(loaded.columns), types)
    )


def with_values(column: Column, array: np.ma.MaskedArray[Any, Any]) -> Column:
    """Return the column with fetched values."""
    values = numbers_of(array) if column.kind == "number" else texts_of(array)
    return replace(column, values=values)


def load_rows(
    database: duckdb.DuckDBPyConnection,
    source: str,
    parts: Sequence[TypedRows],
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> LoadedColumns:
    """Load typed rows into the table `loaded_rows`.

    Booleans become true and false, dates and times days since 1970. Whole numbers with more digits
    than float64 has are loaded as text. Columns of other types are left out, with a note.
    Args:
        database: with access to the rows.
        source: the name of the files.
        parts: of each file, with the same columns in any order.
        options: which columns are read, and how.
        notes: on the rows so far.
    Raises:
        InputError: a column is missing or has different types, or there are no rows.
    """
    types = dict(parts[0].types)
    others = {name: kind for name, kind in types.items() if _kind(kind) == "other"}
    names, left_out = select_usable_columns(options, source, list(types), others)
    _check_same_kinds(parts, names)
    long = {name for part in parts for name in _long_numbers(database, part, names)}
    as_text = {*options.names, *options.learned_as_text, *long}
    numeric = [name for name in names if _kind(types[name]) != "text" and name not in as_text]
    all_notes = [*notes, *left_out, *notes_on_ignored(options, source, list(types))]
    all_notes += [
        f"{source}: column '{name}' is read as days since 1970"
        for name in numeric
        if _kind(types[name]) == "time"
    ]
    counts = []
    for part in parts:
        places = part.places
        values = [_value(places[name], part.types[name], name in numeric) for name in names]
        values += [f"CAST({places[name]} AS VARCHAR)" for name in options.keep]
        rows = append_rows(database, "loaded_rows", values, part.placed, dict(part.parameters))
        counts.append((part.name, rows))
    row_locations = RowLocations(tuple(counts))
    if not any(rows for _, rows in row_locations.files):
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
    kept = [
        Column(name, np.empty(0, np.object_), stored_type=_stored_type(types[name]))
        for name in options.keep
    ]
    fixed = tuple(name for name in names if CATEGORIES.fullmatch(types[name]))
    return LoadedColumns(tuple(columns), tuple(kept), row_locations, fixed, tuple(all_notes))


def _stored_type(kind: str) -> str | None:
    """Return the type by which kept values are written again; None for text and nested values."""
    is_typed = NUMBERS.fullmatch(kind) or TIMES.fullmatch(kind) or kind == "BOOLEAN"
    return kind if is_typed else None


def _kind(type_name: str) -> str:
    """Return the kind of values of a DuckDB type: "number", "text", "time" or "other"."""
    kinds = {"number": NUMBERS, "text": TEXTS, "time": TIMES}
    return next((kind for kind, pattern in kinds.items() if pattern.fullmatch(type_name)), "other")


def _check_same_kinds(parts: Sequence[TypedRows], names: list[str]) -> None:
    """Check that each column has the same kind in all parts."""
    first = parts[0]
    for part in parts[1:]:
        for name in names:
            if _kind(part.types[name]) != _kind(first.types[name]):
                raise InputError(
                    f"{part.name}: got the column '{name}' of type {part.types[name]}, expected "
                    f"{first.types[name]} as in {first.name}. Convert it in one of them."
                )


def _levels(database: duckdb.DuckDBPyConnection, kind: str) -> tuple[str, ...] | None:
    """Return the values of an ENUM in order; None for other types."""
    if not kind.startswith("ENUM"):
        return None
    (levels,) = database.execute(f"SELECT enum_range(NULL::{kind})").fetchall()[0]
    return tuple(levels)


def _long_numbers(
    database: duckdb.DuckDBPyConnection, part: TypedRows, names: Sequence[str]
) -> list[str]:
    """Return the columns of whole numbers with more digits than float64 has."""
    whole = [name for name in names if WHOLE_NUMBERS.fullmatch(part.types[name])]
    if not whole:
        return []
    is_long = [
        f"coalesce(max({column}) > {MAX_EXACT} OR min({column}) < -{MAX_EXACT}, false)"
        for column in (part.places[name] for name in whole)
    ]
    query = f"SELECT {', '.join(is_long)} FROM {part.placed}"
    ((*found,),) = database.execute(query, dict(part.parameters)).fetchall()
    return [name for name, long in zip(whole, found, strict=True) if long]


def _value(column: str, kind: str, numeric: bool) -> str:
    """Return SQL for the values of a column: numbers, or text; NULL is missing."""
    if numeric and TIMES.fullmatch(kind):
        return f"epoch_us(CAST({column} AS TIMESTAMP)) / {MICROSECONDS_A_DAY}"
    if numeric:
        return f"CAST({column} AS DOUBLE)"
    text = f"CAST({column} AS VARCHAR)"
    # A number declared categorical is 3 rather than 3.0.
    if NUMBERS.fullmatch(kind):
        text = rf"regexp_replace({text}, '\.0+$', '')"
    return text
