"""Scalings of numeric columns, by name."""

from chainrule.data.preparation.scaling.centring import Centring
from chainrule.data.preparation.scaling.min_max import MinMax
from chainrule.data.preparation.scaling.quantile import Quantile
from chainrule.data.preparation.scaling.robust import Robust
from chainrule.data.preparation.scaling.robust_smooth_clipping import RobustSmoothClipping
from chainrule.data.preparation.scaling.scaling import (
    SCALINGS,
    Scaling,
    scaling_from_json,
)
from chainrule.data.preparation.scaling.smooth_clipping import SmoothClipping
from chainrule.data.preparation.scaling.standardisation import Standardisation
from chainrule.data.preparation.scaling.unscaled import Unscaled
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "SCALINGS",
    "Centring",
    "MinMax",
    "Quantile",
    "Robust",
    "RobustSmoothClipping",
    "Scaling",
    "SmoothClipping",
    "Standardisation",
    "Unscaled",
    "scaling_from_json",
]
