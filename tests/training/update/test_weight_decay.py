"""Weight decay: its two forms, on matrices and filters alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch

from chainrule.errors import InputError
from chainrule.plan import Parameters
from chainrule.training.optimizers.matrices import matrix_slices
from chainrule.training.update import L1, CoupledDecay, DecoupledDecay
from tests.allocations import allocations
from tests.training.optimizers.paths import RATE, start

MATRICES = [
    "wide.weights",
    "tall.weights",
    "filters.weights",
    "square.weights",
    "scores.weights",
]
VECTORS = ["tall.bias", "filters.bias", "scores.bias"]


def test_coupled_decay_adds_the_gradient_of_half_the_squared_norm() -> None:
    parameters, penalised = start(), start()
    for name in MATRICES:
        penalised.values[name].requires_grad_()
    penalty = sum(0.05 / 2 * penalised.values[name].square().sum() for name in MATRICES)
    assert isinstance(penalty, torch.Tensor)
    penalty.backward()
    parameters.gradient.fill_(1.0)
    CoupledDecay(0.05).bind(parameters)(1.0)
    for name in MATRICES:
        expected = penalised.values[name].grad
        torch.testing.assert_close(parameters.gradients[name] - 1, expected)


def test_decoupled_decay_shrinks_the_weights_by_the_rate_times_its_strength() -> None:
    parameters = start()
    DecoupledDecay(0.5).bind(parameters)(RATE)
    for name in MATRICES:
        expected = (1 - RATE * 0.5) * start().values[name]
        torch.testing.assert_close(parameters.values[name], expected)


def test_l1_adds_the_sign_of_each_weight_and_nothing_at_zero() -> None:
    parameters = start()
    parameters.values["wide.weights"][0, :3] = torch.tensor([-2.0, 0.0, 3.0])
    parameters.gradient.fill_(1.0)
    L1(0.25).bind(parameters)()
    assert parameters.gradients["wide.weights"][0, :3].tolist() == [0.75, 1.0, 1.25]
    for name in MATRICES:
        expected = 1 + 0.25 * parameters.values[name].sign()
        assert parameters.gradients[name].equal(expected)


def test_vectors_do_not_decay() -> None:
    parameters = start()
    CoupledDecay(0.5).bind(parameters)(1.0)
    L1(0.5).bind(parameters)()
    DecoupledDecay(0.5).bind(parameters)(RATE)
    for name in VECTORS:
        assert parameters.gradients[name].count_nonzero() == 0
        assert parameters.values[name].equal(start().values[name])


def test_a_graph_can_say_of_a_parameter_by_how_much_it_decays() -> None:
    # A vector that decays, a matrix that decays by half, and one that does not.
    shapes = {"vector": (3,), "half": (2, 3), "not": (2, 3), "usual": (3, 2)}
    parameters = Parameters(shapes, decays={"vector": 4.0, "half": 0.5, "not": 0.0})
    for value in parameters.values.values():
        value.fill_(1.0)
    DecoupledDecay(0.5).bind(parameters)(RATE)
    CoupledDecay(0.5).bind(parameters)(1.0)
    for name, factor in {"vector": 4.0, "half": 0.5, "not": 0.0, "usual": 1.0}.items():
        value, gradient = parameters.values[name], parameters.gradients[name]
        torch.testing.assert_close(value, torch.full_like(value, 1 - RATE * 0.5 * factor))
        torch.testing.assert_close(gradient, 0.5 * factor * value)


def test_a_share_of_the_decay_is_that_share_of_its_gradient() -> None:
    parameters = start()
    CoupledDecay(0.5).bind(parameters)(0.1)
    for name in MATRICES:
        expected = 0.05 * parameters.values[name]
        torch.testing.assert_close(parameters.gradients[name], expected)


def test_neighbouring_matrices_are_one_stretch() -> None:
    # wide and tall, then a bias; filters, then a bias; square and scores, then a bias.
    assert len(matrix_slices(start())) == 3


def test_stretches_hold_each_matrix_once_and_zeros_between_them() -> None:
    parameters = start()
    held = sum(weights.square().sum() for weights, _ in matrix_slices(parameters))
    expected = sum(parameters.values[name].square().sum() for name in MATRICES)
    torch.testing.assert_close(held, expected)


def test_a_network_of_vectors_has_nothing_to_decay() -> None:
    assert matrix_slices(Parameters({"a": (3,), "b": (2,)})) == []


def test_decay_allocates_nothing() -> None:
    parameters = start(torch.float32)
    calls: list[Callable[[], object]] = [
        partial(CoupledDecay(0.5).bind(parameters), 1.0),
        L1(0.5).bind(parameters),
        partial(DecoupledDecay(0.5).bind(parameters), RATE),
    ]
    assert allocations(calls) == []


@pytest.mark.parametrize("kind", [CoupledDecay, DecoupledDecay, L1])
def test_a_negative_strength_is_refused(
    kind: type[CoupledDecay] | type[DecoupledDecay] | type[L1],
) -> None:
    with pytest.raises(InputError) as error:
        kind(-0.1)
    name = "l1" if kind is L1 else "weight_decay"
    example = "0.01" if kind is DecoupledDecay else "0.0001"
    assert str(error.value) == (
        f"{kind.__name__}: got {name}=-0.1, expected a number of at least 0, "
        f"such as {name}={example}."
    )
