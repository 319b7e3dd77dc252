"""Duplicated rows, within one dataset or in training and test."""

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
    """Return a mask of the test rows that are equal to a training row, (test rows,)."""
    duplicated: NDArray[np.bool_]
    duplicated = first_occurrences(training, test)[len(training) :] < len(training)
    return duplicated


def first_occurrences(*datasets: Dataset) -> NDArray[np.int64]:
    """Return for each row of the concatenated datasets the index of the first row equal to it.

    Rows are equal if they are in all columns that every dataset has, the target included; missing
    values are equal. Row identifiers are ignored. Pictures are equal if all pixels and the target
    are. A row that equals no earlier one has its own index.
    Args:
        datasets: all tables or all pictures, each with a target.

    >>> y = Column("y", np.array([1.0, 1.0, 2.0, 1.0]))
    >>> x = Column("x", np.array([5.0, np.nan, 5.0, np.nan]))
    >>> first_occurrences(Table("t", (x,), y)).tolist()
    [0, 1, 2, 1]
    """
    rows = np.arange(sum(map(len, datasets)))
    first = rows.copy()
    groups = np.zeros_like(rows)
    # Each column divides the groups of rows that were equal so far, and rows alone in their group
    # drop out: of most tables few are left after a handful of columns.
    for values in _columns(datasets):
        if len(rows) == 0:
            break
        codes = _codes(values[rows])
        _, groups, sizes = np.unique(
            groups * (codes.max() + 1) + codes, return_inverse=True, return_counts=True
        )
        shared = sizes[groups] > 1
        rows, groups = rows[shared], groups[shared]
    _, begin, inverse = np.unique(groups, return_index=True, return_inverse=True)
    first[rows] = rows[begin][inverse]
    return first


def _columns(datasets: Sequence[Dataset]) -> Iterator[NDArray[Any]]:
    """Yield the values of each shared column, or the pictures, (rows of all,); the target first.

    Where a column is numeric in one dataset and text in another, its numbers are texts.
    """
    yield _concatenated([dataset.target for dataset in datasets if dataset.target is not None])
    pictures = [dataset for dataset in datasets if isinstance(dataset, Images)]
    if pictures:
        digests = [_digest(picture) for images in pictures for picture in images.pixels]
        yield np.array(digests, dtype=np.object_)
        return
    tables = [dataset for dataset in datasets if isinstance(dataset, Table)]
    names = [{column.name for column in table.columns} for table in tables]
    for column in tables[0].columns:
        if all(column.name in of_table for of_table in names) and not _numbers_the_rows(column):
            yield _concatenated([table.column(column.name) for table in tables])


def _digest(picture: NDArray[Any]) -> bytes:
    """Return a 16 byte hash of the pixels: no collision is to be expected in a billion pictures."""
    return hashlib.blake2b(picture.tobytes(), digest_size=16).digest()


def _numbers_the_rows(column: Column) -> bool:
    if column.kind != "number" or len(np.unique(column.values[:100])) < len(column.values[:100]):
        return False  # fast exit for columns with a repeated value
    return infer_role(column).role == "identifier"


def _concatenated(columns: Sequence[Column]) -> NDArray[Any]:
    one_kind = len({column.kind for column in columns}) == 1
    return np.concatenate(
        [column.values if one_kind else column.categories() for column in columns]
    )


def _codes(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return integer codes from 0 on, equal where the values are equal, (rows,)."""
    codes: NDArray[np.int64]
    if values.dtype == np.float64:
        codes = np.unique(values, return_inverse=True)[1]
    else:
        code_of: dict[object, int] = {}
        codes = np.fromiter((code_of.setdefault(value, len(code_of)) for value in values), np.int64)
    return codes
