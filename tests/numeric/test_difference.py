"""Central differences of plain functions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from chainrule.errors import InputError
from chainrule.numeric import numerical_diff, numerical_gradient
from chainrule.numeric.difference import Point

numbers = st.floats(-5, 5)


def test_the_derivative_of_a_parabola_at_5_is_two_tenths() -> None:
    assert numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5) == pytest.approx(0.2, abs=1e-10)


def test_the_derivative_of_a_parabola_at_10_is_three_tenths() -> None:
    assert numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 10) == pytest.approx(0.3, abs=1e-10)


def test_the_error_shrinks_with_the_square_of_the_width() -> None:
    # The derivative of e^x at 0 is 1, and the central difference is 1 + h^2 / 6 + ...
    errors = [numerical_diff(math.exp, 0, h) - 1 for h in (1e-1, 1e-2)]
    assert errors == pytest.approx([1e-2 / 6, 1e-4 / 6], rel=1e-3)


def test_the_gradient_of_a_sum_of_squares_is_twice_the_point() -> None:
    gradient = numerical_gradient(lambda x: x[0] ** 2 + x[1] ** 2, [3, 4])
    np.testing.assert_allclose(gradient, [6, 8], rtol=1e-9)


@given(
    matrix=arrays.arrays(np.float64, (3, 3), elements=numbers),
    vector=arrays.arrays(np.float64, 3, elements=numbers),
    x=arrays.arrays(np.float64, 3, elements=numbers),
)
@settings(max_examples=50)
def test_the_gradient_is_exact_for_quadratics(matrix: Point, vector: Point, x: Point) -> None:
    gradient = numerical_gradient(lambda p: float(p @ matrix @ p + vector @ p), x)
    # What is left is rounding: eps times values of up to 1e3, over a width of 1e-4.
    np.testing.assert_allclose(gradient, (matrix + matrix.T) @ x + vector, atol=1e-7)


@given(x=arrays.arrays(np.float64, arrays.array_shapes(min_dims=0, max_side=3), elements=numbers))
@settings(max_examples=50)
def test_the_gradient_has_the_shape_of_the_point(x: Point) -> None:
    gradient = numerical_gradient(lambda p: float((p**2).sum()), x)
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, 2 * x, atol=1e-7)


def test_the_point_is_left_as_it_is() -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    numerical_gradient(lambda p: float(p.sum() ** 2), x)
    np.testing.assert_array_equal(x, [[1, 2], [3, 4]])


def test_whole_numbers_are_no_obstacle_to_small_differences() -> None:
    gradient = numerical_gradient(lambda p: float((p**2).sum()), np.array([1, 2]))
    np.testing.assert_allclose(gradient, [2, 4], rtol=1e-9)


@pytest.mark.parametrize("h", [0, -1e-4, math.nan])
def test_a_width_that_is_not_positive_is_refused(h: float) -> None:
    message = f": got h={h}, expected a positive number, such as h=0.0001.$"
    with pytest.raises(InputError, match=message):
        numerical_diff(math.exp, 0, h)
    with pytest.raises(InputError, match=message):
        numerical_gradient(lambda x: float(x.sum()), [0.0], h)
