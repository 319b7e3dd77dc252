"""Evaluation: scores of a model on labelled data, confidence intervals and the baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from chainrule.training.metrics import confusion_matrix, first, measure
from chainrule.training.metrics.resampled import ResampledClasses
from chainrule.training.model.confidence_intervals import (
    Interval,
    bootstrap_intervals,
    wilson_interval,
)
from chainrule.training.model.model import HasModel, Model, model_of
from chainrule.training.settings.resamples import LEAST_RESAMPLES, RESAMPLES

SHARES = frozenset(("accuracy", "top_5_accuracy"))  # proportions of the rows
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The scores of a model on labelled data.

    Attributes:
        source: name of the data.
        rows: number of rows.
        scores: metrics of the task, in the unit of the target.
        intervals: 95 % confidence interval of each score.
        baseline: the same metrics of always predicting the mean or the class frequencies of the
            training samples.
        confusion: confusion matrix, (true classes, predicted classes); None for numbers.
        errors: for numbers, predicted - true: their mean, and their quantiles, by names such as
            "5 %"; empty for classes.
        notes: notes on the data and how it was read.
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
    """Read labelled data with the read options of a model.

    Args:
        model: the model.
        data: a source for `read`, or a dataset, which is returned unchanged.
        target: name of the target column; by default that of the model.
    Raises:
        InputError: the data cannot be read, or lacks a column.
    """
    if isinstance(data, Table | Images):
        return data
    # This imports DuckDB, which training does not need.
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
    """Evaluate a model on labelled data that was not used for its training.

    The intervals of accuracy and top-5 accuracy, which are proportions of the rows, are Wilson
    score intervals; those of other scores are bootstrap intervals.

    Args:
        model: a model, or a fitted estimator.
        data: labelled data: a source for `read`, or a dataset. Rows without a target are left out,
            further columns are ignored.
        target: name of the target column; by default that of the model.
        resamples: number of bootstrap resamples; more make the intervals less noisy.
        seed: seed of the resamples.
        progress: whether to show a progress bar, if the resamples take long.
    Raises:
        InputError: the data lacks a column or the target, or has an unknown class; or there are
            fewer than 40 resamples.
    """
    if resamples < LEAST_RESAMPLES:
        raise InputError(
            f"got {resamples} resamples, expected at least {LEAST_RESAMPLES}, so that an interval "
            f"of 95 % leaves out one at each end. Use {RESAMPLES}."
        )
    model = model_of(model)
    data = read_labelled(model, data, target)
    model.preparation.check_new_rows(data)
    targets = model.preparation.targets(data)
    truth = model.inverse_transform(targets)
    predicted = model.predict(data)
    if model.task == "binary":
        predicted = predicted[:, 1:]  # the metrics take that of the positive class

    scores = measure(model.task, predicted, truth)
    bar = progress_bar("drawing rows for the intervals", resamples) if progress else nullcontext()
    with bar as update:
        intervals = _intervals(
            model.task, predicted, truth, scores, resamples=resamples, seed=seed, update=update
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
    update: Callable[[int], None] | None,
) -> dict[str, Interval]:
    """Return the interval of each score that has one, in the order of the scores."""

    at_once = ResampledClasses(predicted, truth) if task == "classification" else None
    one_by_one = [
        n for n in scores if n not in SHARES and (at_once is None or n not in at_once.names)
    ]

    def resampled(draws: Tensor) -> Iterator[dict[str, float]]:
        measured = at_once.measure(draws) if at_once else [{} for _ in draws]
        for of_resample, rows in zip(measured, draws, strict=True):
            yield of_resample | measure(task, predicted[rows], truth[rows], one_by_one)

    rows = len(truth)
    intervals = bootstrap_intervals(resampled, rows, resamples=resamples, seed=seed, update=update)
    for name in SHARES & scores.keys():
        intervals[name] = wilson_interval(round(scores[name] * rows), rows)
    return {name: intervals[name] for name in scores if name in intervals}


def baseline(model: Model, targets: Tensor, metric: str = "loss") -> dict[str, float]:
    """Return metrics of always predicting the mean, or the class frequencies, in training.

    Args:
        model: the trained model.
        targets: prepared targets, class indices (n,) or numbers (n, 1).
        metric: the metric that comes first, as for `Model.test`.
    """
    predictions = _constant_prediction(model.preparation).expand(len(targets), -1)
    scores = measure(
        model.task, model.inverse_transform(predictions), model.inverse_transform(targets)
    )
    return first(metric, scores)


def _constant_prediction(preparation: Preparation) -> Tensor:
    """Return the constant prediction, (outputs,); standardised numbers have the mean 0."""
    target = preparation.target
    if not isinstance(target, ClassTarget):
        return torch.zeros(1)
    shares = torch.tensor(target.counts, dtype=torch.float64) / sum(target.counts)
    return (shares[1:] if preparation.task == "binary" else shares).to(torch.float32)


def _errors(errors: Tensor) -> dict[str, float]:
    """Return the mean and the quantiles of errors."""
    numbers = errors.double().numpy()
    at = np.quantile(numbers, QUANTILES)
    quantiles = {f"{100 * q:.0f} %": float(e) for q, e in zip(QUANTILES, at, strict=True)}
    return {"mean": float(numbers.mean()), **quantiles}
