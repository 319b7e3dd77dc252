"""Fans: how many inputs a unit sums over, and how many units an input reaches."""

import math


def fan_in(shape: tuple[int, ...]) -> int:
    """Inputs that one output sums over, for weights (outputs, kernel axes ..., inputs).

    >>> fan_in((50, 784)), fan_in((16, 5, 5, 3))
    (784, 75)
    """
    return math.prod(shape[1:])


def fan_out(shape: tuple[int, ...]) -> int:
    """Outputs that one input reaches, for weights (outputs, kernel axes ..., inputs).

    >>> fan_out((50, 784)), fan_out((16, 5, 5, 3))
    (50, 400)
    """
    return shape[0] * math.prod(shape[1:-1])
