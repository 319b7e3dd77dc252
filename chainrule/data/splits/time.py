"""Split by time: train on the earliest rows, test on the latest.

A model is used on rows later than those it was trained on. A test on rows between training rows is
too optimistic, as the model has seen what came before and after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.dates import DateReading, infer_dates
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.splits.required_column import required_column
from chainrule.data.splits.shares import Shares
from chainrule.data.splits.split import PARTS, Fold, Split
from chainrule.data.table import COUNTING
from chainrule.errors import InputError


@dataclass(frozen=True, eq=False)
class Times:
    """The time of each row.

    Attributes:
        where: the file and column of the times, for messages.
        values: (rows,), numbers as in the file, dates as days since 1970 in UTC.
        texts: the times as texts, for messages.
        reading: how dates are read, for a note, or an empty text.
    """

    where: str
    values: NDArray[np.float64]
    texts: NDArray[np.object_]
    reading: str = ""

    def note(self, split: Split) -> str:
        """Return a note on the last time of each part."""
        parts = zip(PARTS, (split.train, split.validation, split.test), strict=True)
        ends = [
            f"{part} until {self.texts[rows[np.argmax(self.values[rows])]]}"
            for part, rows in parts
            if len(rows)
        ]
        reading = f"; {self.reading}" if self.reading else ""
        return f"{self.where}: split by time, {', '.join(ends)}{reading}"


def times_of(data: Dataset, name: str) -> Times:
    """Return the times in a column of numbers or dates.

    Raises:
        InputError: the column does not exist, a value is missing, or a text is no date.
    """
    table, column = required_column(data, "time", name)
    where, texts = f"{table.source}, column '{name}'", column.categories()
    is_date = column.declared == "date" or table.read_options.roles.get(name) == "date"
    if column.kind == "number" and not is_date:
        return Times(where, table.numbers(column), texts)
    reading = infer_dates(column, table.read_options.date_form.get(name), min_share=0)
    days = np.full(len(column), np.nan) if reading is None else reading.days
    if np.isnan(days).any():
        row = int(np.argmax(np.isnan(days)))
        raise InputError(
            f"{table.location(row)}, column '{name}': got '{texts[row]}', expected a date such as "
            "2024-01-31 or 2024-01-31 18:30, or numbers in all rows. Correct the value, or leave "
            f"the row out. {COUNTING}"
        )
    if column.declared == "date":
        texts = days.astype("datetime64[D]").astype(str).astype(np.object_)
    return Times(where, days, texts, _note_on(reading))


def _note_on(reading: DateReading | None) -> str:
    """Return how dates were read that are no plain year-month-day, or what to check."""
    if reading is None or not reading.forms:
        return ""
    return f"{reading.doubt}. {reading.remedy}" if reading.doubt else reading.description


def split_times(times: Times, shares: Shares) -> Split:
    """Split rows by time: training before validation before test.

    The cuts are between two distinct times, as near to the shares as possible. Every part that has
    a share gets at least one time.
    Args:
        times: of the rows.
        shares: of training, validation and test; they sum to 1, and the last two may be 0.
    Raises:
        InputError: there are fewer distinct times than parts that have a share.

    >>> years = np.array([2003.0, 2001, 2002, 2002, 2002, 2001])
    >>> times = Times("sales.csv, column 'year'", years, years.astype(object))
    >>> split = split_times(times, (0.4, 0.4, 0.2))
    >>> split.train.tolist(), split.validation.tolist(), split.test.tolist()
    ([1, 5], [2, 3, 4], [0])
    """
    used = [part for part, share in enumerate(shares) if share > 0]
    names = " and ".join(PARTS[part] for part in used)
    parts = _time_blocks(times, [shares[part] for part in used], f"for {names} one each")
    return Split.from_parts(np.array(used)[parts])


def time_folds(times: Times, folds: int) -> list[Fold]:
    """Return folds with a rolling origin: each tests on one block and trains on all before it.

    The rows are cut into `folds` + 1 blocks of about equal size. The first is never tested, as no
    rows precede it.
    Args:
        times: of the rows.
        folds: at least 2.
    Raises:
        InputError: there are fewer distinct times than blocks, or fewer folds than 2.
    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy: an analysis and review,
    on rolling origins.
    """
    if folds < 2:
        raise InputError(f"folds: got {folds}, expected at least 2. Usual are 5 or 10.")
    blocks = _time_blocks(
        times, [1 / (folds + 1)] * (folds + 1), "for each fold one and one before the first"
    )
    return [
        Fold(np.flatnonzero(blocks < number), np.flatnonzero(blocks == number))
        for number in range(1, folds + 1)
    ]


def _time_blocks(times: Times, shares: Sequence[float], reason: str) -> NDArray[np.int64]:
    """Return the block of each row, (rows,), from 0 on, by time; no block is empty."""
    _, inverse, counts = np.unique(times.values, return_inverse=True, return_counts=True)
    if len(counts) < len(shares):
        raise InputError(
            f"{times.where}: got {pluralised(len(counts), 'different time')}, expected at least "
            f"{len(shares)}, {reason}. Give rows of more times, or split in another way."
        )
    cumulative = np.cumsum(counts)  # rows up to and including each time
    block_of_time = np.zeros(len(counts), np.int64)
    begin = 0
    for number, end_share in enumerate(np.cumsum(shares)[:-1], start=1):
        later = len(shares) - number  # blocks that also need a time
        ends = cumulative[begin : len(cumulative) - later]
        begin += int(np.argmin(np.abs(ends - end_share * len(inverse)))) + 1
        block_of_time[begin:] = number
    return block_of_time[inverse]
