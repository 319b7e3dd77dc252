"""Duplicates: rows that are equal, wherever they are. A test on a training row tests the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.roles import infer_role
from chainrule.data.dataset import Dataset, Images
from chainrule.data.table import Column, Table


def in_training(training: Dataset, test: Dataset) -> NDArray[np.bool_]:
    """Whether each row of the test is a row of training, too, (test rows,)."""
    found: NDArray[np.bool_] = first_occurrences(training, test)[len(training) :] < len(training)
    return found


def first_occurrences(*datasets: Dataset) -> NDArray[np.int64]:
    """For each row of datasets, one after the other, the place of the first one equal to it.

    Rows are equal if all columns are that every dataset has, the target included; a missing value
    equals another. A column that only numbers the rows is not looked at. Pictures are equal in
    every pixel, and in the target. A row that is like no other is its own first.
    Args:
        datasets: tables, or pictures, each with a target.

    >>> y = Column("y", np.array([1.0, 1.0, 2.0, 1.0]))
    >>> x = Column("x", np.array([5.0, np.nan, 5.0, np.nan]))
    >>> first_occurrences(Table("t", (x,), y)).tolist()
    [0, 1, 2, 1]
    """
    rows = np.arange(sum(map(len, datasets)))
    first = rows.copy()
    groups = np.zeros_like(rows)
    # Each column divides the groups of rows that were equal so far, and rows that are alone drop
    # out: of most tables few are left after a handful of columns.
    for values in _columns(datasets):
        if len(rows) == 0:
            break
        codes = _codes(values[rows])
        _, groups, sizes = np.unique(
            groups * (codes.max() + 1) + codes, return_inverse=True, return_counts=True
        )
        shared = sizes[groups] > 1
        rows, groups = rows[shared], groups[shared]
    _, begin, place = np.unique(groups, return_index=True, return_inverse=True)
    first[rows] = rows[begin][place]
    return first


def _columns(datasets: Sequence[Dataset]) -> Iterator[NDArray[Any]]:
    """The values of each column that all have, or the pictures, (rows of all,); the target first.

    Of a column that has numbers here and names there, the numbers as text.
    """
    yield _joined([dataset.target for dataset in datasets if dataset.target is not None])
    pictures = [dataset for dataset in datasets if isinstance(dataset, Images)]
    if pictures:
        yield np.array([_digest(p) for of in pictures for p in of.pixels], dtype=np.object_)
        return
    tables = [dataset for dataset in datasets if isinstance(dataset, Table)]
    names = [{column.name for column in table.columns} for table in tables]
    for column in tables[0].columns:
        if all(column.name in of_one for of_one in names) and not _numbers_the_rows(column):
            yield _joined([table.column(column.name) for table in tables])


def _digest(picture: NDArray[Any]) -> bytes:
    """16 bytes in the place of all: that two of a billion pictures share them will not happen."""
    return hashlib.blake2b(picture.tobytes(), digest_size=16).digest()


def _numbers_the_rows(column: Column) -> bool:
    if column.kind != "number" or len(np.unique(column.values[:100])) < len(column.values[:100]):
        return False  # at once, where it has a value twice
    return infer_role(column).role == "identifier"


def _joined(columns: Sequence[Column]) -> NDArray[Any]:
    same = len({column.kind for column in columns}) == 1
    return np.concatenate([column.values if same else column.categories() for column in columns])


def _codes(values: NDArray[Any]) -> NDArray[np.int64]:
    """Numbers from 0 on that are equal where the values are, (rows,)."""
    codes: NDArray[np.int64]
    if values.dtype == np.float64:
        codes = np.unique(values, return_inverse=True)[1]
    else:
        met: dict[object, int] = {}
        codes = np.fromiter((met.setdefault(value, len(met)) for value in values), np.int64)
    return codes
