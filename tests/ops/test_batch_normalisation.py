"""Batch normalisation: what a batch of numbers, and one of pictures, become and leave behind."""

from itertools import product
from typing import get_args

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.errors import InputError
from chainrule.graph.operation import Layout, Sample, operation_for_evaluation
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import BatchNormalisation, FrozenBatchNormalisation
from tests.allocations import allocations
from tests.ops.bound import (
    Bound,
    Case,
    assert_close,
    check_against_reference,
    check_gradients,
    inputs_of,
)
from tests.ops.shaped import case_of

ROWS = case_of("batch_normalisation", x=Sample((BATCH, "features")))
PICTURES = case_of("batch_normalisation", x=Sample((BATCH, 3, 2, "features")))
SIZES = {BATCH: 6, "features": 4}
every_layout = pytest.mark.parametrize("layout", get_args(Layout))
every_case = pytest.mark.parametrize("case", [ROWS, PICTURES], ids=["rows", "pictures"])


def normalised_by_torch(inputs: dict[str, Tensor], momentum: float = 0.1) -> Tensor:
    """y, with the running statistics moved in place."""
    return functional.batch_norm(
        inputs["x"].movedim(-1, 1),
        inputs["running_mean"],
        inputs["running_variance"],
        inputs["scale"],
        inputs["shift"],
        training=True,
        momentum=momentum,
    ).movedim(1, -1)


@every_case
def test_gradients_of_vectors_and_of_pictures_are_the_derivatives(case: Case) -> None:
    check_gradients(case, inputs_of(case, SIZES))


@every_case
def test_vectors_and_pictures_equal_the_reference(case: Case) -> None:
    check_against_reference(case, inputs_of(case, SIZES), 1e-10)


@every_case
@every_layout
def test_output_and_gradients_equal_those_of_torch(case: Case, layout: Layout) -> None:
    inputs = inputs_of(case, SIZES)
    bound = Bound(case, inputs, memory={"x": layout})
    leaves = {
        name: tensor.clone().requires_grad_(name in case.differentiable)
        for name, tensor in inputs.items()
    }
    y = normalised_by_torch(leaves)
    expected = torch.autograd.grad(y, [leaves[n] for n in case.differentiable], bound["dy"])
    results = bound.run()
    assert_close(results["y"], y.detach(), 1e-12)
    for name, gradient in zip(case.differentiable, expected, strict=True):
        assert_close(results[name], gradient, 1e-11, name)


@every_case
@pytest.mark.parametrize("momentum", [0.1, 0.7])
def test_running_statistics_move_as_those_of_torch(case: Case, momentum: float) -> None:
    inputs = inputs_of(case, SIZES)
    bound = Bound(Case(case.kind, {"momentum": momentum}), inputs)
    for _ in range(3):
        bound.run_forward()
        normalised_by_torch(inputs, momentum)
    for name in ("running_mean", "running_variance"):
        assert_close(bound[name], inputs[name], 1e-13, name)


@every_case
@every_layout
def test_nothing_is_allocated(case: Case, layout: Layout) -> None:
    inputs = inputs_of(case, {BATCH: 32, "features": 20}, dtype=torch.float32)
    for x, dy in product(get_args(Layout), repeat=2):
        bound = Bound(case, inputs, memory={"x": x, "dy": dy})
        assert allocations([*bound.forward, *bound.backward]) == []


def test_of_one_value_a_feature_only_the_shift_is_left() -> None:
    inputs = inputs_of(ROWS, SIZES | {BATCH: 1})
    bound = Bound(ROWS, inputs)
    results = bound.run()
    assert results["y"].equal(inputs["shift"].unsqueeze(0))
    assert results["x"].abs().max() < 1e-9  # of dy in thousands and a factor 1 / sqrt(epsilon)
    assert results["scale"].eq(0).all()
    assert results["shift"].equal(bound["dy"][0])


def test_one_value_a_feature_leaves_the_running_statistics_as_they_are() -> None:
    inputs = inputs_of(ROWS, SIZES | {BATCH: 1})
    bound = Bound(ROWS, inputs)
    bound.run_forward()
    for name in ("running_mean", "running_variance"):
        assert bound[name].equal(inputs[name])


def test_a_mean_far_above_the_deviation_costs_no_digits() -> None:
    inputs = inputs_of(ROWS, SIZES | {BATCH: 64}, dtype=torch.float32)
    small = Bound(ROWS, inputs).run_forward().double()
    moved = Bound(ROWS, inputs | {"x": inputs["x"] + 4096}).run_forward()
    assert_close(moved, small, 1e-4)


@every_layout
def test_frozen_it_equals_torch_in_evaluation(layout: Layout) -> None:
    case = case_of("frozen_batch_normalisation", x=Sample((BATCH, "features")))
    inputs = inputs_of(case, SIZES)
    expected = functional.batch_norm(
        inputs["x"],
        inputs["running_mean"],
        inputs["running_variance"],
        inputs["scale"],
        inputs["shift"],
    )
    bound = Bound(case, inputs, memory={"x": layout})
    assert_close(bound.run_forward(), expected, 1e-12)
    for name in ("running_mean", "running_variance"):
        assert bound[name].equal(inputs[name])


def test_in_evaluation_it_is_the_frozen_one_with_the_same_epsilon() -> None:
    assert operation_for_evaluation(BatchNormalisation(epsilon=0.5)) == FrozenBatchNormalisation(
        epsilon=0.5
    )


@pytest.mark.parametrize("x", [(BATCH,), (3, 4), (BATCH, 5)])
@pytest.mark.parametrize("operation", [BatchNormalisation(), FrozenBatchNormalisation()])
def test_shapes_that_do_not_fit_are_refused(
    operation: BatchNormalisation | FrozenBatchNormalisation, x: Shape
) -> None:
    message = r"^batch_normalisation got x .* with \(4\), \(4\), \(4\), \(4\); expected x \(batch, "
    with pytest.raises(InputError, match=message):
        operation.shape(x, *4 * [(4,)])
