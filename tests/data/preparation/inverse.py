"""The inverses of scalings and projections, by their formulas and names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from chainrule.data.preparation.projection import PCA, PCAWhitening, Projection, ZCAWhitening
from chainrule.data.preparation.scaling import MinMax, Quantile, Robust, Scaling, Standardisation
from chainrule.data.preparation.scaling.quantile import MAX_DEVIATE

Numbers = NDArray[Any]
# In long doubles where something is added, as the range of the largest numbers is no float64.
Long = np.longdouble


def _standardised(fitted: Standardisation, z: Numbers) -> Numbers:
    return z * Long(fitted.deviation) + Long(fitted.mean)


def _robust(fitted: Robust, z: Numbers) -> Numbers:
    return z * (Long(2) * fitted.half_spread) + Long(fitted.median)


def _min_max(fitted: MinMax, z: Numbers) -> Numbers:
    return z * (Long(fitted.high) - fitted.low) + Long(fitted.low)


def _quantile(fitted: Quantile, z: Numbers) -> Numbers:
    rank = np.where(np.abs(z) < MAX_DEVIATE, norm.cdf(z), z > 0)
    eighths = fitted.quantiles.values / 8  # slopes between the largest numbers are no float
    x: Numbers = Long(8) * np.interp(rank, np.linspace(0, 1, len(eighths)), eighths)
    return x


def _unclipped(s: Numbers) -> Numbers:
    """z of s = z / sqrt(1 + (z / 3)^2)."""
    z: Numbers = s / np.sqrt(1 - np.square(s / 3))
    return z


def _pca(fitted: PCA, y: Numbers) -> Numbers:
    return y @ fitted.directions.values + fitted.mean.values


def _pca_whitening(fitted: PCAWhitening, y: Numbers) -> Numbers:
    return _pca(fitted, y * fitted.deviations.values)


def _zca_whitening(fitted: ZCAWhitening, y: Numbers) -> Numbers:
    whitening = fitted.project(np.eye(fitted.inputs))
    x: Numbers = np.linalg.solve(whitening, y.T).T + fitted.mean.values
    return x


# x of the fitted scaling and z, of the same shape.
SCALINGS: dict[str, Callable[[Any, Numbers], Numbers]] = {
    "centre": lambda fitted, z: z + Long(fitted.mean),
    "min_max": _min_max,
    "none": lambda _, z: z,
    "quantile": _quantile,
    "robust": _robust,
    "robust_smooth_clip": lambda fitted, s: _robust(fitted, _unclipped(s)),
    "smooth_clip": lambda fitted, s: _standardised(fitted, _unclipped(s)),
    "standardise": _standardised,
}

# x, (rows, inputs), of the fitted projection and y, (rows, outputs).
PROJECTIONS: dict[str, Callable[[Any, Numbers], Numbers]] = {
    "pca": _pca,
    "pca_whitening": _pca_whitening,
    "zca_whitening": _zca_whitening,
}


def unscaled(fitted: Scaling, z: Numbers) -> Numbers:
    """x of z."""
    return SCALINGS[fitted.kind](fitted, z)


def unprojected(fitted: Projection, y: Numbers) -> Numbers:
    """x of y."""
    return PROJECTIONS[fitted.kind](fitted, y.astype(np.float64))
