"""Gradient descent on plain functions."""

import math
import re

import numpy as np
import pytest

from chainrule.errors import InputError
from chainrule.numeric import descent_path, gradient_descent
from chainrule.numeric.difference import Point

START = [-3.0, 4.0]


def bowl(x: Point) -> float:
    """x0^2 + x1^2, whose minimum is at 0 and whose gradient is 2 x."""
    return float(x[0] ** 2 + x[1] ** 2)


def test_gradient_descent_finds_the_minimum() -> None:
    # Saito (2016), Deep Learning from Scratch, 4.4.2: [-6.1e-10, 8.1e-10] after 100 steps
    minimum = gradient_descent(bowl, START, learning_rate=0.1, steps=100)
    np.testing.assert_allclose(minimum, [-6.11110793e-10, 8.14814391e-10], rtol=1e-2)


def test_it_finds_a_minimum_that_is_not_at_zero() -> None:
    minimum = gradient_descent(lambda x: (x[0] - 1) ** 2 + 3 * (x[1] + 2) ** 2, [0, 0])
    np.testing.assert_allclose(minimum, [1, -2], atol=1e-8)


def test_too_large_a_learning_rate_diverges() -> None:
    x = gradient_descent(bowl, START, learning_rate=10, steps=100)
    assert np.linalg.norm(x) > 1e10


def test_too_small_a_learning_rate_hardly_moves() -> None:
    # Saito (2016), 4.4.2
    x = gradient_descent(bowl, START, learning_rate=1e-10, steps=100)
    np.testing.assert_allclose(x, [-2.99999994, 3.99999992], rtol=1e-9)


def test_the_path_begins_at_the_start_and_ends_at_what_is_found() -> None:
    path = descent_path(bowl, START, learning_rate=0.2, steps=7)
    assert path.shape == (8, 2)
    np.testing.assert_array_equal(path[0], START)
    np.testing.assert_array_equal(
        path[-1], gradient_descent(bowl, START, learning_rate=0.2, steps=7)
    )


def test_each_row_of_the_path_is_a_step_down_the_gradient() -> None:
    path = descent_path(bowl, START, learning_rate=0.2, steps=7)
    # x - 0.2 * 2 x = 0.6 x
    np.testing.assert_allclose(path[1:], 0.6 * path[:-1], rtol=1e-9)


def test_no_steps_stay_at_the_start() -> None:
    np.testing.assert_array_equal(descent_path(bowl, START, steps=0), [START])


def test_the_start_is_left_as_it_is() -> None:
    start = np.array(START)
    gradient_descent(bowl, start)
    np.testing.assert_array_equal(start, START)


@pytest.mark.parametrize("rate", [0, -0.1, math.nan])
def test_a_learning_rate_that_is_not_positive_is_refused(rate: float) -> None:
    message = (
        f"gradient_descent: got learning_rate={rate}, expected a positive number, such as "
        "learning_rate=0.1."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        gradient_descent(bowl, START, learning_rate=rate)


def test_a_negative_number_of_steps_is_refused() -> None:
    message = (
        r"^gradient_descent: got steps=-1, expected a whole number of at least 0, such as steps="
    )
    with pytest.raises(InputError, match=message):
        gradient_descent(bowl, START, steps=-1)
