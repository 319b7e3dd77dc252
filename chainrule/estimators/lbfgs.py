"""L-BFGS: descent in directions that the last gradients tell, over all samples at once."""

from __future__ import annotations

import math
import warnings
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import line_search

Vector = NDArray[np.float64]
Function = Callable[[Vector], tuple[float, Vector]]

MEMORY = 10  # of the last steps, as in scikit-learn
# A step that gains less of the value than this ends the descent: 10 million roundings, likewise.
LEAST_GAIN = 1e7 * float(np.finfo(np.float64).eps)


class Lbfgs:
    """A descent, step by step, to where a function of many numbers has a minimum.

    Newton's method would go along -H^-1 g, with the Hessian H. Each step s = x' - x tells of H
    along itself, for the gradient changes by y = g' - g = H s; the last few of these pairs make an
    H^-1 good enough, which is applied to g without ever being written down:

        q = g;  newest first:  a_i = (s_i . q) / (y_i . s_i),  q -= a_i y_i
        r = (s . y) / (y . y) q, of the newest pair
        oldest first:  b = (y_i . r) / (y_i . s_i),  r += (a_i - b) s_i;  direction = -r

    How far is searched for along it until the strong Wolfe conditions hold, which keep y . s > 0.
    Args:
        function: gives the value and the gradient at a point.
        x: where it begins.
    Attributes:
        x: where it is.
        value: of the function there.
        gradient: likewise.
        evaluations: of the function so far.
        stands: whether the last step gained next to nothing, or no step gains anything.
    Source: Nocedal (1980), Updating quasi-Newton matrices with limited storage; Liu & Nocedal
    (1989), On the limited memory BFGS method for large scale optimization, algorithm 2.1.
    """

    def __init__(self, function: Function, x: Vector) -> None:
        self._function, self.evaluations = function, 0
        self._steps: deque[tuple[Vector, Vector]] = deque(maxlen=MEMORY)
        self._looked_at: tuple[bytes, float, Vector] | None = None
        self.x = x.copy()
        self.value, self.gradient = self._at(self.x)
        self.stands = False

    def step(self) -> None:
        """Take a step, unless none goes down."""
        before, x, gradient = self.value, self.x, self.gradient
        share = self._found_along(direction := self._direction())
        if share is None and self._steps:  # what is remembered may mislead: the plain gradient
            self._steps.clear()
            share = self._found_along(direction := self._direction())
        if share is None:
            self.stands = True
            return
        self.x = x + share * direction
        self.value, self.gradient = self._at(self.x)
        moved, changed = self.x - x, self.gradient - gradient
        if moved @ changed > 0:
            self._steps.append((moved, changed))
        gain = before - self.value
        self.stands = gain <= LEAST_GAIN * max(abs(before), abs(self.value), 1)

    def _direction(self) -> Vector:
        if not self._steps:
            return -self.gradient / max(1.0, float(np.abs(self.gradient).sum()))
        r = self.gradient.copy()
        shares = []
        for s, y in reversed(self._steps):
            shares.append(share := (s @ r) / (y @ s))
            r -= share * y
        s, y = self._steps[-1]
        r *= (s @ y) / (y @ y)
        for (s, y), share in zip(self._steps, reversed(shares), strict=True):
            r += (share - (y @ r) / (y @ s)) * s
        return -r

    def _found_along(self, direction: Vector) -> float | None:
        """The share of a direction to go; None if none is found that goes down."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # that it found none
            share = line_search(
                lambda x: self._at(x)[0],
                lambda x: self._at(x)[1],
                self.x,
                direction,
                self.gradient,
                self.value,
            )[0]
        if share is None or not math.isfinite(self._at(self.x + share * direction)[0]):
            return None
        return float(share)

    def _at(self, x: Vector) -> tuple[float, Vector]:
        """Value and gradient; those of the point that was looked at last are remembered."""
        here = x.tobytes()
        if self._looked_at is None or self._looked_at[0] != here:
            self.evaluations += 1
            self._looked_at = (here, *self._function(x))
        return self._looked_at[1:]
