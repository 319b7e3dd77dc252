"""The gradient check of a network and a batch."""

from functools import partial

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls
from chainrule.layers import Dense, Network
from chainrule.ops import Relu
from chainrule.training.gradient_check import check_gradients

LARGEST_ERROR = 1e-6
CLASSES = torch.arange(8) % 3


def features(*shape: int) -> Tensor:
    draw = torch.Generator().manual_seed(0)
    return torch.randn(8, *shape, generator=draw, dtype=torch.float64)


def numbers() -> Tensor:
    return features(1).flip(0)


@pytest.mark.parametrize("coordinates", [5, None])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_backpropagation_of_classes_is_right(activation: str, coordinates: int | None) -> None:
    network = Network(Dense(7, activation), Dense(6, activation), Dense(3))
    errors = check_gradients(network, (features(5), CLASSES), coordinates=coordinates)
    assert list(errors) == [f"dense_{n}.{part}" for n in (1, 2, 3) for part in ("weights", "bias")]
    assert max(errors.values()) < LARGEST_ERROR


@pytest.mark.parametrize("coordinates", [5, None])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_backpropagation_of_numbers_is_right(activation: str, coordinates: int | None) -> None:
    network = Network(Dense(7, activation), Dense(1))
    errors = check_gradients(network, (features(5), numbers()), coordinates=coordinates)
    assert max(errors.values()) < LARGEST_ERROR


def test_pictures_are_checked_as_well() -> None:
    errors = check_gradients(Network(Dense(4, "tanh"), Dense(3)), (features(3, 3), CLASSES))
    assert max(errors.values()) < LARGEST_ERROR


def test_a_chain_rule_wrong_by_a_thousandth_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Relu.backward

    def wrong(self: Relu, y: Tensor, dy: Tensor, dx: Tensor) -> Calls:
        return [*right(self, y, dy, dx), partial(dx.mul_, 1.001)]

    monkeypatch.setattr(Relu, "backward", wrong)
    errors = check_gradients(Network(Dense(7, "relu"), Dense(1)), (features(5), numbers()))
    assert errors["dense_1.weights"] == pytest.approx(1e-3, rel=1e-2)
    assert errors["dense_2.weights"] < LARGEST_ERROR


def test_a_network_that_does_not_fit_the_targets_is_refused() -> None:
    with pytest.raises(InputError, match=r"gives 2 scores per sample, but the target has 3 c"):
        check_gradients(Network(Dense(2)), (features(5), CLASSES))
