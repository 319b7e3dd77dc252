"""No scaling: numbers stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.scaling import Scaling, scaling


@scaling("none")
@dataclass(frozen=True)
class Unscaled(Scaling):
    """z = x. For columns that share a unit and are of moderate size already."""

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> Unscaled:
        """There is nothing to learn."""
        return cls()

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values."""
        return values

    def undo(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """The values, as float64."""
        return np.asarray(z, np.float64)
