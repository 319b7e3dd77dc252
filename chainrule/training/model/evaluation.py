"""Evaluation: scores of a model on labelled data, confidence intervals and the baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.data.columns.sample_weights import (
    row_counts,
    weights_of,
    with_sample_weights,
    with_weights_if_present,
)
from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.preparation.weighted import quantiles
from chainrule.data.progress import progress_bar
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, check_type
from chainrule.training.metrics import confusion_matrix, first, measure
from chainrule.training.metrics.resampled import ResampledClasses
from chainrule.training.model.confidence_intervals import (
    Interval,
    bootstrap_intervals,
    effective_number,
    wilson_interval,
)
from chainrule.training.model.model import HasModel, Model, model_of
from chainrule.training.samples.sample_weights import sample_weights
from chainrule.training.settings.resamples import LEAST_RESAMPLES, RESAMPLES

SHARES = frozenset(("accuracy", "top_5_accuracy"))  # proportions of the rows
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The scores of a model on labelled data.

    Attributes:
        source: name of the data.
        rows: number of rows, without those of weight 0.
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


def read_labelled(
    model: Model,
    data: Any,
    explicit: ReadOptions | None = None,
    sample_weight: str | None = None,
) -> Dataset:
    """Read labelled data with the read options of a model; rows of weight 0 are left out.

    Args:
        model: the model.
        data: a source for `read`, or a dataset, which is not read again.
        explicit: read options that take precedence over those of the model.
        sample_weight: name of the column of sample weights; by default that of the model, where the
            data has it.
    Raises:
        InputError: the data cannot be read, lacks a column, or has a weight that cannot be used.
    """
    rows = data
    if not isinstance(data, Table | Images):
        explicit = explicit or ReadOptions()
        rows = _read(model.preparation, data, explicit, sample_weight)
        changes = model.preparation.read_options.notes_on(explicit)
        rows = replace(rows, notes=(*(f"{rows.source}: {note}" for note in changes), *rows.notes))
    if sample_weight is not None:
        return with_sample_weights(rows, sample_weight)
    return with_weights_if_present(rows, model.preparation.sample_weight)


def _read(
    preparation: Preparation, data: Any, explicit: ReadOptions, sample_weight: str | None
) -> Dataset:
    # This imports DuckDB, which training does not need.
    from chainrule.data.reading.read import read_dataset

    options = preparation.read_options.for_labelled_rows(explicit)
    column = sample_weight or preparation.sample_weight
    if column is None or options.columns is None:
        return read_dataset(data, options, explicit=explicit)
    try:
        with_weights = options.updated(columns=(*options.columns, column))
        return read_dataset(data, with_weights, explicit=explicit)
    except InputError:
        if sample_weight is not None:
            raise
        return read_dataset(data, options, explicit=explicit)  # without the column of weights


def evaluate(
    model: Model | HasModel,
    data: Any,
    *,
    target: str | None = None,
    sample_weight: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: bool = True,
) -> Evaluation:
    """Evaluate a model on labelled data that was not used for its training.

    The intervals of accuracy and top-5 accuracy, which are proportions of the rows, are Wilson
    score intervals; those of other scores are bootstrap intervals. With sample weights all scores
    are weighted, the rows of weight 0 left out, and the Wilson intervals are for the effective
    number of rows.

    Args:
        model: a model, or a fitted estimator.
        data: labelled data: a source for `read`, or a dataset. Rows without a target are left out,
            further columns are ignored.
        target: name of the target column; by default that of the model.
        sample_weight: name of the column of sample weights; by default that of the model, where the
            data has it.
        resamples: number of bootstrap resamples; more make the intervals less noisy.
        seed: seed of the resamples.
        progress: whether to show a progress bar, if the resamples take long.
    Raises:
        InputError: the data lacks a column or the target, or has an unknown class; or there are
            fewer than 40 resamples.
    """
    check_type("evaluate", "target", target, str | None, "the name of a column")
    check_type("evaluate", "sample_weight", sample_weight, str | None, "the name of a column")
    check_type("evaluate", "seed", seed, int, "a whole number")
    check_type("evaluate", "resamples", resamples, int, "a whole number")
    if resamples < LEAST_RESAMPLES:
        raise InputError(
            f"got {resamples} resamples, expected at least {LEAST_RESAMPLES}, so that an interval "
            f"of 95 % leaves out one at each end. Use {RESAMPLES}."
        )
    model = model_of(model)
    explicit = ReadOptions() if target is None else ReadOptions(target=target)
    data = read_labelled(model, data, explicit, sample_weight)
    model.preparation.check_new_rows(data)
    targets = model.preparation.targets(data)
    truth = model.inverse_transform(targets)
    predicted = model.predict_rows(data)
    if model.task == "binary":
        predicted = predicted[:, 1:]  # the metrics take that of the positive class

    weights = sample_weights(data)
    scores = measure(model.task, predicted, truth, weights=weights)
    bar = progress_bar("drawing rows for the intervals", resamples) if progress else nullcontext()
    with bar as update:
        intervals = _intervals(
            model.task,
            predicted,
            truth,
            weights,
            scores,
            resamples=resamples,
            seed=seed,
            update=update,
        )
    return Evaluation(
        source=data.source,
        rows=len(data),
        scores=scores,
        intervals=intervals,
        baseline=baseline(model, targets, weights=weights),
        confusion=None if model.task == "regression" else confusion_matrix(predicted, truth),
        errors=_errors(predicted - truth, row_counts(weights_of(data)))
        if model.task == "regression"
        else {},
        notes=(*data.notes, *model.preparation.notes_on(data), *_note_on_weights(data)),
    )


def _note_on_weights(data: Dataset) -> list[str]:
    if isinstance(data, Images) or data.weights is None:
        return []
    return [f"{data.source}: the scores are weighted by the column '{data.weights.name}'"]


def _intervals(
    task: Task,
    predicted: Tensor,
    truth: Tensor,
    weights: Tensor | None,
    scores: Mapping[str, float],
    *,
    resamples: int,
    seed: int,
    update: Callable[[int], None] | None,
) -> dict[str, Interval]:
    """Return the interval of each score that has one, in the order of the scores."""

    at_once = ResampledClasses(predicted, truth, weights) if task == "classification" else None
    one_by_one = [
        n for n in scores if n not in SHARES and (at_once is None or n not in at_once.names)
    ]

    def resampled(draws: Tensor) -> Iterator[dict[str, float]]:
        measured = at_once.measure(draws) if at_once else [{} for _ in draws]
        for of_resample, rows in zip(measured, draws, strict=True):
            if one_by_one:  # the rows of many classes are too large to be copied for nothing
                drawn = None if weights is None else weights[rows]
                others = measure(task, predicted[rows], truth[rows], one_by_one, drawn)
                of_resample = of_resample | others
            yield of_resample

    rows = len(truth)
    effective = rows if weights is None else effective_number(weights)
    intervals = bootstrap_intervals(resampled, rows, resamples=resamples, seed=seed, update=update)
    for name in SHARES & scores.keys():
        intervals[name] = wilson_interval(scores[name] * effective, effective)
    return {name: intervals[name] for name in scores if name in intervals}


def baseline(
    model: Model, targets: Tensor, metric: str = "loss", weights: Tensor | None = None
) -> dict[str, float]:
    """Return metrics of always predicting the mean, or the class frequencies, in training.

    Args:
        model: the trained model.
        targets: prepared targets, class indices (n,) or numbers (n, 1).
        metric: the metric that comes first, as for `Model.test`.
        weights: sample weights (n,); None if all are 1.
    """
    predictions = _constant_prediction(model.preparation).expand(len(targets), -1)
    scores = measure(
        model.task,
        model.inverse_transform(predictions),
        model.inverse_transform(targets),
        weights=weights,
    )
    return first(metric, scores)


def _constant_prediction(preparation: Preparation) -> Tensor:
    """Return the constant prediction, (outputs,); of numbers the mean, as prepared."""
    target = preparation.target
    if not isinstance(target, ClassTarget):
        return torch.tensor([target.constant_prediction])
    shares = torch.tensor(target.counts, dtype=torch.float64) / sum(target.counts)
    return (shares[1:] if preparation.task == "binary" else shares).to(torch.float32)


def _errors(errors: Tensor, weights: NDArray[np.float64] | None) -> dict[str, float]:
    """Return the mean and the quantiles of errors."""
    numbers = errors.double().flatten().numpy()
    at = zip(QUANTILES, quantiles(numbers, weights, QUANTILES), strict=True)
    by_name = {f"{100 * q:.0f} %": float(error) for q, error in at}
    return {"mean": float(np.average(numbers, weights=weights)), **by_name}
