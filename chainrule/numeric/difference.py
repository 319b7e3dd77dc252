"""Numerical derivatives of plain functions, by central differences."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.ranges import Range

Point = NDArray[np.float64]

WIDTH = Range(above=0, example=1e-4)


def numerical_diff(f: Callable[[float], float], x: float, h: float = 1e-4) -> float:
    """Compute the derivative of f at x: (f(x + h) - f(x - h)) / (2 h).

    The error of the central difference is of order h^2; one-sided, it would be of order h.
    Args:
        f: a function of one number.
        x: point at which to derive.
        h: half the width of the difference. Smaller is not better: below about 1e-5 the rounding
            error outweighs the gain.
    Raises:
        InputError: h is not positive.

    >>> round(numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5), 9)
    0.2
    """
    WIDTH.check("numerical_diff", "h", h)
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_gradient(f: Callable[[Point], float], x: ArrayLike, h: float = 1e-4) -> Point:
    """Compute all partial derivatives of f at x, each by a central difference.

    Args:
        f: a function of an array that returns one number.
        x: point at which to derive, an array of any shape, which is not changed.
        h: half the width of the difference.
    Returns:
        An array of the shape of x.
    Raises:
        InputError: h is not positive.

    >>> numerical_gradient(lambda x: x[0]**2 + x[1]**2, [3, 4]).round(6)
    array([6., 8.])
    """
    WIDTH.check("numerical_gradient", "h", h)
    point = np.array(x, dtype=np.float64)
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        coordinate = point[index]
        point[index] = coordinate + h
        above = f(point)
        point[index] = coordinate - h
        gradient[index] = (above - f(point)) / (2 * h)
        point[index] = coordinate
    return gradient
