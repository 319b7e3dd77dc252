"""Preparing: the data is split, and what is learned from it for its preparation is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data import (
    Column,
    Dataset,
    Images,
    Preparation,
    Shares,
    Task,
    check_target,
    infer_task,
    split_rows,
)
from chainrule.data.weights import weights_apart
from chainrule.errors import InputError
from chainrule.training.evaluation import Samples
from chainrule.training.objective import outputs_for
from chainrule.training.settings import Settings
from chainrule.training.weighting import Weighting


@dataclass(frozen=True)
class Prepared:
    """Samples ready for any network that fits the task.

    Attributes:
        preparation: fitted on the training samples alone.
        training: samples to learn from.
        validation: samples that choose the best epoch; None if there are none.
        test: samples that judge at the end; None if there are none.
        notes: what is worth knowing about the data and how it was read.
        test_names: the files of the test's pictures; None where they have none of their own.
    """

    preparation: Preparation
    training: Samples
    validation: Samples | None
    test: Samples | None
    notes: tuple[str, ...]
    test_names: Sequence[str] | None = None

    @property
    def outputs(self) -> int:
        """How many scores the last layer of a network has to give."""
        return outputs_for(self.preparation.task, len(self.preparation.class_names))

    @property
    def sizes(self) -> dict[str, int]:
        """Number of samples of each part."""
        parts = {"training": self.training, "validation": self.validation, "test": self.test}
        return {name: len(part) if part else 0 for name, part in parts.items()}


def prepare(
    data: Dataset,
    settings: Settings,
    *,
    test: Dataset | None = None,
    task: Task | None = None,
) -> Prepared:
    """Split data and prepare it.

    Args:
        data: with its target.
        settings: those of the split, the preparation and the weights of samples count.
        test: data of its own for the test; the test share then goes to the other two.
        task: found out from the target if not given.
    Raises:
        InputError: the target does not fit the task, the data the split, or test the data; or a
            setting does not fit the data.
    """
    data, weights = _weights_apart(data, settings.sample_weight)
    target, task = target_and_task(data, task)
    split = settings.split if test is None else _without_test(settings.split)
    rows = split_rows(target, task, split, settings.seed)
    preparation = Preparation.fit(
        data,
        rows.train,
        task,
        scaling=settings.scaling,
        encoding=settings.encoding,
        projection=settings.projection,
        components=settings.components,
    )
    weighting = Weighting.fit(preparation, weights, rows.train, settings.class_weight)
    notes = [*data.notes, *preparation.notes]
    if test is not None:
        notes += [*test.notes, *preparation.notes_on(test)]

    def samples(of: NDArray[np.int64]) -> Samples:
        part = data.take(of)
        targets = preparation.targets(part)
        return Samples(preparation.compact_features(part), targets, weighting.of(targets, of))

    test = data.take(rows.test) if test is None else test
    return Prepared(
        preparation=preparation,
        training=samples(rows.train),
        validation=samples(rows.validation) if len(rows.validation) else None,
        test=Samples(preparation.compact_features(test), preparation.targets(test))
        if len(test)
        else None,
        notes=tuple(notes),
        test_names=None if not isinstance(test, Images) or test.names is None else list(test.names),
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


def _weights_apart(data: Dataset, column: str | None) -> tuple[Dataset, NDArray[np.float64] | None]:
    return (data, None) if column is None else weights_apart(data, column)


def _without_test(split: Shares) -> Shares:
    training, validation, _ = split
    if training + validation == 0:
        return split
    return (training / (training + validation), validation / (training + validation), 0.0)
