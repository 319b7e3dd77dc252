"""The spectrum of features: along which directions the training rows vary, and how much."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.projection.projection import ROWS_AT_ONCE


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Mean, and eigenvectors and eigenvalues of the covariance, the largest first.

    The covariance is divided by n, as deviations are everywhere here, and not by n - 1. Features
    are float32, so their squares are far from the ends of float64. The time to find them grows
    with the cube of the number of features: for 3,000 it is about a minute.

    Attributes:
        mean: (features,).
        variances: (directions,), descending: the eigenvalues; 0 where rounding alone explains one.
        directions: (directions, features), an eigenvector of length 1 in each row. The sign, which
            is free, makes the element that is largest in size positive.
        total: variance along all directions.
    """

    mean: NDArray[np.float64]
    variances: NDArray[np.float64]
    directions: NDArray[np.float64]
    total: float

    @classmethod
    def of(cls, features: NDArray[np.float32]) -> Spectrum:
        """The whole spectrum of training rows, (rows, features)."""
        mean = features.mean(axis=0, dtype=np.float64)
        covariance = np.zeros((features.shape[1], features.shape[1]))
        for start in range(0, len(features), ROWS_AT_ONCE):
            centred = features[start : start + ROWS_AT_ONCE] - mean
            covariance += centred.T @ centred
        ascending, columns = np.linalg.eigh(covariance / len(features))
        variances, directions = ascending[::-1], columns.T[::-1]
        rounding = variances[0] * len(variances) * np.finfo(np.float64).eps
        variances = np.where(variances > rounding, variances, 0)
        largest = np.take_along_axis(directions, np.abs(directions).argmax(1)[:, np.newaxis], 1)
        return cls(
            mean, variances, np.where(largest < 0, -directions, directions), float(variances.sum())
        )

    def leading(self, count: int) -> Spectrum:
        """The directions of the largest variances alone."""
        return replace(
            self, variances=self.variances[:count], directions=self.directions[:count].copy()
        )

    @property
    def share(self) -> float:
        """The share of the total variance that these directions have, 0 to 1."""
        return float(self.variances.sum()) / self.total if self.total else 1.0
