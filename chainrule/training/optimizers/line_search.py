"""Line search: how far to go in a direction, until the strong Wolfe conditions hold.

For f along the direction d from x, phi(a) = f(x + a d), with constants 0 < c1 < c2 < 1:

    phi(a) <= phi(0) + c1 a phi'(0)     the value falls enough for the length of the step
    |phi'(a)| <= c2 |phi'(0)|           the slope is flat enough that a longer step gains little

The second condition gives a quasi-Newton method pairs (s, y) with y . s > 0.
Source: Nocedal & Wright (2006), Numerical optimization, 2nd edition, section 3.1 (conditions),
algorithms 3.5 and 3.6, and equation 3.59 (cubic interpolation). The constants are theirs, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

C1 = 1e-4
C2 = 0.9

# The function is evaluated at most so often to find an interval, and as often within it.
MOST_EVALUATIONS = 10

# A trial keeps away from both ends of the interval by this share of it, or it would hardly shrink.
MARGIN = 0.1


class Point(NamedTuple):
    """A point on the line.

    Attributes:
        step: a, how far along the direction.
        value: phi(a).
        slope: phi'(a).
        x: the point itself.
        gradient: of f at x.
    """

    step: float
    value: float
    slope: float
    x: Tensor
    gradient: Tensor


def line_search(at: Callable[[float], Point], start: Point) -> Point | None:
    """Return a point with a lower value, by algorithm 3.5; None if none is found.

    Both conditions hold there, unless the evaluations were used up before.
    Args:
        at: evaluates the function at a step.
        start: the point at step 0, with a negative slope.
    """
    search = _Search(at, start)
    previous, step = start, 1.0
    for _ in range(MOST_EVALUATIONS):
        point = at(step)
        has_risen = previous is not start and not _below(point, previous)
        if has_risen or not search.falls_enough(point):
            return search.zoom(previous, point)
        if search.is_flat_enough(point):
            return point
        if point.slope >= 0:
            return search.zoom(point, previous)
        previous, step = point, 2 * step
    return previous


class _Search:
    """The conditions of one search, and its second stage."""

    def __init__(self, at: Callable[[float], Point], start: Point) -> None:
        self._at, self._start = at, start

    def falls_enough(self, point: Point) -> bool:
        return point.value <= self._start.value + C1 * point.step * self._start.slope

    def is_flat_enough(self, point: Point) -> bool:
        return abs(point.slope) <= -C2 * self._start.slope

    def zoom(self, low: Point, high: Point) -> Point | None:
        """Shrink an interval that has a good point, by algorithm 3.6.

        Args:
            low: the end with the lower value, which falls enough; its slope points to the other.
            high: the other end; its value may be nan or infinite.
        """
        for _ in range(MOST_EVALUATIONS):
            point = self._at(_trial(low, high))
            if not self.falls_enough(point) or not _below(point, low):
                high = point
                continue
            if self.is_flat_enough(point):
                return point
            if point.slope * (high.step - low.step) >= 0:
                high = low
            low = point
        return None if low is self._start else low


def _below(point: Point, other: Point) -> bool:
    return point.value < other.value  # False for nan


def _trial(low: Point, high: Point) -> float:
    """Return the minimum of the cubic with the values and slopes of both ends, away from them.

    Where the cubic has none, return the middle.
    """
    length = high.step - low.step
    d1 = low.slope + high.slope + 3 * (low.value - high.value) / length
    radicand = d1 * d1 - low.slope * high.slope
    if not 0 <= radicand < math.inf:  # as for an end whose value is nan or infinite
        return low.step + length / 2
    d2 = math.copysign(math.sqrt(radicand), length)
    denominator = high.slope - low.slope + 2 * d2
    if denominator == 0:
        return low.step + length / 2
    step = high.step - length * (high.slope + d2 - d1) / denominator
    share = (step - low.step) / length
    return low.step + length * min(max(share, MARGIN), 1 - MARGIN)
