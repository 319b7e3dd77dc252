"""L-BFGS: quasi-Newton steps over all samples, from the gradients of the last few steps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from chainrule.ranges import Count, NotNegative, check_settings
from chainrule.training.optimizers.line_search import Point, line_search
from chainrule.training.optimizers.optimizer import (
    DescentEnd,
    FullBatchOptimizer,
    Objective,
    optimizer,
)

# A step that lowers the value by less than this share of it ends the descent: 10 million roundings,
# as in scipy's L-BFGS-B.
LEAST_GAIN = 1e7 * torch.finfo(torch.float64).eps


@optimizer("lbfgs")
@dataclass(frozen=True)
class LBFGS(FullBatchOptimizer):
    """w <- w - a H dw, with an approximation H of the inverse Hessian and a step length a.

    H is never written down: it follows from the last `memory` steps s = w' - w and the changes of
    the gradient that they caused, y = dw' - dw, with rho = 1 / (y . s):

        q = dw;  newest first:  a_i = rho_i (s_i . q),  q -= a_i y_i
        r = (s . y) / (y . y) q, of the newest pair
        oldest first:  b = rho_i (y_i . r),  r += (a_i - b) s_i;  H dw = r

    The step length is searched for until the strong Wolfe conditions hold. Each update looks at all
    samples, in float64, as often as that takes: batch_size is all, and an epoch is one update.
    Args:
        memory: number of steps that are remembered, at least 1.
        tolerance: training has converged where no derivative is larger, at least 0.
        evaluations: of loss and gradient at most, at least 1.
    Raises:
        InputError: a setting is outside its range.
    Source: Nocedal (1980), Updating quasi-Newton matrices with limited storage; Liu & Nocedal
    (1989), On the limited memory BFGS method for large scale optimization, algorithm 2.1.
    """

    memory: Count = 10
    tolerance: NotNegative = 1e-4
    evaluations: Count = 15_000
    default_learning_rate: ClassVar[float] = 1.0
    decoupled_decay: ClassVar[bool] = False
    default_weight_decay: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        check_settings(self)

    def descend(self, objective: Objective, start: Tensor) -> LBFGSDescent:
        """Begin a descent from these weights."""
        return LBFGSDescent(self, objective, start)


class LBFGSDescent:
    """A descent by L-BFGS.

    Args:
        settings: of the method.
        objective: to be minimised.
        start: weights to begin with, flat, in float64.
    Attributes:
        x: the weights as they are.
        value: of the objective there.
        gradient: of the objective there.
        evaluations: number of evaluations of the objective so far.
    """

    def __init__(self, settings: LBFGS, objective: Objective, start: Tensor) -> None:
        self._settings, self._objective = settings, objective
        self._pairs: deque[tuple[Tensor, Tensor]] = deque(maxlen=settings.memory)
        self._stands = False
        self.evaluations = 1
        self.x = start.clone()
        self.value, self.gradient = objective(self.x)

    @property
    def stopped(self) -> DescentEnd | None:
        """Why no further step is to be taken; None while there is one."""
        if self._stands or float(self.gradient.abs().max()) <= self._settings.tolerance:
            return "converged"
        return "evaluations" if self.evaluations >= self._settings.evaluations else None

    def step(self) -> None:
        """Move to a point with a lower value; stay if the line search finds none."""
        point = self._search_along(self._direction())
        if point is None and self._pairs:  # the pairs may mislead: go straight down
            self._pairs.clear()
            point = self._search_along(self._direction())
        if point is None:
            self._stands = True
            return
        s, y = point.x - self.x, point.gradient - self.gradient
        if y @ s > 0:
            self._pairs.append((s, y))
        gain = self.value - point.value
        self._stands = gain <= LEAST_GAIN * max(abs(self.value), abs(point.value), 1)
        self.x, self.value, self.gradient = point.x, point.value, point.gradient

    def _direction(self) -> Tensor:
        """Return -H dw; without pairs the negative gradient, not longer than 1."""
        if not self._pairs:
            return -self.gradient / max(1.0, float(self.gradient.abs().sum()))
        r = self.gradient.clone()
        shares = []
        for s, y in reversed(self._pairs):
            shares.append(share := (s @ r) / (y @ s))
            r -= share * y
        s, y = self._pairs[-1]
        r *= (s @ y) / (y @ y)
        for (s, y), share in zip(self._pairs, reversed(shares), strict=True):
            r += (share - (y @ r) / (y @ s)) * s
        return -r

    def _search_along(self, direction: Tensor) -> Point | None:
        def at(step: float) -> Point:
            self.evaluations += 1
            x = self.x + step * direction
            value, gradient = self._objective(x)
            return Point(step, value, float(gradient @ direction), x, gradient)

        slope = float(self.gradient @ direction)
        if not slope < 0:
            return None
        return line_search(at, Point(0.0, self.value, slope, self.x, self.gradient))
