"""No scaling: numbers stay as they are, by the name none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.scaling import Scaling, scaling


@scaling("none")
@dataclass(frozen=True)
class Unscaled(Scaling):
    """z = x, for columns that already have a common unit and moderate values."""

    @classmethod
    def fit(
        cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> Unscaled:
        """Return the scaling, which has no parameters."""
        return cls()

    def merged(self, other: Unscaled, share: float) -> Unscaled:
        """Return the scaling itself."""
        return self

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values."""
        return values
