"""Smooth clipping: standardised numbers, bounded to 3 deviations by a smooth curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.affine import MAX_SCALED
from chainrule.data.preparation.scaling.scaling import scaling
from chainrule.data.preparation.scaling.standardisation import Standardisation

BOUND = 3.0


@scaling("smooth_clip")
@dataclass(frozen=True)
class SmoothClipping(Standardisation):
    """s = z / sqrt(1 + (z / 3)^2) of the standardised z, and back z = s / sqrt(1 - (s / 3)^2).

    The root bounds s to -3 and 3 and hardly changes values near 0: otherwise a rare outlier, such
    as a pixel that is lit in one picture of a thousand, would dominate all other features.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default, "smooth clipping".
    """

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return s, of the same shape, at most 3 in magnitude."""
        z = super().transform(values)
        s: NDArray[np.float64] = z / np.sqrt(1 + np.square(z / BOUND))
        return s

    def undo(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """x of s; of 3 and more that of the furthest z, a million deviations from the mean."""
        s = np.asarray(z, np.float64)
        left = np.maximum(1 - np.square(s / BOUND), MAX_SCALED**-2)
        return super().undo(np.clip(s / np.sqrt(left), -MAX_SCALED, MAX_SCALED))
