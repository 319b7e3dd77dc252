"""Predictions of raw rows as columns."""

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

# Significant digits of a probability: float32 has about seven, and the last one is noise.
DIGITS = 6

# Resolution of a standardised prediction z, about that of the sums of a network in float32. That of
# a smaller z is finer, down to a thousandth of it.
RESOLUTION, SMALLEST = 1e-6, 1e-3

# Significant digits that tell all numbers of float32 apart.
DIGITS_OF_FLOAT32 = 9

# Features in memory at a time, 64 MB of float32; categories have one for each value.
FEATURES_AT_ONCE = 2**24

SPREAD = "deviation between members"


def predicted_columns(
    model: Model, rows: Dataset, name: str | None = None, *, spread: bool = False
) -> tuple[Column, ...]:
    """Return a column of predicted numbers; or of classes, and the probability of each class.

    Args:
        model: the model.
        rows: raw data.
        name: name of the column; by default that of the target.
        spread: whether to add the standard deviation between the members of an ensemble, of their
            numbers or of their probabilities of the predicted class.
    Raises:
        InputError: as `Model.predict`; or `spread` is set for a single network.
    """
    if spread and len(model.members) == 1:
        raise InputError(
            "got --spread for a model of one network, expected one of several members. Leave it "
            "out, or train such a model with --members 5."
        )
    predicted, target = _in_slices(model, rows, model.predict_rows), model.preparation.target
    indices, name = predicted.argmax(1), name or target.name
    if isinstance(target, NumberTarget):
        columns = [Column(name, without_noise(predicted[:, 0], target))]
    else:
        classes = np.array([*target.classes, None], dtype=object)  # None keeps the dtype object
        columns = [Column(name, classes[indices])]
        for label, of_class in zip(target.classes, predicted.T, strict=True):
            columns.append(Column(f"probability {label}", to_six_digits(of_class)))
    if spread:
        deviations = _in_slices(model, rows, partial(_deviations, model))
        deviations = deviations[np.arange(len(indices)), indices]
        columns.append(Column(SPREAD, to_six_digits(deviations)))
    return tuple(columns)


def _in_slices(
    model: Model, rows: Dataset, compute: Callable[[Dataset], Tensor]
) -> NDArray[np.float64]:
    """Return what a function computes for rows, (rows, outputs), some rows at a time."""
    step = max(1, FEATURES_AT_ONCE // math.prod(model.preparation.feature_shape))
    parts = [
        compute(rows.take(np.arange(start, min(start + step, len(rows)))))
        for start in range(0, len(rows), step)
    ]
    return np.concatenate([part.double().numpy() for part in parts])


def _deviations(model: Model, rows: Dataset) -> Tensor:
    """Return the standard deviation between the members' predictions, in their shape."""
    return torch.stack([member.predict_rows(rows) for member in model.members]).std(0, correction=0)


def to_six_digits(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round numbers, (n,), to six significant digits: float32 has about seven."""
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers.tolist()])


def without_noise(numbers: NDArray[np.float64], target: NumberTarget) -> NDArray[np.float64]:
    """Round predicted numbers, (n,), to the digits that a network in float32 gives.

    These are digits of the standardised z, not of y: where targets around a million differ by 3,
    all that is predicted stands behind the first six digits. Where an outlier made the deviation
    large, z is small, and y has further digits of it, up to nine in all.
    """
    if target.standardisation.constant:
        return numbers
    transform = target.transform_of_values
    t = numbers if transform is None else transform.transform(numbers)
    z = target.standardisation.transform(t)

    def decimals(resolution: NDArray[np.float64] | float) -> NDArray[np.float64]:
        step = np.abs(target.inverse_transform(z + resolution) - target.inverse_transform(z))
        return -np.floor(np.log10(np.maximum(step, np.spacing(np.abs(numbers)))))

    further = decimals(RESOLUTION * np.clip(np.abs(z), SMALLEST, 1))
    before_point = np.floor(np.log10(np.maximum(np.abs(numbers), np.finfo(float).tiny))) + 1
    kept = np.maximum(decimals(RESOLUTION), np.minimum(further, DIGITS_OF_FLOAT32 - before_point))
    return np.array(
        [round(n, int(d)) for n, d in zip(numbers.tolist(), kept.clip(-308, 308), strict=True)]
    )
