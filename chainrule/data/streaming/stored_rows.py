"""A table with typed columns in a database on disk, read in ranges of rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import aggregate, fetch_columns, fetch_kept, texts_of
from chainrule.data.reading.typed_columns import with_values
from chainrule.data.streaming.concatenate import concatenate
from chainrule.data.table import Column, RowLocations, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError

VALUES_AT_ONCE = 2**20  # in memory, of all columns together
ROWS_AT_ONCE = 100_000
MAX_CLASSES = 10_000
PREVIEWED = 10_000


@dataclass(frozen=True)
class StoredColumn:
    """A column in the database.

    Attributes:
        empty: the column without values.
        sql: expression of the values, numbers or text; NULL is missing.
        label: expression of how numbers are written, where the numbers do not tell; or None.
    """

    empty: Column
    sql: str
    label: str | None = None

    @property
    def name(self) -> str:
        """The name as in the file."""
        return self.empty.name

    @property
    def is_known(self) -> str:
        """SQL condition that a row has a value."""
        is_nan = f" AND NOT isnan({self.sql})" if self.empty.kind == "number" else ""
        return f"{self.sql} IS NOT NULL{is_nan}"


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Rows on disk, read into memory in ranges.

    Attributes:
        source: the name of the file, for messages.
        database: with the rows in the table `loaded_rows`.
        columns: all columns, the target last.
        row_locations: the file of each row.
        memory: limit of training, in bytes.
        notes: for the user, on how the rows were read.
        read_options: by which they are read.
        kept: columns to give back, of texts; in the table they are behind the others.
    """

    source: str
    database: duckdb.DuckDBPyConnection
    columns: tuple[StoredColumn, ...]
    row_locations: RowLocations
    memory: int
    notes: tuple[str, ...] = ()
    read_options: ReadOptions = field(default_factory=ReadOptions)
    kept: tuple[Column, ...] = ()

    def __len__(self) -> int:
        """The number of rows, including those without a target."""
        return sum(rows for _, rows in self.row_locations.files)

    @property
    def target(self) -> StoredColumn:
        """The column to predict."""
        return self.columns[-1]

    def row_ranges(self, features: int = 0) -> list[range]:
        """Return ranges that cover all rows, counted from 0, each small enough for memory.

        Args:
            features: number of features per row that will be computed.
        """
        rows = min(ROWS_AT_ONCE, max(1, VALUES_AT_ONCE // max(features, len(self.columns))))
        return [range(start, min(start + rows, len(self))) for start in range(0, len(self), rows)]

    def table(self, row_range: range) -> Table:
        """Return the rows of a range that have a target.

        Raises:
            InputError: a number is infinite.
        """
        return self._where(_in(row_range))

    def table_without_target(self, row_range: range) -> Table:
        """Return all rows of a range, with all columns as inputs.

        Raises:
            InputError: a number is infinite.
        """
        columns, numbers = self._read(_in(row_range))
        rows = f"loaded_rows WHERE {_in(row_range)} ORDER BY rowid"
        kept = fetch_kept(
            self.database,
            rows,
            [column.name for column in self.kept],
            len(self.columns),
            [column.stored_type for column in self.kept],
        )
        return replace(self._as_table(columns, None, numbers), kept=tuple(kept))

    def one_of_each_class(self, task: Task) -> NDArray[np.int64]:
        """Return a row number of each class, ascending, from 0; none for regression.

        Raises:
            InputError: there are more than 10,000 classes.
        """
        if task == "regression":
            return np.empty(0, np.int64)
        if self._distinct > MAX_CLASSES:
            raise InputError(
                f"{self.source}, column '{self.target.name}': got {self._distinct:,} classes, "
                f"expected at most {MAX_CLASSES:,}. Use --task regression for numbers, or choose "
                "another target."
            )
        return self._one_of_each_value

    @cached_property
    def _distinct(self) -> int:
        return aggregate(
            self.database,
            "loaded_rows",
            [f"count(DISTINCT {self.target.label or self.target.sql})"],
        )[0]

    @cached_property
    def _one_of_each_value(self) -> NDArray[np.int64]:
        target = self.target.label or self.target.sql
        rows = self.database.execute(
            f"SELECT min(rowid) FROM loaded_rows WHERE {self.target.is_known} GROUP BY {target}"
        ).fetchall()
        return np.sort(np.array([row for (row,) in rows], np.int64))

    @cached_property
    def preview(self) -> Table:
        """A sample of evenly spaced rows, with one of each class, to infer columns and task.

        Raises:
            InputError: no row has a target.
        """
        even = np.linspace(0, len(self) - 1, min(PREVIEWED, len(self))).astype(np.int64)
        rows = np.union1d(even, self._one_of_each_value) if self._distinct <= MAX_CLASSES else even
        sample = self._where(f"rowid IN ({', '.join(map(str, rows))})")
        if not len(sample):
            raise InputError(
                f"{self.source}, column '{self.target.name}': got no value in all "
                f"{pluralised(len(self), 'row')}, expected the target's values to learn from. Fill "
                "them in, or choose another column with --target."
            )
        return concatenate([sample])

    def notes_on_missing(self) -> list[str]:
        """Return notes on missing values."""
        filters = [f"count(*) FILTER ({column.is_known})" for column in self.columns]
        missing = [len(self) - known for known in aggregate(self.database, "loaded_rows", filters)]
        *of_columns, of_target = zip(missing, self.columns, strict=True)
        notes = []
        if of_target[0]:
            rows = pluralised(of_target[0], "row")
            notes.append(
                f"{self.source}: {rows} without a value of the target '{self.target.name}' left out"
            )
        return notes + [
            f"{self.source}: column '{column.name}' has {pluralised(number, 'missing value')}"
            for number, column in of_columns
            if number
        ]

    def _where(self, condition: str) -> Table:
        """Return the rows that meet a condition and have a target, in order."""
        columns, numbers = self._read(f"{condition} AND {self.target.is_known}")
        *others, target = columns
        return self._as_table(tuple(others), target, numbers)

    def _as_table(
        self, columns: tuple[Column, ...], target: Column | None, numbers: NDArray[np.int64]
    ) -> Table:
        return Table(
            self.source,
            columns,
            target,
            rows=numbers,
            row_locations=self.row_locations,
            read_options=self.read_options,
        ).finite()

    def _read(self, condition: str) -> tuple[tuple[Column, ...], NDArray[np.int64]]:
        """Return all columns of the rows that meet a condition, and their row numbers from 1."""
        label = self.target.label or "NULL"
        values = dict(enumerate([*(column.sql for column in self.columns), label, "rowid"]))
        rows = f"loaded_rows WHERE {condition} ORDER BY rowid"
        *arrays, labels, numbers = [
            array for _, array in fetch_columns(self.database, rows, values)
        ]
        columns = [
            with_values(column.empty, array)
            for column, array in zip(self.columns, arrays, strict=True)
        ]
        if self.target.label is not None:
            columns[-1] = replace(columns[-1], texts=texts_of(labels))
        return tuple(columns), np.ma.getdata(numbers).astype(np.int64) + 1


def _in(row_range: range) -> str:
    """Return the SQL condition for a range of rows."""
    return f"rowid >= {row_range.start} AND rowid < {row_range.stop}"
