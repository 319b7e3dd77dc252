"""The gradient check of a network and a batch."""

import inspect
import math
from functools import partial

import pytest
import torch
from torch import Tensor

from benchmarks.gradient_check import COORDINATES, check_case, planted_error
from chainrule.errors import InputError
from chainrule.graph.operation import Calls
from chainrule.layers import BatchNorm, Dense, Network
from chainrule.numeric import gradient_errors
from chainrule.ops import BatchNormalisation, Relu
from chainrule.plan import Parameters
from chainrule.training.gradient_check import (
    check_gradients,
    gradient_errors_of,
    graph_to_check,
)

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


@pytest.mark.parametrize("depth", [3, 10])
def test_one_weight_wrong_by_a_thousandth_is_found_however_small_its_gradient(depth: int) -> None:
    network = Network(*(Dense(5, "sigmoid") for _ in range(depth)), Dense(3))
    batch = (features(5), CLASSES)
    for name, right in gradient_errors_of(network, batch, coordinates=COORDINATES).items():
        assert not right.is_wrong
        index = next(i for i in right.compared if i not in right.unmeasured)
        with planted_error(name, index):
            assert gradient_errors_of(network, batch, coordinates=COORDINATES)[name].is_wrong


def test_ten_sigmoid_layers_are_not_called_wrong() -> None:
    network = Network(*(Dense(6, "sigmoid") for _ in range(10)), Dense(3))
    errors = gradient_errors_of(network, (features(5), CLASSES))
    assert not any(error.is_wrong for error in errors.values())
    assert all(error.measured for error in errors.values())


def test_a_gradient_of_zero_is_not_called_right() -> None:
    network = Network(Dense(4), BatchNorm(), Dense(3))
    errors = check_gradients(network, (features(5), CLASSES))
    assert math.isnan(errors.pop("dense_1.bias"))
    assert max(errors.values()) < LARGEST_ERROR


def test_a_gradient_that_should_be_zero_is_found_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    right = BatchNormalisation.backward

    def wrong(self: BatchNormalisation, dx: Tensor, **buffers: Tensor) -> Calls:
        return [*right(self, dx=dx, **buffers), partial(dx.add_, 1e-6)]

    wrong.__signature__ = inspect.signature(right)  # type: ignore[attr-defined]  # names are read
    monkeypatch.setattr(BatchNormalisation, "backward", wrong)
    errors = check_gradients(Network(Dense(4), BatchNorm(), Dense(3)), (features(5), CLASSES))
    assert errors["dense_1.bias"] > 0.1


def test_units_at_the_kink_of_relu_are_not_called_wrong() -> None:
    x = features(5)
    x[0] = 0
    graph = graph_to_check(Network(Dense(4, "relu"), Dense(3)), (x, CLASSES))
    values = Parameters.initialised(graph, seed=0, dtype=torch.float64).values
    errors = gradient_errors(graph, values, {"x": x, "t": CLASSES})
    assert not any(error.is_wrong for error in errors.values())
    assert errors["dense_1.bias"].measured == 0  # the biases are zero, where relu has its kink


def test_a_gradient_that_is_not_finite_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: Relu, y: Tensor, dy: Tensor, dx: Tensor) -> Calls:
        return [partial(dx.fill_, math.nan)]

    monkeypatch.setattr(Relu, "backward", wrong)
    errors = check_gradients(Network(Dense(7, "relu"), Dense(1)), (features(5), numbers()))
    assert errors["dense_1.weights"] == math.inf


def test_random_networks_raise_no_false_alarm_and_planted_errors_are_found() -> None:
    # python -m benchmarks.gradient_check takes a thousand.
    outcomes = [check_case(seed) for seed in range(40)]
    assert [outcome for outcome in outcomes if outcome.false_alarms] == []
    verdicts = [outcome.verdict for outcome in outcomes]
    assert "missed" not in verdicts
    assert verdicts.count("found") > 0.75 * len(verdicts)


def test_a_network_that_does_not_fit_the_targets_is_refused() -> None:
    with pytest.raises(InputError, match=r"gives 2 scores per sample, but the target has 3 c"):
        check_gradients(Network(Dense(2)), (features(5), CLASSES))
