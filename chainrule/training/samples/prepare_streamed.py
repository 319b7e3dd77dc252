"""Preparing a table that is larger than memory: two walks through its rows, some at a time.

The first walk takes aside the rows of validation and test, and a random sample of the training
rows, on which the preparation is fitted. The second prepares the training rows and writes them to
disk in random order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.roles import check_roles
from chainrule.data.columns.sample_weights import sample_weights, split_off_weights
from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.progress import progress_bar
from chainrule.data.splits import Shares, remaining_shares
from chainrule.data.streaming.concatenate import concatenate
from chainrule.data.streaming.row_split import TEST, TRAINING, VALIDATION, RowSplit
from chainrule.data.streaming.rows_file import check_space
from chainrule.data.streaming.shuffled_rows import ShuffledRows
from chainrule.data.table import Table
from chainrule.errors import InputError
from chainrule.training.samples.prepare import (
    Prepared,
    fit_preparation,
    held_out,
    notes_on_separate_sets,
    prepare,
    shares_missing,
    target_and_task,
)
from chainrule.training.samples.sample_weights import Weighting
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.split import split_strategy
from chainrule.training.samples.streamed_samples import StreamedSamples
from chainrule.training.settings.settings import Settings

# Enough for the standard error of a median or a mean to be 0.2 % of the deviation at most.
ROWS_OF_SAMPLE = 500_000
# Enough for the standard error of an accuracy to be 0.1 % at most.
ROWS_HELD_OUT = 200_000
# Of the memory, for the sample as it was read, and for the held-out rows as they were and prepared.
SHARE_OF_ROWS = 1 / 16
# A window has room for five, see streamed_samples.py.
BUCKETS_IN_MEMORY = 64
# Training samples that are in memory all the time, for what is found out before it begins.
ROWS_IN_MEMORY = 10_000

NOT_DRAWN = -1

if TYPE_CHECKING:  # it brings DuckDB, which only who reads with it should load
    from chainrule.data.streaming.stored_rows import StoredRows


def prepare_streamed(
    rows: StoredRows,
    settings: Settings,
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    task: Task | None = None,
    show: bool = False,
) -> Prepared:
    """Split the rows of a large table and prepare them; the training samples stay on disk.

    Validation and test have at most 200,000 rows each, and fewer where rows are wide: what is more
    of their shares is for training. They are in memory, as anywhere.
    Args:
        rows: with a target.
        settings: as for `prepare`.
        validation: data of its own for the validation, whose share then goes to the other two.
        test: likewise for the test.
        task: found out from the target if not given.
        show: whether to show how far it has come.
    Raises:
        InputError: as `prepare`; or the disk has no room for the training samples.
    """
    _check_strategy(settings)
    check_roles(rows.preview, rows.read_options.role)
    _, task = target_and_task(rows.preview, task)
    own = {"validation": validation, "test": test}
    shares = remaining_shares(settings.split, [n for n, part in own.items() if part is not None])
    as_read = 8 * len(rows.columns)
    split = _split(rows, shares, settings.seed, rows.one_of_each_class(task), as_read)
    aside = _first_pass(rows, split, task, show=show)
    maker = _SampleBuilder.fit(aside, task, settings)
    # Once prepared, rows may be wider, and fewer of them have room.
    split = _split(rows, shares, settings.seed, split.to_training, max(as_read, maker.bytes))
    choosing = _still(aside.validation, split, VALIDATION) if validation is None else validation
    judging = _still(aside.test, split, TEST) if test is None else test
    training = _on_disk(rows, split, maker, show=show)
    notes = [*rows.notes, *rows.notes_on_missing()]
    notes += _notes(rows, aside.sample, training, split, shares)
    notes += [
        *maker.preparation.notes,
        *notes_on_separate_sets(maker.preparation, validation, test),
    ]
    return Prepared(
        preparation=maker.preparation,
        training=StreamedSamples(training, maker.samples(_some(aside, split, len(rows)))),
        validation=maker.samples(choosing) if len(choosing) else None,
        test=maker.test_samples(judging) if len(judging) else None,
        notes=tuple(notes),
        held_out=held_out(judging, choosing),
        missing=shares_missing(aside.sample),
    )


def prepare_rows(
    data: Dataset | StoredRows,
    settings: Settings,
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    task: Task | None = None,
    show: bool = False,
) -> Prepared:
    """Prepare data that is in memory, or a table that is not. Arguments and errors are theirs."""
    if isinstance(data, Dataset):
        return prepare(data, settings, validation=validation, test=test, task=task)
    return prepare_streamed(data, settings, validation=validation, test=test, task=task, show=show)


def _check_strategy(settings: Settings) -> None:
    way = split_strategy(settings)
    if way is not None:
        raise InputError(
            f"{way}: got '{getattr(settings, way)}' for a table that is read some rows at a time, "
            "expected none, as its rows are split one by one. Leave it out and give files of their "
            "own for the test, or allow more with --memory."
        )


def _split(
    rows: StoredRows, shares: Shares, seed: int, to_training: NDArray[np.int64], row_bytes: int
) -> RowSplit:
    most = min(ROWS_HELD_OUT, int(rows.memory * SHARE_OF_ROWS) // row_bytes)
    return RowSplit.of(shares, len(rows), most, seed, to_training)


@dataclass(frozen=True, eq=False)
class _FirstPass:
    """What the first walk takes aside.

    Attributes:
        sample: of the training rows, at random.
        ends: those of the training rows with the least and the greatest target, if it has numbers.
        validation: its rows.
        test: likewise.
        classes: number of training rows of each class; empty where numbers are predicted.
    """

    sample: Table
    ends: Table
    validation: Table
    test: Table
    classes: Counter[str]


def _first_pass(rows: StoredRows, split: RowSplit, task: Task, *, show: bool) -> _FirstPass:
    fitting = int(rows.memory * SHARE_OF_ROWS) // (8 * len(rows.columns))
    share = min(ROWS_OF_SAMPLE, fitting) / (len(rows) * (1 - split.validation - split.test))
    found: tuple[list[Table], list[Table], list[Table]] = ([], [], [])
    ends: list[Table] = []
    classes: Counter[str] = Counter()
    for table in _walk(rows, "reading", show=show):
        parts = split.parts(_numbers(table))
        training = table.take(parts == TRAINING)
        ends = [_ends(concatenate([*ends, _ends(training)]))]
        if training.target is not None and task != "regression":
            classes.update(training.target.categories().tolist())
        parts[(parts == TRAINING) & ~split.drawn(_numbers(table), share)] = NOT_DRAWN
        for part, tables in enumerate(found):
            tables.append(concatenate([table.take(parts == part)]))
    sample, validation, test = map(concatenate, found)
    return _FirstPass(sample, concatenate(ends), validation, test, classes)


def _ends(table: Table) -> Table:
    """The rows of the least and the greatest target, if it has numbers and there are rows."""
    target = table.target
    if target is None or target.kind != "number" or not len(table):
        return table.take(np.empty(0, np.int64))
    return table.take(np.array([target.values.argmin(), target.values.argmax()]))


def _walk(rows: StoredRows, what: str, features: int = 0, *, show: bool) -> Iterator[Table]:
    """All rows that have a target, some at a time."""
    told = progress_bar(f"{what} rows of {rows.source}", len(rows)) if show else nullcontext()
    with told as tell:
        for stretch in rows.row_ranges(features):
            yield rows.table(stretch)
            if tell is not None:
                tell(stretch.stop)


def _still(table: Table, split: RowSplit, part: int) -> Table:
    """Those of the rows set aside for a part that are in it by another split of fewer rows."""
    return table.take(split.parts(_numbers(table)) == part)


def _numbers(table: Table) -> NDArray[np.int64]:
    """Which row of the source each of these is, counted from 0."""
    assert table.rows is not None
    return table.rows - 1


@dataclass(frozen=True, eq=False)
class _SampleBuilder:
    """Makes samples of rows.

    Attributes:
        preparation: fitted on the sample, the classes counted over all training rows.
        weighting: likewise; it has no row's own weight.
        weights: the column of these, if there is one.
    """

    preparation: Preparation
    weighting: Weighting
    weights: str | None

    @classmethod
    def fit(cls, aside: _FirstPass, task: Task, settings: Settings) -> _SampleBuilder:
        sample: Dataset = aside.sample
        own = None
        if settings.sample_weight is not None:
            sample, own = split_off_weights(sample, settings.sample_weight)
        everything = np.arange(len(sample))
        preparation = fit_preparation(sample, everything, task, settings)
        target = preparation.target
        if isinstance(target, ClassTarget):
            counts = tuple(aside.classes[name] for name in target.classes)
            preparation = replace(preparation, target=replace(target, counts=counts))
        weighting = Weighting.fit(preparation, own, everything, settings.class_weight)
        return cls(preparation, replace(weighting, own=None), settings.sample_weight)

    @property
    def bytes(self) -> int:
        """Of the features of a row."""
        return 4 * math.prod(self.preparation.feature_shape)

    def samples(self, data: Dataset) -> Samples:
        """Of training or validation rows."""
        weighting = self.weighting
        if self.weights is not None:
            weighting = replace(weighting, own=sample_weights(data, self.weights))
        made = self.test_samples(data)
        return replace(made, weights=weighting.of(made.targets, np.arange(len(data))))

    def test_samples(self, data: Dataset) -> Samples:
        """Of test rows, which count alike."""
        return Samples(self.preparation.features(data), self.preparation.targets(data))

    def arrays(self, table: Table) -> dict[str, NDArray[Any]]:
        """The samples of training rows as they are written to disk."""
        made = vars(self.samples(table))
        return {name: tensor.numpy() for name, tensor in made.items() if tensor is not None}


def _some(aside: _FirstPass, split: RowSplit, rows: int) -> Table:
    """Those rows of the sample that are in a much smaller one, too, and the ends."""
    drawn = split.drawn(_numbers(aside.sample), ROWS_IN_MEMORY / rows)
    return concatenate([aside.sample.take(drawn), aside.ends])


def _on_disk(
    rows: StoredRows, split: RowSplit, maker: _SampleBuilder, *, show: bool
) -> ShuffledRows:
    like = maker.arrays(rows.preview)
    row_bytes = sum(array[0].nbytes for array in like.values())
    needed = row_bytes * int(len(rows) * (1 - split.validation - split.test))
    check_space(needed, "the prepared training samples")
    buckets = math.ceil(needed * BUCKETS_IN_MEMORY / rows.memory)
    shuffled = ShuffledRows(like, buckets, split.seed)
    width = math.prod(maker.preparation.feature_shape)
    for table in _walk(rows, "preparing", width, show=show):
        shuffled.add(maker.arrays(table.take(split.parts(_numbers(table)) == TRAINING)))
    return shuffled


def _notes(
    rows: StoredRows, sample: Table, training: ShuffledRows, split: RowSplit, shares: Shares
) -> list[str]:
    """What is otherwise than with a table in memory."""
    gibibytes = rows.memory / 2**30
    notes = [
        f"{rows.source}: {pluralised(len(rows), 'row')} are read some at a time, for a memory of "
        f"{gibibytes:.3g} GiB; the training samples are on disk, shuffled. Copies of rows are not "
        "looked for"
    ]
    if len(sample) < len(training):
        notes.append(
            f"{rows.source}: the preparation is fitted on {len(sample):,} of {len(training):,} "
            "training rows, drawn at random"
        )
    if (split.validation, split.test) != shares[1:]:
        most = round(max(split.validation, split.test) * len(rows))
        notes.append(
            f"{rows.source}: validation and test have at most about {most:,} rows; what is more of "
            "their shares is for training"
        )
    return notes
