"""Tables of numeric and categorical columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_number, parse_number, quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.vocabulary import RowKind
from chainrule.errors import InputError, check_type, nearest, refuse

ColumnKind = Literal["number", "category"]
Declared = Literal["category", "date"]

COUNTING = "(Rows are counted from 1, the header is not counted.)"


@dataclass(frozen=True)
class RowLocations:
    """The files that the rows of a table were read from, in order.

    Attributes:
        files: the name of each file, for messages, and its number of rows in the table.
        left_out: the ascending numbers of the rows of each file that are not in the table; none if
            it has all of them.

    >>> locations = RowLocations((("may.csv", 3), ("june.csv", 2)), ((), (1,)))
    >>> locations.of(3), locations.of(4)
    ('may.csv, row 3', 'june.csv, row 2')
    """

    files: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[int, ...], ...] = ()

    def of(self, row: int) -> str:
        """Return the file of a row of the table and its number there; both count from 1."""
        file, number = self._locate(row)
        return f"{self.files[file][0]}, row {number}"

    def number(self, row: int) -> int:
        """Return the number of a row in its file."""
        return self._locate(row)[1]

    def _locate(self, row: int) -> tuple[int, int]:
        file = 0
        while file < len(self.files) - 1 and row > self.files[file][1]:
            row -= self.files[file][1]
            file += 1
        for left_out in self.left_out[file] if self.left_out else ():
            row += left_out <= row
        return file, row


@dataclass(frozen=True)
class DoubtfulRows:
    """Rows of a file that may be no samples, such as totals.

    Attributes:
        source: the name of the file.
        kind: of the rows.
        message: which rows, and what they have.
        remedy: the option that leaves them out.
    """

    source: str
    kind: RowKind
    message: str
    remedy: str

    @property
    def note(self) -> str:
        """A note for the user."""
        return f"{self.source}: {self.message}; {self.remedy}"


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table.

    Attributes:
        name: as in the file.
        values: (rows,), float64 with NaN for missing values, or objects, each a str, with None for
            missing values.
        levels: all possible categories in their order, where the source declares them.
        declared: "category" if the user declared the column categorical; "date" if the source has
            a date type, and the values are days since 1970; None if nothing is declared.
        stored_type: of texts that were values of this type of DuckDB, by which they are written
            again; None for others.
        texts: (rows,) how each number is written, with None for missing values, where the numbers
            do not tell: 01, 1.0, or whole numbers with more digits than float64 has.
    Raises:
        InputError: values are no array.
        TypeError: values are an array of another type or shape.

    >>> Column("age", np.array([39.0, np.nan])).kind
    'number'
    """

    name: str
    values: NDArray[Any]
    levels: tuple[str, ...] | None = None
    declared: Declared | None = None
    stored_type: str | None = None
    texts: NDArray[np.object_] | None = None

    def __post_init__(self) -> None:
        check_type("Column", "values", self.values, np.ndarray, "an array (rows,)")
        if self.values.ndim != 1 or self.values.dtype not in (np.float64, np.object_):
            raise TypeError(
                f"column '{self.name}': values are {self.values.dtype} of shape "
                f"{self.values.shape}; they must be (rows,) of float64, or of objects: str or None"
            )

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.values)

    @property
    def kind(self) -> ColumnKind:
        """Whether the values are numbers or categories."""
        return "number" if self.values.dtype == np.float64 else "category"

    @property
    def missing(self) -> NDArray[np.bool_]:
        """A mask of the missing values, (rows,)."""
        missing: NDArray[np.bool_]
        if self.kind == "number":
            missing = np.isnan(self.values)
        else:
            missing = np.fromiter((value is None for value in self.values), np.bool_, len(self))
        return missing

    def take(self, rows: NDArray[Any] | slice) -> Column:
        """Return the column of some rows, in the order of `rows`: indices, a mask or a slice."""
        texts = None if self.texts is None else self.texts[rows]
        return replace(self, values=self.values[rows], texts=texts)

    def categories(self) -> NDArray[np.object_]:
        """Return the values as texts, or None, (rows,).

        Numbers are written as in the source where `texts` tells, else whole ones without '.0'.
        """
        if self.kind == "category":
            return self.values
        if self.texts is not None:
            return self.texts
        texts = np.empty(len(self), dtype=np.object_)
        distinct, inverse = np.unique(self.values, return_inverse=True)
        formatted = [
            None if np.isnan(number) else format_number(float(number)) for number in distinct
        ]
        texts[:] = np.array(formatted, dtype=np.object_)[inverse]
        return texts


class UnusableColumn(str):
    """A note on a column that is left out for its type; `inspect` lists it as a problem.

    Attributes:
        column: the name of the column.
    """

    column: str

    @classmethod
    def of(cls, source: str, column: str, type_name: str) -> UnusableColumn:
        """Return the note.

        Args:
            source: the name of the file.
            column: the name of the column.
            type_name: the type of its values.
        """
        note = cls(
            f"{source}: column '{column}' is left out, as its type {type_name} is not supported"
        )
        note.column = column
        return note


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, with the target apart from the inputs.

    Attributes:
        source: the name of the file, for messages.
        columns: the inputs.
        target: the column to predict; None if there is none.
        notes: for the user, on what was read and what was dropped, with counts.
        rows: (rows,), the number of each row among those that were read, counted from 1; None if
            the table has all of them in their order.
        row_locations: the file of each row, if there are several files.
        weights: the sample weight of each row, above 0; None if all rows count equally.
        read_options: by which it was read.
        doubtful_rows: rows that may be no samples; the notes name them, too.
        kept: columns to give back, as the texts that stand in the source; None for NULL.
        in_doubt: columns of which it is in doubt what their texts mean.
    """

    source: str
    columns: tuple[Column, ...]
    target: Column | None
    notes: tuple[str, ...] = ()
    rows: NDArray[np.int64] | None = None
    row_locations: RowLocations | None = None
    weights: Column | None = None
    read_options: ReadOptions = field(default_factory=ReadOptions)
    doubtful_rows: tuple[DoubtfulRows, ...] = ()
    kept: tuple[Column, ...] = ()
    in_doubt: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_type("Table", "columns", self.columns, (tuple, list), "a tuple of Columns")
        for column in self._all_columns():
            check_type("Table", "a column", column, Column, "a Column")
        if len({len(column) for column in self._all_columns()}) > 1:
            raise ValueError(f"{self.source}: the columns differ in their number of rows")

    def __len__(self) -> int:
        """The number of rows."""
        columns = self._all_columns()
        return len(columns[0]) if columns else 0

    def column(self, name: str) -> Column:
        """Return the input column of that name.

        Raises:
            InputError: the column does not exist; the nearest name is suggested.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise self.unknown_input("column", name)

    def unknown_input(self, role: str, name: str) -> InputError:
        """Return the error for an input that does not exist, or that the user dropped.

        Args:
            role: the use of the column, such as "group".
            name: that it was given.
        """
        if name in self.read_options.drop:
            return InputError(
                f"{self.source}: got the {role} '{name}', which was dropped, expected a column "
                "that is read. Leave out --drop, or name another column."
            )
        return unknown_column(self.source, role, name, [column.name for column in self.columns])

    def take(self, rows: NDArray[Any]) -> Table:
        """Return the table of some rows, in the order of `rows`: indices, or a mask."""
        return replace(
            self,
            columns=tuple(column.take(rows) for column in self.columns),
            target=None if self.target is None else self.target.take(rows),
            kept=tuple(column.take(rows) for column in self.kept),
            weights=None if self.weights is None else self.weights.take(rows),
            rows=(np.arange(1, len(self) + 1) if self.rows is None else self.rows)[rows],
        )

    def without(self, names: Collection[str]) -> Table:
        """Return the table without some of its inputs; those that it does not have are ignored."""
        return replace(self, columns=tuple(c for c in self.columns if c.name not in names))

    def with_kept(self, columns: Iterable[Column]) -> Table:
        """Return the table with columns to give back, of all rows of the source."""
        rows = slice(None) if self.rows is None else self.rows - 1
        return replace(self, kept=tuple(column.take(rows) for column in columns))

    def row(self, index: int) -> int:
        """Return the number of a row in its file, counted from 1 below the header."""
        row = self._position(index)
        return row if self.row_locations is None else self.row_locations.number(row)

    def location(self, index: int) -> str:
        """Return the location of a row in its source, for messages, such as 'may.csv, row 3'."""
        row_locations = self.row_locations or RowLocations(((self.source, len(self)),))
        return row_locations.of(self._position(index))

    def _position(self, index: int) -> int:
        """Return the number of a row among those that were read, counted from 1."""
        return index + 1 if self.rows is None else int(self.rows[index])

    def numbers(self, column: Column) -> NDArray[np.float64]:
        """Return the values of a column or of the target as numbers, (rows,); NaN is missing.

        Raises:
            InputError: a value is text that is no number, or is infinite.
        """
        values = column.values
        if column.kind == "category":
            values = np.empty(len(column))
            for index, text in enumerate(column.values):
                number = np.nan if text is None else parse_number(text)
                if number is None:
                    raise self._not_a_number(column, index)
                values[index] = number
        if np.isinf(values).any():
            raise self._not_a_number(column, int(np.argmax(np.isinf(values))))
        return values

    def with_infinite_as_missing(self) -> Table:
        """Return the table with NaN for infinite numbers, without rows of an infinite target."""

        def finite(column: Column) -> Column:
            if column.kind == "category" or not np.isinf(column.values).any():
                return column
            return replace(column, values=np.where(np.isinf(column.values), np.nan, column.values))

        table = replace(self, columns=tuple(finite(column) for column in self.columns))
        if self.target is None or self.target.kind == "category":
            return table
        return table.take(~np.isinf(self.target.values))

    def finite(self) -> Table:
        """Return the table itself if all its numbers are finite.

        Raises:
            InputError: a number is infinite.
        """
        for column in self._all_columns():
            if column.kind == "number" and np.isinf(column.values).any():
                refuse(self._not_a_number(column, int(np.argmax(np.isinf(column.values)))))
        return self

    def _not_a_number(self, column: Column, index: int) -> InputError:
        value = column.values[index]
        return InputError(
            f"{self.location(index)}, column '{column.name}': got '{value}', "
            "expected a number. Correct the value, or leave it empty if it is not known. "
            f"{COUNTING}"
        )

    def _all_columns(self) -> tuple[Column, ...]:
        others = [column for column in (self.target, self.weights) if column is not None]
        return (*self.columns, *others)


def unknown_column(source: str, role: str, name: str, known: list[str]) -> InputError:
    """Return the error for an unknown column name, which suggests the nearest and lists all.

    Args:
        source: the name of the file.
        role: the use of the column, such as "target".
        name: the unknown name.
        known: the names of the columns that exist.
    """
    near = nearest(name, known)
    question = f" Did you mean '{near}'?" if near else ""
    return InputError(
        f"{source}: got the {role} '{name}', expected one of its columns.{question} "
        f"Its columns are: {quoted_list(known)}."
    )


def no_rows(source: str) -> InputError:
    """Return the error for a source that has columns and no rows."""
    return InputError(f"{source}: got no rows, expected rows of values. Add the rows.")
