"""A table with typed columns in a database on disk, read in ranges of rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import duckdb
import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.sample_weights import (
    check_sum,
    invalid_weight,
    note_on_zeros,
)
from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.duckdb_sql import aggregate, fetch_columns, fetch_kept, texts_of
from chainrule.data.reading.typed_columns import with_values
from chainrule.data.streaming.concatenate import concatenate
from chainrule.data.table import Column, RowLocations, Table, unknown_column
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
        weights: the column of sample weights; None if all rows count equally.
            Rows of weight 0 are never read.
    """

    source: str
    database: duckdb.DuckDBPyConnection
    columns: tuple[StoredColumn, ...]
    row_locations: RowLocations
    memory: int
    notes: tuple[str, ...] = ()
    read_options: ReadOptions = field(default_factory=ReadOptions)
    kept: tuple[Column, ...] = ()
    weights: StoredColumn | None = None

    def __len__(self) -> int:
        """The number of rows, including those without a target or of weight 0."""
        return sum(rows for _, rows in self.row_locations.files)

    def with_sample_weights(self, name: str | None) -> StoredRows:
        """Return the rows of weight above 0, with their weights in place of the column.

        Args:
            name: of the column of weights; None for none.
        Raises:
            InputError: the column does not exist, a weight is missing, negative or no number, or
                all are 0.
        """
        if name is None or self.weights is not None:
            return self
        inputs = self.columns[:-1]
        column = next((column for column in inputs if column.name == name), None)
        if column is None:
            raise unknown_column(self.source, "column", name, [each.name for each in inputs])
        self._check_weights(column)
        total, zeros = aggregate(
            self.database,
            "loaded_rows",
            [
                f"coalesce(sum({column.sql}) FILTER ({self.target.is_known}), 0)",
                f"count(*) FILTER ({self.target.is_known} AND {column.sql} = 0)",
            ],
        )
        check_sum(self.source, name, total)
        return replace(
            self,
            columns=tuple(each for each in self.columns if each is not column),
            weights=column,
            notes=(*self.notes, *([note_on_zeros(self.source, name, zeros)] if zeros else [])),
        )

    def _check_weights(self, column: StoredColumn) -> None:
        """Refuse a weight that is missing, negative, infinite or no number."""
        if column.empty.kind != "number":
            raise InputError(
                f"{self.source}, column '{column.name}': got text as weights of samples, expected "
                "numbers of at least 0. Correct the values, or name another column."
            )
        invalid = self.database.execute(
            f"SELECT rowid, {column.sql} FROM loaded_rows WHERE {self.target.is_known} AND NOT "
            f"coalesce({column.sql} >= 0 AND isfinite({column.sql}), false) ORDER BY rowid LIMIT 1"
        ).fetchone()
        if invalid is not None:
            location = self.row_locations.of(invalid[0] + 1)
            raise invalid_weight(location, column.name, invalid[1])

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
        target = self.target.label or self.target.sql
        distinct = f"count(DISTINCT {target}) FILTER ({self._is_used})"
        return aggregate(self.database, "loaded_rows", [distinct])[0]

    @cached_property
    def _one_of_each_value(self) -> NDArray[np.int64]:
        target = self.target.label or self.target.sql
        rows = self.database.execute(
            f"SELECT min(rowid) FROM loaded_rows WHERE {self._is_used} GROUP BY {target}"
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
        filters = [
            f"count(*) FILTER ({self._has_weight} AND NOT ({column.is_known}))"
            for column in self.columns
        ]
        missing = aggregate(self.database, "loaded_rows", filters)
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
        columns, numbers = self._read(f"{condition} AND {self._is_used}")
        *others, target = columns
        if self.weights is None:
            return self._as_table(tuple(others), target, numbers)
        weights = target
        *others, target = others
        return replace(self._as_table(tuple(others), target, numbers), weights=weights)

    @property
    def _has_weight(self) -> str:
        """SQL condition that a row has a weight above 0."""
        return "true" if self.weights is None else f"{self.weights.sql} > 0"

    @property
    def _is_used(self) -> str:
        """SQL condition that a row has a target and a weight above 0."""
        return f"{self.target.is_known} AND {self._has_weight}"

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
        """Return all columns of the rows that meet a condition, and their row numbers from 1.

        Weights, if there are any, are the last column.
        """
        label = self.target.label or "NULL"
        read = self.columns if self.weights is None else (*self.columns, self.weights)
        values = dict(enumerate([*(column.sql for column in read), label, "rowid"]))
        rows = f"loaded_rows WHERE {condition} ORDER BY rowid"
        *arrays, labels, numbers = [
            array for _, array in fetch_columns(self.database, rows, values)
        ]
        columns = [
            with_values(column.empty, array) for column, array in zip(read, arrays, strict=True)
        ]
        if self.target.label is not None:
            target = len(self.columns) - 1
            columns[target] = replace(columns[target], texts=texts_of(labels))
        return tuple(columns), np.ma.getdata(numbers).astype(np.int64) + 1


def _in(row_range: range) -> str:
    """Return the SQL condition for a range of rows."""
    return f"rowid >= {row_range.start} AND rowid < {row_range.stop}"
