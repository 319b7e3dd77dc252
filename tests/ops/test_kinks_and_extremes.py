"""What holds where derivatives jump and where numbers overflow."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.graph.operation import Operation
from chainrule.ops import (
    AbsoluteError,
    BinaryCrossEntropy,
    BinaryCrossEntropyOnProbabilities,
    CrossEntropy,
    Elu,
    Gelu,
    HalfSumOfSquares,
    Huber,
    LeakyRelu,
    Maximum,
    Mish,
    Relu,
    Selu,
    Silu,
    Softmax,
    SoftmaxCrossEntropy,
    Softplus,
    SparseCrossEntropy,
    SparseSoftmaxCrossEntropy,
    SquaredError,
    UnitStep,
)
from chainrule.ops.parts.activation import ACTIVATIONS
from tests.ops.bound import assert_close, run

EXTREME = torch.tensor([[1e4, -1e4, 0.0], [-1e4, -1e4, 1e4]])
ONE_HOT = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])  # each time what is least probable
CLASSES = torch.tensor([1, 0])


def test_relu_has_derivative_zero_at_zero() -> None:
    results = run(Relu(), x=torch.tensor([[-1.0, -0.0, 0.0, 1.0]]))
    assert results["x"].tolist() == [[0, 0, 0, 1]]


def test_leaky_relu_has_its_slope_as_derivative_at_zero() -> None:
    results = run(LeakyRelu(0.25), x=torch.tensor([[-4.0, -0.0, 0.0, 4.0]]))
    assert results["y"].tolist() == [[-1, 0, 0, 4]]
    assert results["x"].tolist() == [[0.25, 0.25, 0.25, 1]]


def test_elu_has_alpha_as_derivative_at_zero() -> None:
    assert run(Elu(0.5), x=torch.zeros(1, 1))["x"].tolist() == [[0.5]]


def test_selu_has_the_product_of_its_numbers_as_derivative_at_zero() -> None:
    derivative = run(Selu(), x=torch.zeros(1, 1, dtype=torch.float64))["x"]
    assert derivative.item() == pytest.approx(1.0507009873554805 * 1.6732632423543772, rel=1e-15)


def test_the_step_is_down_at_zero() -> None:
    x = torch.tensor([[-1.0, -0.0, 0.0, 1e-30, 1.0]])
    assert run(UnitStep(), x=x)["y"].tolist() == [[0, 0, 0, 1, 1]]


def test_absolute_error_has_derivative_zero_at_zero() -> None:
    x, t = torch.tensor([[2.0, 5.0, 1.0, 2.0]]), torch.full((1, 4), 2.0)
    results = run(AbsoluteError(), x=x, t=t)
    assert results["y"].tolist() == [(0 + 3 + 1 + 0) / 4]
    assert results["x"].tolist() == [[0, 1 / 4, -1 / 4, 0]]


def test_of_equal_values_the_first_wins_the_maximum() -> None:
    equal = torch.tensor([[3.0, 0.0]])
    results = run(Maximum(), a=equal, b=equal)
    assert results["a"].tolist() == [[1, 1]]
    assert results["b"].tolist() == [[0, 0]]


def test_sparse_cross_entropy_of_extreme_logits_is_their_difference() -> None:
    results = run(SparseSoftmaxCrossEntropy(), x=EXTREME, t=CLASSES)
    assert results["y"].tolist() == [20_000, 20_000]
    assert results["x"].tolist() == [[1, -1, 0], [-1, 0, 1]]


def test_cross_entropy_of_extreme_logits_is_their_difference() -> None:
    results = run(SoftmaxCrossEntropy(), x=EXTREME, t=ONE_HOT)
    assert results["y"].tolist() == [20_000, 20_000]
    assert results["x"].tolist() == [[1, -1, 0], [-1, 0, 1]]


def test_binary_cross_entropy_of_extreme_logits_is_the_logit() -> None:
    x, t = torch.tensor([[1e4], [-1e4]]), torch.tensor([[0.0], [1.0]])
    results = run(BinaryCrossEntropy(), x=x, t=t)
    assert results["y"].tolist() == [10_000, 10_000]
    assert results["x"].tolist() == [[1], [-1]]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_extreme_values_are_finite(name: str) -> None:
    for result in run(ACTIVATIONS[name].operation, x=EXTREME).values():
        assert result.isfinite().all()


@pytest.mark.parametrize("operation", [Softplus(), Gelu(), Silu(), Mish()], ids=repr)
def test_smooth_rectifiers_are_relu_far_from_zero(operation: Operation) -> None:
    results = run(operation, x=torch.tensor([[-1e4, 1e4]]))
    assert results["y"].tolist() == [[0, 1e4]]
    assert results["x"].tolist() == [[0, 1]]


def test_softplus_is_exact_where_it_turns_into_a_line() -> None:
    x = torch.linspace(2, 50, 481, dtype=torch.float64).unsqueeze(0)
    results = run(Softplus(), x=x)
    expected = [z + math.log1p(math.exp(-z)) for z in x[0].tolist()]
    assert results["y"][0].tolist() == pytest.approx(expected, rel=1e-15)
    expected = [1 / (1 + math.exp(-z)) for z in x[0].tolist()]
    assert results["x"][0].tolist() == pytest.approx(expected, rel=1e-15)


def test_a_class_that_is_neither_true_nor_probable_gets_no_gradient() -> None:
    # 0 / 0 in the formula: softmax has rounded to 0 what is not the true class.
    x, t = torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[1.0, 0.0, 0.0]])
    expected = [pytest.approx(-2), 0, 0]
    assert run(CrossEntropy(), x=x, t=t)["x"].tolist() == [expected]
    assert run(SparseCrossEntropy(), x=x, t=torch.tensor([0]))["x"].tolist() == [expected]


def test_the_guard_bounds_the_loss_of_a_true_class_with_probability_zero() -> None:
    x, loss = torch.tensor([[0.0, 1.0]], dtype=torch.float64), -math.log(1e-7)
    t = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    results = run(CrossEntropy(), x=x, t=t)
    assert results["y"].item() == pytest.approx(loss, rel=1e-12)
    assert results["x"].tolist() == [[pytest.approx(-1e7), 0]]
    results = run(SparseCrossEntropy(), x=x, t=torch.tensor([0]))
    assert results["y"].item() == pytest.approx(loss, rel=1e-12)
    assert results["x"].tolist() == [[pytest.approx(-1e7), 0]]
    results = run(BinaryCrossEntropyOnProbabilities(), x=x, t=t)
    assert results["y"].item() == pytest.approx(loss, rel=1e-12)
    assert results["x"].tolist() == [[pytest.approx(-1e7 / 2), pytest.approx(1e7 / 2)]]


def test_the_guard_works_in_bfloat16_too() -> None:
    x, t = torch.tensor([[0.0, 1.0]]).bfloat16(), torch.tensor([[1.0, 0.0]]).bfloat16()
    for operation in (CrossEntropy(), BinaryCrossEntropyOnProbabilities()):
        y = run(operation, x=x, t=t)["y"]
        assert y.item() == pytest.approx(-math.log(1e-7), rel=0.01)


@given(seed=st.integers(0, 1000), constant=st.floats(-50, 50))
@settings(max_examples=20)
def test_softmax_ignores_a_constant_added_to_all_logits(seed: int, constant: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    actual, expected = run(Softmax(), x=logits + constant), run(Softmax(), x=logits)
    assert_close(actual["y"], expected["y"], 1e-12)
    assert_close(actual["x"], expected["x"], 1e-12)


def test_softmax_sums_to_one_over_the_classes() -> None:
    y = run(Softmax(), x=EXTREME)["y"]
    assert y.sum(-1).tolist() == [1, 1]


def test_squared_error_has_no_factor_of_one_half() -> None:
    results = run(SquaredError(), x=torch.tensor([[3.0, 0.0]]), t=torch.tensor([[0.0, 4.0]]))
    assert results["y"].tolist() == [(9 + 16) / 2]
    assert results["x"].tolist() == [[2 * 3 / 2, 2 * -4 / 2]]


def test_half_sum_of_squares_has_the_error_as_derivative() -> None:
    results = run(HalfSumOfSquares(), x=torch.tensor([[3.0, 0.0]]), t=torch.tensor([[0.0, 4.0]]))
    assert results["y"].tolist() == [(9 + 16) / 2]
    assert results["x"].tolist() == [[3, -4]]


def test_huber_is_squared_near_zero_and_linear_far_out() -> None:
    x = torch.tensor([[0.5], [-3.0], [1.0]])
    results = run(Huber(delta=1), x=x, t=torch.zeros(3, 1))
    assert results["y"].tolist() == [0.5**2 / 2, 1 * (3 - 1 / 2), 1 / 2]
    assert results["x"].tolist() == [[0.5], [-1], [1]]


def test_binary_cross_entropy_is_log_two_for_even_odds() -> None:
    results = run(BinaryCrossEntropy(), x=torch.zeros(1, 1), t=torch.ones(1, 1))
    assert results["y"].item() == pytest.approx(0.6931472)  # log 2
    assert results["x"].tolist() == [[-0.5]]
