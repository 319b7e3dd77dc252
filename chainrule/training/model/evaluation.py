"""Evaluation: scores of a model on labelled data, their intervals, and the baseline to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.progress import progress_bar
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.metrics import confusion_matrix, measure
from chainrule.training.model.confidence_intervals import (
    Interval,
    bootstrap_intervals,
    wilson_interval,
)
from chainrule.training.model.model import HasModel, Model, model_of
from chainrule.training.settings.resamples import LEAST_RESAMPLES, RESAMPLES

SHARES = frozenset(("accuracy", "top_5_accuracy"))  # of the rows
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a model is worth on fresh data.

    Attributes:
        source: the name of the data.
        rows: how many there are.
        scores: the metrics of the task, in the person's unit.
        intervals: of each score, at 95 % confidence.
        baseline: the same metrics of always predicting the training mean or class shares.
        confusion: for each true class, a row, how many were taken for each class, a column; None
            where numbers are predicted.
        errors: of numbers, predicted - true: their mean, and by "5 %" and so on how large they are
            at most in such a share of the rows; empty for classes.
        notes: what is worth knowing about the data and how it was read.
    """

    source: str
    rows: int
    scores: dict[str, float]
    intervals: dict[str, Interval]
    baseline: dict[str, float]
    confusion: Tensor | None
    errors: dict[str, float]
    notes: tuple[str, ...]


def read_labelled(model: Model, data: Any, target: str | None = None) -> Dataset:
    """Read data with the truth as a model was trained on it.

    Args:
        model: that learned the target.
        data: what `read` takes, or what it gave, which is returned as it is.
        target: the column of the truth; by default named as the one that the model learned.
    Raises:
        InputError: the data can't be read, or lacks a column.
    """
    if isinstance(data, Table | Images):
        return data
    # It loads DuckDB, which training does not need.
    from chainrule.data.reading.read import read_dataset

    explicit = ReadOptions() if target is None else ReadOptions(target=target)
    options = model.preparation.read_options.for_labelled_rows(explicit)
    return read_dataset(data, options, explicit=explicit)


def evaluate(
    model: Model | HasModel,
    data: Any,
    *,
    target: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: bool = True,
) -> Evaluation:
    """Test a model on data that had no part in its training, as often as there is such data.

    The intervals of accuracy and top-5 accuracy, which are shares of the rows, are Wilson's; those
    of the other scores are found by resampling.

    Args:
        model: that is tested, or a fitted estimator.
        data: with the truth: what `read` takes, or what it gave. Rows without a target are left
            out, further columns ignored.
        target: the column of the truth; by default named as the one that the model learned.
        resamples: how many, for the intervals: more make their ends steadier.
        seed: of the resamples.
        progress: whether to show how far they are, if they take long.
    Raises:
        InputError: the data lacks a column or the truth, or has a class that the model does not
            know; or resamples are below 40.
    """
    if resamples < LEAST_RESAMPLES:
        raise InputError(
            f"got {resamples} resamples, expected at least {LEAST_RESAMPLES}, of which an interval "
            f"of 95 % leaves one out at each end. Say {RESAMPLES}."
        )
    model = model_of(model)
    data = read_labelled(model, data, target)
    targets = model.preparation.targets(data)
    truth = model.inverse_transform(targets)
    predicted = model.predict(data)
    if model.task == "binary":
        predicted = predicted[:, 1:]  # of yes alone, as the metrics want it

    scores = measure(model.task, predicted, truth)
    bar = progress_bar("drawing rows for the intervals", resamples) if progress else nullcontext()
    with bar as tell:
        intervals = _intervals(
            model.task, predicted, truth, scores, resamples=resamples, seed=seed, tell=tell
        )
    return Evaluation(
        source=data.source,
        rows=len(data),
        scores=scores,
        intervals=intervals,
        baseline=baseline(model, targets),
        confusion=None if model.task == "regression" else confusion_matrix(predicted, truth),
        errors=_errors(predicted - truth) if model.task == "regression" else {},
        notes=(*data.notes, *model.preparation.notes_on(data)),
    )


def _intervals(
    task: Task,
    predicted: Tensor,
    truth: Tensor,
    scores: Mapping[str, float],
    *,
    resamples: int,
    seed: int,
    tell: Callable[[int], None] | None,
) -> dict[str, Interval]:
    """Return the interval of each score that has one, in the order of the scores."""

    def resampled(rows: Tensor) -> dict[str, float]:
        return measure(task, predicted[rows], truth[rows])

    rows = len(truth)
    intervals = bootstrap_intervals(resampled, rows, resamples=resamples, seed=seed, tell=tell)
    for name in SHARES & scores.keys():
        intervals[name] = wilson_interval(round(scores[name] * rows), rows)
    return {name: intervals[name] for name in scores if name in intervals}


def baseline(model: Model, targets: Tensor) -> dict[str, float]:
    """Metrics of always predicting the mean of the training targets, or the share of each class.

    Args:
        model: that was trained.
        targets: prepared, (n,) class indices or (n, 1) numbers.
    """
    predictions = _constant_prediction(model.preparation).expand(len(targets), -1)
    return measure(
        model.task, model.inverse_transform(predictions), model.inverse_transform(targets)
    )


def _constant_prediction(preparation: Preparation) -> Tensor:
    """The prediction for every sample, (outputs,); standardised numbers have the mean 0."""
    target = preparation.target
    if not isinstance(target, ClassTarget):
        return torch.zeros(1)
    shares = torch.tensor(target.counts, dtype=torch.float64) / sum(target.counts)
    return (shares[1:] if preparation.task == "binary" else shares).to(torch.float32)


def _errors(errors: Tensor) -> dict[str, float]:
    """Their mean, and the quantiles of their distribution."""
    numbers = errors.double().numpy()
    at = np.quantile(numbers, QUANTILES)
    quantiles = {f"{100 * q:.0f} %": float(e) for q, e in zip(QUANTILES, at, strict=True)}
    return {"mean": float(numbers.mean()), **quantiles}
