"""The inverses of scalings and projections, by their formulas."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from chainrule.data.preparation.projection import PCA, PCAWhitening, Projection, ZCAWhitening
from chainrule.data.preparation.scaling import (
    Centring,
    MinMax,
    Quantile,
    Robust,
    RobustSmoothClipping,
    Scaling,
    SmoothClipping,
    Standardisation,
)
from chainrule.data.preparation.scaling.quantile import MAX_DEVIATE


def unscaled(fitted: Scaling, z: NDArray[np.float64]) -> NDArray[Any]:
    """x of z; in long doubles, as the range of the largest numbers is no float64."""
    if isinstance(fitted, SmoothClipping | RobustSmoothClipping):
        z = z / np.sqrt(1 - np.square(z / 3))
    if isinstance(fitted, Quantile):
        rank = np.where(np.abs(z) < MAX_DEVIATE, norm.cdf(z), z > 0)
        eighths = fitted.quantiles.values / 8  # slopes between the largest numbers are no float
        return np.longdouble(8) * np.interp(rank, np.linspace(0, 1, len(eighths)), eighths)
    shift, scale = np.longdouble(0), np.longdouble(1)
    if isinstance(fitted, Standardisation | SmoothClipping):
        shift, scale = np.longdouble(fitted.mean), np.longdouble(fitted.deviation)
    elif isinstance(fitted, Centring):
        shift = np.longdouble(fitted.mean)
    elif isinstance(fitted, MinMax):
        shift, scale = np.longdouble(fitted.low), np.longdouble(fitted.high) - fitted.low
    elif isinstance(fitted, Robust):
        shift, scale = np.longdouble(fitted.median), np.longdouble(2) * fitted.half_spread
    return z * scale + shift


def unprojected(fitted: Projection, y: NDArray[Any]) -> NDArray[np.float64]:
    """x of y = U (x - mean), or of y as whitening scales it."""
    y = y.astype(np.float64)
    if isinstance(fitted, ZCAWhitening):
        whitening = fitted.project(np.eye(fitted.inputs))
        return np.linalg.solve(whitening, y.T).T + fitted.mean.values
    assert isinstance(fitted, PCA)
    if isinstance(fitted, PCAWhitening):
        y = y * fitted.deviations.values
    return np.asarray(y @ fitted.directions.values + fitted.mean.values)
