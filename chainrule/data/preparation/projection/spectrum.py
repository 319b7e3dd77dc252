"""The spectrum of the covariance of features."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.projection.projection import ROWS_AT_ONCE

# Added by whitening to the variance along each direction, in the squared unit of the features.
# Directions of a much smaller variance, mostly noise, stay below deviation 1. 1e-5 suits features
# of about unit size.
EPSILON = 1e-5


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The mean, and the eigenvectors and eigenvalues of the covariance, the largest first.

    The covariance is divided by n, not by n - 1, as everywhere here. Features are float32, so their
    squares are far from the limits of float64. The time grows with the cube of the number of
    features: for 3,000 it is about a minute.

    Attributes:
        mean: (features,).
        variances: the eigenvalues in descending order, (directions,); 0 if within rounding error.
        directions: (directions, features), a unit eigenvector in each row. The sign, which is
            arbitrary, makes the element of the largest magnitude positive.
        total: variance along all directions.
    """

    mean: NDArray[np.float64]
    variances: NDArray[np.float64]
    directions: NDArray[np.float64]
    total: float

    @classmethod
    def of(
        cls, features: NDArray[np.float32], weights: NDArray[np.float64] | None = None
    ) -> Spectrum:
        """Compute the spectrum of the training rows, (rows, features), of weights (rows,)."""
        if weights is None:
            mean, total = features.mean(axis=0, dtype=np.float64), float(len(features))
        else:
            mean, total = np.average(features, axis=0, weights=weights), float(weights.sum())
        covariance = np.zeros((features.shape[1], features.shape[1]))
        for start in range(0, len(features), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            centred = features[rows] - mean
            weighted = centred if weights is None else centred * weights[rows, np.newaxis]
            covariance += weighted.T @ centred
        ascending, columns = np.linalg.eigh(covariance / total)
        variances, directions = ascending[::-1], columns.T[::-1]
        rounding = variances[0] * len(variances) * np.finfo(np.float64).eps
        variances = np.where(variances > rounding, variances, 0)
        largest = np.take_along_axis(directions, np.abs(directions).argmax(1)[:, np.newaxis], 1)
        return cls(
            mean, variances, np.where(largest < 0, -directions, directions), float(variances.sum())
        )

    def leading(self, count: int) -> Spectrum:
        """Return the spectrum with only the `count` largest variances."""
        return replace(
            self, variances=self.variances[:count], directions=self.directions[:count].copy()
        )

    @property
    def deviations(self) -> NDArray[np.float64]:
        """sqrt(variance + EPSILON) of each direction, (directions,), by which whitening divides."""
        return np.asarray(np.sqrt(self.variances + EPSILON))

    @property
    def share(self) -> float:
        """The share of the total variance along these directions, 0 to 1."""
        return float(self.variances.sum()) / self.total if self.total else 1.0
