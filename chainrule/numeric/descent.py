"""Gradient descent on a plain function, without a network."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from chainrule.numeric.difference import Point, numerical_gradient
from chainrule.ranges import Range


def gradient_descent(
    f: Callable[[Point], float],
    start: ArrayLike,
    *,
    learning_rate: float = 0.1,
    steps: int = 100,
    h: float = 1e-4,
) -> Point:
    """Minimise f from a start by steps x <- x - learning_rate * gradient of f at x.

    Args:
        f: a function of an array that returns one number.
        start: the first x.
        learning_rate: too small hardly moves, too large overshoots and diverges.
        steps: number of steps.
        h: half the width of the differences of the numerical gradient.
    Returns:
        The last x.
    Raises:
        InputError: the learning rate is not positive or the steps are negative.

    >>> abs(gradient_descent(lambda x: x[0]**2 + x[1]**2, [-3, 4])).max() < 1e-8
    np.True_
    """
    path = descent_path(f, start, learning_rate=learning_rate, steps=steps, h=h)
    return np.asarray(path[-1])


def descent_path(
    f: Callable[[Point], float],
    start: ArrayLike,
    *,
    learning_rate: float = 0.1,
    steps: int = 100,
    h: float = 1e-4,
) -> Point:
    """Return every x that gradient descent visits, as rows: (steps + 1, *shape of start)."""
    Range(above=0, example=0.1).check("gradient_descent", "learning_rate", learning_rate)
    Range(0, whole=True, example=100).check("gradient_descent", "steps", steps)
    path = [np.array(start, dtype=np.float64)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * numerical_gradient(f, path[-1], h))
    return np.stack(path)
