"""Preparation of a table that is larger than memory, in two passes over its rows in chunks.

The first pass collects the rows of validation and test, and a random sample of the training rows,
on which the preparation is fitted. The second prepares the training rows and writes them to disk in
random order.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.roles import ColumnRole, check_roles
from chainrule.data.columns.sample_weights import (
    weights_of,
    with_sample_weights,
    with_weights_if_present,
)
from chainrule.data.dataset import Dataset
from chainrule.data.formatting import pluralised
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.preparation.weighted import counted
from chainrule.data.progress import progress_bar
from chainrule.data.splits import Shares, remaining_shares
from chainrule.data.streaming.concatenate import concatenate
from chainrule.data.streaming.row_split import TEST, TRAINING, VALIDATION, RowSplit
from chainrule.data.streaming.rows_file import check_space
from chainrule.data.streaming.shuffled_rows import ShuffledRows
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.samples.prepare import (
    Prepared,
    check_separate_sets,
    fingerprints_of,
    fit_preparation,
    held_out,
    notes_on_separate_sets,
    notes_on_target,
    prepare,
    roles_of,
    shares_missing,
    target_and_task,
)
from chainrule.training.samples.sample_weights import Weighting, sample_weights
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.split import (
    note_on_shared_validation,
    parts_not_drawn,
    split_strategy,
    wants_folds,
)
from chainrule.training.samples.streamed_samples import StreamedSamples
from chainrule.training.settings.settings import Settings

# Enough for the standard error of a median or a mean to be 0.2 % of the deviation at most.
ROWS_OF_SAMPLE = 500_000
# Enough for the standard error of an accuracy to be 0.1 % at most.
ROWS_HELD_OUT = 200_000
# Share of the memory for the sample as read, and for the held-out rows as read and prepared.
SHARE_OF_ROWS = 1 / 16
# A window takes five of them, see streamed_samples.py.
BUCKETS_IN_MEMORY = 64
# Training samples that are always in memory, for estimates before training.
ROWS_IN_MEMORY = 10_000

NOT_DRAWN = -1

if TYPE_CHECKING:  # so that DuckDB is only imported where it is used
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

    Validation and test are in memory and have at most 200,000 rows each, fewer if rows are wide;
    the rest of their shares goes to training.
    Args:
        rows: with a target.
        settings: as of `prepare`.
        validation: separate validation data, as of `prepare`.
        test: separate test data, as of `prepare`.
        task: of the target; inferred by default.
        show: whether to show a progress bar.
    Raises:
        InputError: as `prepare`; or the disk has no room for the training samples.
    """
    _check_strategy(settings)
    rows = rows.with_sample_weights(settings.sample_weight)
    validation, test = (
        None if part is None else with_weights_if_present(part, settings.sample_weight)
        for part in (validation, test)
    )
    check_roles(rows.preview)
    _, task = target_and_task(rows.preview, task)
    parts = {"validation": validation, "test": test}
    separate = [name for name, part in parts.items() if part is not None]
    shares = remaining_shares(settings.split, separate)
    row_bytes = 8 * len(rows.columns)
    split = _split(rows, shares, settings.seed, rows.one_of_each_class(task), row_bytes)
    collected = _first_pass(rows, split, task, show=show)
    builder = _SampleBuilder.fit(collected, task, settings)
    # Prepared rows may be wider, so that fewer fit into memory.
    row_bytes = max(row_bytes, builder.feature_bytes)
    split = _split(rows, shares, settings.seed, split.to_training, row_bytes)
    if validation is None:
        validation_rows: Dataset = _restrict(collected.validation, split, VALIDATION)
    else:
        validation_rows = validation
    test_rows = _restrict(collected.test, split, TEST) if test is None else test
    small_sample = _small_sample(collected, split, len(rows))
    training = _write_training_rows(rows, split, builder, show=show)
    notes = [*rows.notes, *rows.notes_on_missing()]
    notes += notes_on_target(collected.rows, task, settings)
    notes += _notes(rows, collected.sample, training, split, shares)
    if wants_folds(settings):
        reason = "the rows are read some at a time; allow more with --memory"
        notes.append(f"{rows.source}: {note_on_shared_validation(settings, reason)}")
    check_separate_sets(builder.preparation, validation, test)
    notes += [
        *builder.preparation.notes,
        *notes_on_separate_sets(builder.preparation, validation, test),
    ]
    return Prepared(
        preparation=builder.preparation,
        training=StreamedSamples(training, builder.samples(small_sample)),
        validation=builder.samples(validation_rows) if len(validation_rows) else None,
        test=builder.test_samples(test_rows) if len(test_rows) else None,
        notes=tuple(notes),
        held_out=held_out(test_rows, validation_rows),
        missing=shares_missing(collected.sample),
        roles=builder.roles,
        not_drawn=parts_not_drawn(settings, separate),
        fingerprints=fingerprints_of(validation_rows, test_rows),
    )


def rows_by_weight(data: Dataset | StoredRows, column: str | None) -> Dataset | StoredRows:
    """Return the rows of weight above 0, in memory or on disk, as `with_sample_weights`."""
    if isinstance(data, Dataset):
        return with_sample_weights(data, column)
    return data.with_sample_weights(column)


def prepare_rows(
    data: Dataset | StoredRows,
    settings: Settings,
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    task: Task | None = None,
    show: bool = False,
) -> Prepared:
    """Prepare data in memory or on disk, as `prepare` and `prepare_streamed`."""
    if isinstance(data, Dataset):
        return prepare(data, settings, validation=validation, test=test, task=task)
    return prepare_streamed(data, settings, validation=validation, test=test, task=task, show=show)


def _check_strategy(settings: Settings) -> None:
    strategy = split_strategy(settings)
    if strategy is not None:
        raise InputError(
            f"{strategy}: got '{getattr(settings, strategy)}' for a table that is read some rows "
            "at a time, expected none, as its rows are split one by one. Leave it out and give "
            "separate files for the test, or allow more with --memory."
        )


def _split(
    rows: StoredRows, shares: Shares, seed: int, to_training: NDArray[np.int64], row_bytes: int
) -> RowSplit:
    max_rows = min(ROWS_HELD_OUT, int(rows.memory * SHARE_OF_ROWS) // row_bytes)
    return RowSplit.of(shares, len(rows), max_rows, seed, to_training)


@dataclass(frozen=True, eq=False)
class _FirstPass:
    """The rows that the first pass collects.

    Attributes:
        sample: a random sample of the training rows.
        ends: the training rows with the smallest and the largest target, if it is numeric.
        validation: the validation rows.
        test: the test rows.
        classes: number of training rows of each class, or the sum of their weights; empty for
            regression.
    """

    sample: Table
    ends: Table
    validation: Table
    test: Table
    classes: Mapping[str, float]

    @property
    def rows(self) -> Table:
        """The rows that decide the roles of the columns, beginning with the sample."""
        return concatenate([self.sample, self.validation, self.test])


def _first_pass(rows: StoredRows, split: RowSplit, task: Task, *, show: bool) -> _FirstPass:
    fitting = int(rows.memory * SHARE_OF_ROWS) // (8 * len(rows.columns))
    share = min(ROWS_OF_SAMPLE, fitting) / (len(rows) * (1 - split.validation - split.test))
    collected: tuple[list[Table], list[Table], list[Table]] = ([], [], [])
    ends: list[Table] = []
    classes: dict[str, float] = defaultdict(float)
    for table in _chunks(rows, "reading", show=show):
        parts = split.parts(_row_numbers(table))
        training = table.take(parts == TRAINING)
        ends = [_ends(concatenate([*ends, _ends(training)]))]
        if training.target is not None and task != "regression":
            of_table = counted(training.target.categories(), weights_of(training))
            for name, count in of_table.items():
                classes[name] += count
        parts[(parts == TRAINING) & ~split.drawn(_row_numbers(table), share)] = NOT_DRAWN
        for part, tables in enumerate(collected):
            tables.append(concatenate([table.take(parts == part)]))
    sample, validation, test = map(concatenate, collected)
    return _FirstPass(sample, concatenate(ends), validation, test, classes)


def _ends(table: Table) -> Table:
    """Return the rows with the smallest and the largest target; none if it is not numeric."""
    target = table.target
    if target is None or target.kind != "number" or not len(table):
        return table.take(np.empty(0, np.int64))
    return table.take(np.array([target.values.argmin(), target.values.argmax()]))


def _chunks(rows: StoredRows, verb: str, features: int = 0, *, show: bool) -> Iterator[Table]:
    """Yield all rows that have a target, in chunks."""
    progress = progress_bar(f"{verb} rows of {rows.source}", len(rows)) if show else nullcontext()
    with progress as show_progress:
        for row_range in rows.row_ranges(features):
            yield rows.table(row_range)
            if show_progress is not None:
                show_progress(row_range.stop)


def _restrict(table: Table, split: RowSplit, part: int) -> Table:
    """Return the rows that are still in `part` under the final split with smaller shares."""
    return table.take(split.parts(_row_numbers(table)) == part)


def _row_numbers(table: Table) -> NDArray[np.int64]:
    """Return the row numbers in the source, counted from 0."""
    assert table.rows is not None
    return table.rows - 1


@dataclass(frozen=True, eq=False)
class _SampleBuilder:
    """Builds samples from rows.

    Attributes:
        preparation: fitted on the sample, with the class counts of all training rows.
        weighting: fitted on the sample.
        roles: of the columns.
    """

    preparation: Preparation
    weighting: Weighting
    roles: tuple[ColumnRole, ...]

    @classmethod
    def fit(cls, first_pass: _FirstPass, task: Task, settings: Settings) -> _SampleBuilder:
        sample = first_pass.sample
        all_rows = np.arange(len(sample))
        roles = roles_of(first_pass.rows, all_rows)
        preparation = fit_preparation(sample, all_rows, task, settings, roles)
        target = preparation.target
        if isinstance(target, ClassTarget):
            counts = tuple(first_pass.classes.get(name, 0) for name in target.classes)
            preparation = replace(preparation, target=replace(target, counts=counts))
        return cls(preparation, Weighting.fit(preparation, sample, settings.class_weight), roles)

    @property
    def feature_bytes(self) -> int:
        """The size of the features of a row, in bytes."""
        return 4 * math.prod(self.preparation.feature_shape)

    def samples(self, data: Dataset) -> Samples:
        """Build the samples of training or validation rows."""
        samples = self.test_samples(data)
        return replace(samples, weights=self.weighting.of(data, samples.targets))

    def test_samples(self, data: Dataset) -> Samples:
        """Build the samples of test rows, without class weights."""
        own = sample_weights(data)
        return Samples(self.preparation.features(data), self.preparation.targets(data), own, own)

    def arrays(self, table: Table) -> dict[str, NDArray[Any]]:
        """Build the samples of training rows as arrays, for writing to disk."""
        tensors = vars(replace(self.samples(table), sample_weights=None))
        return {name: tensor.numpy() for name, tensor in tensors.items() if tensor is not None}


def _small_sample(first_pass: _FirstPass, split: RowSplit, rows: int) -> Table:
    """Return a small random subset of the sample, and the ends."""
    drawn = split.drawn(_row_numbers(first_pass.sample), ROWS_IN_MEMORY / rows)
    return concatenate([first_pass.sample.take(drawn), first_pass.ends])


def _write_training_rows(
    rows: StoredRows, split: RowSplit, builder: _SampleBuilder, *, show: bool
) -> ShuffledRows:
    like = builder.arrays(rows.preview)
    row_bytes = sum(array[0].nbytes for array in like.values())
    needed = row_bytes * int(len(rows) * (1 - split.validation - split.test))
    check_space(needed, "the prepared training samples")
    buckets = math.ceil(needed * BUCKETS_IN_MEMORY / rows.memory)
    shuffled = ShuffledRows(like, buckets, split.seed)
    width = math.prod(builder.preparation.feature_shape)
    for table in _chunks(rows, "preparing", width, show=show):
        shuffled.add(builder.arrays(table.take(split.parts(_row_numbers(table)) == TRAINING)))
    return shuffled


def _notes(
    rows: StoredRows, sample: Table, training: ShuffledRows, split: RowSplit, shares: Shares
) -> list[str]:
    """Return notes on the differences to a table in memory."""
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
        held_out_rows = round(max(split.validation, split.test) * len(rows))
        notes.append(
            f"{rows.source}: validation and test have at most about {held_out_rows:,} rows; the "
            "rest of their shares goes to training"
        )
    return notes
