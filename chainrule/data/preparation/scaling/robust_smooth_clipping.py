"""Robust scaling followed by smooth clipping, so that outliers have little effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.robust import Robust
from chainrule.data.preparation.scaling.scaling import scaling
from chainrule.data.preparation.scaling.smooth_clipping import SmoothClipping

# Of values that are already scaled.
CLIP = SmoothClipping(mean=0.0, deviation=1.0)


@scaling("robust_smooth_clip")
@dataclass(frozen=True)
class RobustSmoothClipping(Robust):
    """s = z / sqrt(1 + (z / 3)^2) of z = (x - median) / spread.

    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3.
    """

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return s, of the same shape, at most 3 in magnitude."""
        return CLIP.transform(super().transform(values))
