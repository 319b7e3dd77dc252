"""Preparing: the data is split, and what is learned from it for its preparation is fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.columns.roles import check_roles
from chainrule.data.columns.sample_weights import split_off_weights
from chainrule.data.columns.task import check_target, infer_task
from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.splits import Fold
from chainrule.data.table import Column
from chainrule.errors import InputError
from chainrule.training.samples.leakage import find_leaks
from chainrule.training.samples.sample_weights import Weighting
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.split import drop_split_columns, folds_of_members, split_dataset
from chainrule.training.samples.streamed_samples import StreamedSamples, samples_in_memory
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True)
class Prepared:
    """Samples ready for any network that fits the task.

    Attributes:
        preparation: fitted on the training samples alone.
        training: samples to learn from; those of a table larger than memory are on disk.
        validation: samples that choose the best epoch; None if there are none.
        test: samples that judge at the end; None if there are none.
        notes: what is worth knowing about the data and how it was read.
        held_out: the rows of the test as they were read, or of the validation if there is no test.
        missing: the share of the training rows that lack the value of a column, by its name.
        leaks: those of the notes without which the test scores would promise too much.
        folds: of each member the training samples that it learns from and those that it validates
            on; empty if all members have the same.
    """

    preparation: Preparation
    training: Samples | StreamedSamples
    validation: Samples | None
    test: Samples | None
    notes: tuple[str, ...]
    held_out: Dataset | None = None
    missing: Mapping[str, float] = field(default_factory=dict)
    leaks: tuple[str, ...] = ()
    folds: tuple[Fold, ...] = ()

    @property
    def outputs(self) -> int:
        """Number of scores that the last layer of a network has to give."""
        targets = samples_in_memory(self.training).targets
        return targets.shape[1] if targets.dim() == 2 else len(self.preparation.class_names)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of samples of each part."""
        parts = {"training": self.training, "validation": self.validation, "test": self.test}
        return {name: len(part) if part else 0 for name, part in parts.items()}

    @property
    def training_size(self) -> int:
        """How many samples each network learns from; of several members the fewest."""
        return min((len(fold.train) for fold in self.folds), default=len(self.training))

    def of_member(self, number: int) -> Prepared:
        """What one of several members learns from and is judged by, counted from 0."""
        if not self.folds:
            return self
        samples, fold = samples_in_memory(self.training), self.folds[number]
        learned, judged = (samples.take(torch.from_numpy(rows)) for rows in fold)
        return replace(self, training=learned, validation=judged, folds=())


def prepare(
    data: Dataset,
    settings: Settings,
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    task: Task | None = None,
) -> Prepared:
    """Split data and prepare it.

    Args:
        data: with its target.
        settings: those of the split, the preparation and the weights of samples count.
        validation: data of its own for the validation, whose share then goes to the other two.
        test: likewise for the test.
        task: found out from the target if not given.
    Raises:
        InputError: the target does not fit the task, the data the split, validation or test the
            data; or a setting does not fit the data.
    """
    check_roles(data, data.read_options.role)
    whole = _weights_apart(data, settings.sample_weight)
    target, task = target_and_task(data, task)
    own = {"validation": validation, "test": test}
    given = [name for name, rows in own.items() if rows is not None]
    division = split_dataset(data, target, task, settings, given)
    folds = folds_of_members(data, target, task, settings, division.split, given)
    split = division.split.without_validation() if folds else division.split
    learned = drop_split_columns(whole.rows, settings)
    preparation = fit_preparation(learned, split.train, task, settings)
    weighting = Weighting.fit(preparation, whole.weights, split.train, settings.class_weight)
    notes = [*data.notes, *preparation.notes, *division.notes]
    notes += [_of_folds(split.train, folds)] if folds else []
    notes += notes_on_separate_sets(preparation, validation, test)

    def samples(part: WeightedRows) -> Samples:
        targets = preparation.targets(part.rows)
        weights = replace(weighting, own=part.weights).of(targets, np.arange(len(targets)))
        return Samples(preparation.compact_features(part.rows), targets, weights)

    training, choosing = whole.take(split.train), whole.take(split.validation)
    if validation is not None:
        choosing = _weights_apart(validation, settings.sample_weight)
    test = whole.rows.take(split.test) if test is None else test
    found = find_leaks(whole.rows, training.rows, test, preparation, settings)
    return Prepared(
        preparation=preparation,
        training=samples(training),
        validation=samples(choosing) if len(choosing.rows) else None,
        test=Samples(preparation.compact_features(test), preparation.targets(test))
        if len(test)
        else None,
        notes=(*notes, *found.notes, *found.leaks),
        held_out=held_out(test, choosing.rows),
        missing=shares_missing(drop_split_columns(training.rows, settings)),
        leaks=found.leaks,
        folds=tuple(folds),
    )


def _of_folds(rows: NDArray[np.int64], folds: Sequence[Fold]) -> str:
    judged = min(len(fold.test) for fold in folds)
    return (
        f"each of the {len(folds)} members validates on {judged:,} samples of its own, of "
        f"{len(rows):,}, and learns from the others"
    )


def fit_preparation(
    data: Dataset, rows: NDArray[np.int64], task: Task, settings: Settings
) -> Preparation:
    """The preparation that the settings ask for, fitted on these rows.

    Raises:
        InputError: a setting does not fit the data.
    """
    return Preparation.fit(
        data,
        rows,
        task,
        scaling=settings.scaling,
        encoding=settings.encoding,
        projection=settings.projection,
        components=settings.components,
    )


def target_and_task(data: Dataset, task: Task | None) -> tuple[Column, Task]:
    """The target of data, and what it asks for: the given task, or the one that it looks like.

    Raises:
        InputError: there is no target, or it does not fit the task.
    """
    if data.target is None:
        expected = "a folder for each class, or labels"
        if not isinstance(data, Images):
            expected = "the column to predict"
        raise InputError(
            f"{data.source}: got no target, expected {expected}. "
            "Name it with --target, or read(..., target=...)."
        )
    task = task or infer_task(data.target)
    check_target(data, task)
    return data.target, task


def notes_on_separate_sets(preparation: Preparation, *own: Dataset | None) -> list[str]:
    """What is worth knowing about data of its own for validation or test, where there is any."""
    given = [rows for rows in own if rows is not None]
    return [note for rows in given for note in (*rows.notes, *preparation.notes_on(rows))]


def held_out(test: Dataset, validation: Dataset) -> Dataset | None:
    """The rows of the test, or of the validation if there is no test."""
    return next((rows for rows in (test, validation) if len(rows)), None)


def shares_missing(training: Dataset) -> dict[str, float]:
    """The share of rows that lack the value of a column, by its name."""
    columns = () if isinstance(training, Images) else training.columns
    return {column.name: float(column.missing.mean()) for column in columns}


@dataclass(frozen=True, eq=False)
class WeightedRows:
    """Rows as they were read, and how much each counts, (rows,); None if all count alike."""

    rows: Dataset
    weights: NDArray[np.float64] | None = None

    def take(self, rows: NDArray[np.int64]) -> WeightedRows:
        """Some of the rows."""
        return WeightedRows(
            self.rows.take(rows), None if self.weights is None else self.weights[rows]
        )


def _weights_apart(data: Dataset, column: str | None) -> WeightedRows:
    return WeightedRows(data) if column is None else WeightedRows(*split_off_weights(data, column))
