"""Split by time: learn from the earliest rows, test on the latest.

What will be predicted lies in the future of what was learned from. A test on rows from in between
knows what came before and after them, and promises too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.dates import days_since_epoch, infer_date_order
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.splits.required_column import required_column
from chainrule.data.splits.shares import Shares
from chainrule.data.splits.split import PARTS, Fold, Split
from chainrule.data.table import COUNTING
from chainrule.errors import InputError


@dataclass(frozen=True, eq=False)
class Times:
    """When each row was.

    Attributes:
        where: what says so, for messages.
        values: of the rows, (rows,): numbers as they are, dates as days since 1970 in UTC.
        texts: the same as it was written.
    """

    where: str
    values: NDArray[np.float64]
    texts: NDArray[np.object_]

    def note(self, split: Split) -> str:
        """Until when each part is."""
        parts = zip(PARTS, (split.train, split.validation, split.test), strict=True)
        ends = [
            f"{part} until {self.texts[rows[np.argmax(self.values[rows])]]}"
            for part, rows in parts
            if len(rows)
        ]
        return f"{self.where}: split by time, {', '.join(ends)}"


def times_of(data: Dataset, name: str) -> Times:
    """The times that a column tells.

    Raises:
        InputError: the data have no such column, or a row has no value in it, or one that is no
            date where others are.
    """
    table, column = required_column(data, "time", name)
    where, texts = f"{table.source}, column '{name}'", column.categories()
    if column.kind == "number" and column.declared != "date":
        return Times(where, table.numbers(column), texts)
    order, _ = infer_date_order(set(texts), min_share=0) or ("month_first", False)
    days = days_since_epoch(column, order)
    if np.isnan(days).any():
        row = int(np.argmax(np.isnan(days)))
        raise InputError(
            f"{table.place(row)}, column '{name}': got '{texts[row]}', expected a date such as "
            "2024-01-31 or 2024-01-31 18:30, or numbers in all rows. Correct the value, or leave "
            f"the row out. {COUNTING}"
        )
    if column.declared == "date":
        texts = days.astype("datetime64[D]").astype(str).astype(np.object_)
    return Times(where, days, texts)


def split_times(times: Times, shares: Shares) -> Split:
    """Divide the rows by time: training before validation before test.

    The cuts are made between two times, never within one, where they are nearest to the shares.
    Every part that has a share gets a time.
    Args:
        times: of the rows.
        shares: of training, validation and test; they sum to 1, and the last two may be 0.
    Raises:
        InputError: there are fewer different times than parts that have a share.

    >>> years = np.array([2003.0, 2001, 2002, 2002, 2002, 2001])
    >>> times = Times("sales.csv, column 'year'", years, years.astype(object))
    >>> split = split_times(times, (0.4, 0.4, 0.2))
    >>> split.train.tolist(), split.validation.tolist(), split.test.tolist()
    ([1, 5], [2, 3, 4], [0])
    """
    used = [place for place, share in enumerate(shares) if share > 0]
    names = " and ".join(PARTS[place] for place in used)
    parts = _in_turn(times, [shares[place] for place in used], f"for {names} one each")
    return Split.from_parts(np.array(used)[parts])


def time_folds(times: Times, folds: int) -> list[Fold]:
    """Folds that roll through time: each tests on a stretch, and learns from all before it.

    The rows are cut into one stretch more than there are folds, of about one size. The first is
    never tested: nothing is before it.
    Args:
        times: of the rows.
        folds: at least 2.
    Raises:
        InputError: there are not so many different times, or fewer folds than 2.
    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy: an analysis and review,
    on rolling origins.
    """
    if folds < 2:
        raise InputError(f"folds: got {folds}, expected at least 2. Usual are 5 or 10.")
    stretches = _in_turn(
        times, [1 / (folds + 1)] * (folds + 1), "for each fold one and one before the first"
    )
    return [
        Fold(np.flatnonzero(stretches < number), np.flatnonzero(stretches == number))
        for number in range(1, folds + 1)
    ]


def _in_turn(times: Times, shares: Sequence[float], why: str) -> NDArray[np.int64]:
    """The stretch of each row, (rows,), from 0 on: each of about its share, none without a time."""
    _, place, counts = np.unique(times.values, return_inverse=True, return_counts=True)
    if len(counts) < len(shares):
        raise InputError(
            f"{times.where}: got {pluralised(len(counts), 'different time')}, expected at least "
            f"{len(shares)}, {why}. Give rows of more times, or split in another way."
        )
    until = np.cumsum(counts)  # rows up to each time, itself included
    stretch_of_time = np.zeros(len(counts), np.int64)
    begin = 0
    for number, end_share in enumerate(np.cumsum(shares)[:-1], start=1):
        later = len(shares) - number  # stretches that need a time, too
        ends = until[begin : len(until) - later]
        begin += int(np.argmin(np.abs(ends - end_share * len(place)))) + 1
        stretch_of_time[begin:] = number
    return stretch_of_time[place]
