"""What holds where derivatives jump and where numbers overflow."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from chainrule.graph.operation import Operation
from chainrule.ops import (
    BinaryCrossEntropy,
    CrossEntropy,
    Maximum,
    Relu,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    SparseCrossEntropy,
    SparseSoftmaxCrossEntropy,
    SquaredError,
    Tanh,
)
from tests.ops.bound import Bound, Case, assert_close, cases_of_every_op

EXTREME = torch.tensor([[1e4, -1e4, 0.0], [-1e4, -1e4, 1e4]])
ONE_HOT = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])  # each time what is least probable
CLASSES = torch.tensor([1, 0])


def run(operation: Operation, **inputs: Tensor) -> dict[str, Tensor]:
    """y and the gradients for dy = 1."""
    case = next(c for c in cases_of_every_op() if c.operation == operation)
    bound = Bound(Case(case.kind, case.settings), inputs)
    bound["dy"].fill_(1)
    return bound.run()


def test_relu_has_derivative_zero_at_zero() -> None:
    results = run(Relu(), x=torch.tensor([[-1.0, -0.0, 0.0, 1.0]]))
    assert results["x"].tolist() == [[0, 0, 0, 1]]


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


@pytest.mark.parametrize("operation", [Relu(), Sigmoid(), Tanh(), Softmax()], ids=repr)
def test_activations_of_extreme_values_are_finite(operation: Operation) -> None:
    for result in run(operation, x=EXTREME).values():
        assert result.isfinite().all()


def test_a_class_that_is_neither_true_nor_probable_gets_no_gradient() -> None:
    # 0 / 0 in the formula: softmax has rounded to 0 what is not the true class.
    x, t = torch.tensor([[0.5, 0.5, 0.0]]), torch.tensor([[1.0, 0.0, 0.0]])
    assert run(CrossEntropy(), x=x, t=t)["x"].tolist() == [[-2, 0, 0]]
    assert run(SparseCrossEntropy(), x=x, t=torch.tensor([0]))["x"].tolist() == [[-2, 0, 0]]


@given(seed=st.integers(0, 1000), constant=st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_softmax_ignores_a_constant_added_to_all_logits(seed: int, constant: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    given, expected = run(Softmax(), x=logits + constant), run(Softmax(), x=logits)
    assert_close(given["y"], expected["y"], 1e-12)
    assert_close(given["x"], expected["x"], 1e-12)


def test_softmax_sums_to_one_over_the_classes() -> None:
    y = run(Softmax(), x=EXTREME)["y"]
    assert y.sum(-1).tolist() == [1, 1]


def test_squared_error_has_no_factor_of_one_half() -> None:
    results = run(SquaredError(), x=torch.tensor([[3.0, 0.0]]), t=torch.tensor([[0.0, 4.0]]))
    assert results["y"].tolist() == [(9 + 16) / 2]
    assert results["x"].tolist() == [[2 * 3 / 2, 2 * -4 / 2]]


def test_binary_cross_entropy_is_log_two_for_even_odds() -> None:
    results = run(BinaryCrossEntropy(), x=torch.zeros(1, 1), t=torch.ones(1, 1))
    assert results["y"].item() == pytest.approx(0.6931472)  # log 2
    assert results["x"].tolist() == [[-0.5]]
