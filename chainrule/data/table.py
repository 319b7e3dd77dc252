"""Table: rows of numbers and categories, column by column, as a file gave them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_number, parse_number, quoted_list
from chainrule.errors import InputError, nearest

ColumnKind = Literal["number", "category"]
Declared = Literal["category", "date"]

COUNTING = "(Rows are counted from 1, the header is not counted.)"


@dataclass(frozen=True)
class RowLocations:
    """The files of a table, in the order of its rows.

    Attributes:
        files: the name of each for messages, and how many rows it has.

    >>> locations = RowLocations((("may.csv", 3), ("june.csv", 2)))
    >>> locations.of(3), locations.of(4)
    ('may.csv, row 3', 'june.csv, row 1')
    """

    files: tuple[tuple[str, int], ...]

    def of(self, row: int) -> str:
        """Where a row of the table stood; rows are counted from 1, in the table and in a file."""
        for name, rows in self.files[:-1]:
            if row <= rows:
                return f"{name}, row {row}"
            row -= rows
        return f"{self.files[-1][0]}, row {row}"


@dataclass(frozen=True, eq=False)
class Column:
    """One property of every row.

    Attributes:
        name: as in the file.
        values: (rows,), float64 where NaN is a missing value, or objects that are each a str, or
            None for a missing value.
        levels: the categories that there may be, in their order, where the source says so.
        declared: what the values are whatever they look like: "category" where the person who had
            them read said so, "date" where their type was one of dates and the numbers are the
            days since 1970.
    Raises:
        TypeError: values are of another type or shape.

    >>> Column("age", np.array([39.0, np.nan])).kind
    'number'
    """

    name: str
    values: NDArray[Any]
    levels: tuple[str, ...] | None = None
    declared: Declared | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 1 or self.values.dtype not in (np.float64, np.object_):
            raise TypeError(
                f"column '{self.name}': values are {self.values.dtype} of shape "
                f"{self.values.shape}; they must be (rows,) of float64, or of objects: str or None"
            )

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.values)

    @property
    def kind(self) -> ColumnKind:
        """What the values are: numbers, or the names of categories."""
        return "number" if self.values.dtype == np.float64 else "category"

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Whether each row lacks its value, (rows,)."""
        missing: NDArray[np.bool_]
        if self.kind == "number":
            missing = np.isnan(self.values)
        else:
            missing = np.fromiter((value is None for value in self.values), np.bool_, len(self))
        return missing

    def take(self, rows: NDArray[Any]) -> Column:
        """The same column of some rows, in the order given (indices, or a mask)."""
        return replace(self, values=self.values[rows])

    def categories(self) -> NDArray[np.object_]:
        """The values as text or None, (rows,); a number as people write it, 3 rather than 3.0."""
        if self.kind == "category":
            return self.values
        texts = np.empty(len(self), dtype=np.object_)
        distinct, place = np.unique(self.values, return_inverse=True)
        spelled = [
            None if np.isnan(number) else format_number(float(number)) for number in distinct
        ]
        texts[:] = np.array(spelled, dtype=np.object_)[place]
        return texts


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with their columns, and the target column set apart.

    Attributes:
        source: the name of the file, for messages.
        columns: what can be learned from.
        target: what is to be learned, or None where it is not known.
        notes: what a person should know about the data, each with a count, in plain English.
        rows: (rows,) where in the source each row stood, counted from 1 below the header; None
            where all of them are here in their order.
        places: in which file each row stood, where there are several.
    """

    source: str
    columns: tuple[Column, ...]
    target: Column | None
    notes: tuple[str, ...] = ()
    rows: NDArray[np.int64] | None = None
    places: RowLocations | None = None

    def __post_init__(self) -> None:
        if len({len(column) for column in self._all_columns()}) > 1:
            raise ValueError(f"{self.source}: the columns differ in their number of rows")

    def __len__(self) -> int:
        """How many rows there are."""
        columns = self._all_columns()
        return len(columns[0]) if columns else 0

    def column(self, name: str) -> Column:
        """The column of that name; the target is not one of them.

        Raises:
            InputError: there is none, with the name that is nearest.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise unknown_column(self.source, "column", name, [column.name for column in self.columns])

    def take(self, rows: NDArray[Any]) -> Table:
        """The table of some rows, in the order given (indices, or a mask)."""
        return replace(
            self,
            columns=tuple(column.take(rows) for column in self.columns),
            target=None if self.target is None else self.target.take(rows),
            rows=(np.arange(1, len(self) + 1) if self.rows is None else self.rows)[rows],
        )

    def row(self, index: int) -> int:
        """Where in the source a row of this table stood, counted from 1 below the header."""
        return index + 1 if self.rows is None else int(self.rows[index])

    def place(self, index: int) -> str:
        """Where a row of this table stood, for messages, such as 'may.csv, row 3'."""
        places = self.places or RowLocations(((self.source, len(self)),))
        return places.of(self.row(index))

    def numbers(self, column: Column) -> NDArray[np.float64]:
        """The values of one of its columns (or the target) as numbers, (rows,); NaN is missing.

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

    def finite(self) -> Table:
        """The table itself.

        Raises:
            InputError: one of its numbers is infinite.
        """
        for column in self._all_columns():
            if column.kind == "number":
                self.numbers(column)
        return self

    def _not_a_number(self, column: Column, index: int) -> InputError:
        value = column.values[index]
        return InputError(
            f"{self.place(index)}, column '{column.name}': got '{value}', "
            "expected a number. Correct the value, or leave it empty if it is not known. "
            f"{COUNTING}"
        )

    def _all_columns(self) -> tuple[Column, ...]:
        return self.columns if self.target is None else (*self.columns, self.target)


def unknown_column(source: str, role: str, given: str, known: list[str]) -> InputError:
    """The error for the name of a column that is not there, with the nearest and all that are.

    Args:
        source: the name of the file.
        role: what the name was given as, such as "target".
        given: the name.
        known: the columns that there are.
    """
    near = nearest(given, known)
    question = f" Did you mean '{near}'?" if near else ""
    return InputError(
        f"{source}: got the {role} '{given}', expected one of its columns.{question} "
        f"Its columns are: {quoted_list(known)}."
    )


def no_rows(source: str) -> InputError:
    """The error for a source that has columns and no rows."""
    return InputError(f"{source}: got no rows, expected rows of values. Add the rows.")
