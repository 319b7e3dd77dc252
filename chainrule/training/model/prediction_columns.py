"""Predictions as columns: what a person gets for raw rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.data.dataset import Dataset
from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.table import Column
from chainrule.errors import InputError
from chainrule.training.model.model import Model

# Predictions are computed in float32, which has about 7 digits; of these so many are given,
# counted from the deviation of the target in training: what is below it is noise.
DIGITS = 6

# So many features are in memory at a time, 64 MB; a category of a thousand values has as many.
FEATURES_AT_ONCE = 2**24

SPREAD = "deviation between members"


def predicted_columns(
    model: Model, rows: Dataset, name: str | None = None, *, spread: bool = False
) -> tuple[Column, ...]:
    """The predicted number of each row; or its class, and the probability of each class.

    Args:
        model: that predicts.
        rows: raw ones.
        name: of the column; by default that of the target.
        spread: whether to add how far the members of an ensemble differ: the standard deviation
            between their numbers, or between the probabilities that they give the predicted class.
    Raises:
        InputError: as `Model.predict`, or the model is a single network, which has no spread.
    """
    if spread and len(model.members) == 1:
        raise InputError(
            "got --spread for a model of one network, expected one of several members. Leave it "
            "out, or train such a model with --members 5."
        )
    predicted, target = _of_slices(model, rows, model.predict), model.preparation.target
    said, name = predicted.argmax(1), name or target.name
    if isinstance(target, NumberTarget):
        columns = [Column(name, _without_noise(predicted[:, 0], target))]
    else:
        classes = np.array([*target.classes, None], dtype=object)  # None: not an array of texts
        columns = [Column(name, classes[said])]
        for label, of_class in zip(target.classes, predicted.T, strict=True):
            columns.append(Column(f"probability {label}", to_six_digits(of_class)))
    if spread:
        deviations = _of_slices(model, rows, partial(_deviations, model))
        of_said = deviations[np.arange(len(said)), said]
        columns.append(Column(SPREAD, to_six_digits(of_said)))
    return tuple(columns)


def _of_slices(
    model: Model, rows: Dataset, answer: Callable[[Dataset], Tensor]
) -> NDArray[np.float64]:
    """What is answered for rows, (rows, outputs), of some at a time."""
    step = max(1, FEATURES_AT_ONCE // math.prod(model.preparation.feature_shape))
    parts = [
        answer(rows.take(np.arange(start, min(start + step, len(rows)))))
        for start in range(0, len(rows), step)
    ]
    return np.concatenate([part.double().numpy() for part in parts])


def _deviations(model: Model, rows: Dataset) -> Tensor:
    """The standard deviation between the members' predictions, shaped as these."""
    return torch.stack([member.predict(rows) for member in model.members]).std(0, correction=0)


def to_six_digits(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round numbers, (n,), to six significant digits: float32 has about seven."""
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers.tolist()])


def _without_noise(numbers: NDArray[np.float64], target: NumberTarget) -> NDArray[np.float64]:
    deviation = target.standardisation.deviation
    if not deviation:
        return numbers
    places = DIGITS - math.floor(math.log10(deviation))
    return np.array([round(number, places) for number in numbers.tolist()])
