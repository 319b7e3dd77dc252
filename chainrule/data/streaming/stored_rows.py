"""Stored rows: a table whose columns are understood, in a database that keeps it on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.vocabulary import Task
from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import count, fetched
from chainrule.data.reading.typed_columns import with_values
from chainrule.data.streaming.concatenate import concatenate
from chainrule.data.table import Column, RowLocations, Table
from chainrule.errors import InputError

VALUES_AT_ONCE = 2**20  # in memory, of all columns together
ROWS_AT_ONCE = 100_000
MAX_CLASSES = 10_000
PREVIEWED = 10_000


@dataclass(frozen=True)
class StoredColumn:
    """A column in the database.

    Attributes:
        empty: it, without its values.
        sql: gives these: numbers, or text; NULL is missing.
    """

    empty: Column
    sql: str

    @property
    def name(self) -> str:
        """As in the file."""
        return self.empty.name

    @property
    def is_known(self) -> str:
        """SQL for whether a row has a value."""
        is_nan = f" AND NOT isnan({self.sql})" if self.empty.kind == "number" else ""
        return f"{self.sql} IS NOT NULL{is_nan}"


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Rows of which some at a time are read into memory, as often as they are needed.

    Attributes:
        source: the name of the file, for messages.
        database: with the rows in the table `given`.
        columns: all of them, the target last.
        places: of the rows.
        memory: bytes that training may have.
        notes: what is known about the rows so far.
        read_options: by which they are read.
    """

    source: str
    database: duckdb.DuckDBPyConnection
    columns: tuple[StoredColumn, ...]
    places: RowLocations
    memory: int
    notes: tuple[str, ...] = ()
    read_options: ReadOptions = field(default_factory=ReadOptions)

    def __len__(self) -> int:
        """How many rows there are, those without a target counted."""
        return sum(rows for _, rows in self.places.files)

    @property
    def target(self) -> StoredColumn:
        """What is to be learned."""
        return self.columns[-1]

    def row_ranges(self, features: int = 0) -> list[range]:
        """All rows, counted from 0, in stretches that fit in memory each.

        Args:
            features: numbers that will be made of each row.
        """
        rows = min(ROWS_AT_ONCE, max(1, VALUES_AT_ONCE // max(features, len(self.columns))))
        return [range(start, min(start + rows, len(self))) for start in range(0, len(self), rows)]

    def table(self, stretch: range) -> Table:
        """The rows of a stretch that have a target.

        Raises:
            InputError: a number is infinite.
        """
        return self._where(_in(stretch))

    def table_without_target(self, stretch: range) -> Table:
        """The rows of a stretch where there is no target: all columns are to predict from.

        Raises:
            InputError: a number is infinite.
        """
        columns, numbers = self._read(_in(stretch))
        return self._as_table(columns, None, numbers)

    def one_of_each_class(self, task: Task) -> NDArray[np.int64]:
        """A row of each class, ascending, counted from 0; none where numbers are predicted.

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
        return count(self.database, "given", [f"count(DISTINCT {self.target.sql})"])[0]

    @cached_property
    def _one_of_each_value(self) -> NDArray[np.int64]:
        target = self.target.sql
        rows = self.database.execute(
            f"SELECT min(rowid) FROM given WHERE {self.target.is_known} GROUP BY {target}"
        ).fetchall()
        return np.sort(np.array([row for (row,) in rows], np.int64))

    @cached_property
    def preview(self) -> Table:
        """Some rows that show what the columns are: at even distances, and one of each class.

        Raises:
            InputError: no row has a target.
        """
        even = np.linspace(0, len(self) - 1, min(PREVIEWED, len(self))).astype(np.int64)
        rows = np.union1d(even, self._one_of_each_value) if self._distinct <= MAX_CLASSES else even
        found = self._where(f"rowid IN ({', '.join(map(str, rows))})")
        if not len(found):
            raise InputError(
                f"{self.source}, column '{self.target.name}': got no value in all "
                f"{pluralised(len(self), 'row')}, expected the target's values to learn from. Fill "
                "them in, or choose another column with --target."
            )
        return concatenate([found])

    def notes_on_missing(self) -> list[str]:
        """What to tell of missing values."""
        filters = [f"count(*) FILTER ({column.is_known})" for column in self.columns]
        missing = [len(self) - known for known in count(self.database, "given", filters)]
        *of_columns, of_target = zip(missing, self.columns, strict=True)
        notes = []
        if of_target[0]:
            rows = pluralised(of_target[0], "row")
            notes.append(
                f"{self.source}: {rows} without a value of the target '{self.target.name}' left out"
            )
        return notes + [
            f"{self.source}: column '{column.name}' has {pluralised(lacking, 'missing value')}"
            for lacking, column in of_columns
            if lacking
        ]

    def _where(self, condition: str) -> Table:
        """The rows of a condition that have a target, in their order."""
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
            places=self.places,
            read_options=self.read_options,
        ).finite()

    def _read(self, condition: str) -> tuple[tuple[Column, ...], NDArray[np.int64]]:
        """All columns of the rows of a condition, in their order, and their numbers from 1."""
        values = dict(enumerate([*(column.sql for column in self.columns), "rowid"]))
        rows = f"given WHERE {condition} ORDER BY rowid"
        *arrays, numbers = [array for _, array in fetched(self.database, rows, values)]
        columns = [
            with_values(column.empty, array)
            for column, array in zip(self.columns, arrays, strict=True)
        ]
        return tuple(columns), np.ma.getdata(numbers).astype(np.int64) + 1


def _in(stretch: range) -> str:
    """SQL for the rows of a stretch."""
    return f"rowid >= {stretch.start} AND rowid < {stretch.stop}"
