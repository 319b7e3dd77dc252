"""Fans: number of inputs of a unit, and number of units that read an input."""

import math


def fan_in(shape: tuple[int, ...]) -> int:
    """Count the inputs that one output sums over, for weights (outputs, kernel axes ..., inputs).

    >>> fan_in((50, 784)), fan_in((16, 5, 5, 3))
    (784, 75)
    """
    return math.prod(shape[1:])


def fan_out(shape: tuple[int, ...]) -> int:
    """Count the outputs that read one input, for weights (outputs, kernel axes ..., inputs).

    >>> fan_out((50, 784)), fan_out((16, 5, 5, 3))
    (50, 400)
    """
    return shape[0] * math.prod(shape[1:-1])
