"""Averaging: the moving average of the weights, and its exchange with them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from chainrule.errors import InputError
from chainrule.plan import Parameters
from chainrule.training.update import Averaging
from tests.allocations import allocations

COUNT = 6


def parameters() -> Parameters:
    found = Parameters({"w": (COUNT,)}, torch.float64)
    found.values["w"].copy_(torch.arange(COUNT))
    return found


def weights_after(step: int) -> Tensor:
    draw = torch.Generator().manual_seed(step)
    return torch.randn(COUNT, generator=draw, dtype=torch.float64)


def averaged(decay: float, steps: int) -> Tensor:
    network = parameters()
    average = Averaging(decay).bind(network)
    for t in range(1, steps + 1):
        network.values["w"].copy_(weights_after(t))
        average.update()
    return average.values[:COUNT]


def test_the_average_begins_with_the_weights_as_they_are() -> None:
    assert averaged(0.9, steps=0).equal(parameters().values["w"])


def test_the_average_of_many_steps_is_that_of_torch() -> None:
    # A decay this small is kept from the first step on: torch has no shorter reach at first.
    decay = 0.18
    module = torch.nn.Linear(COUNT, 1, bias=False, dtype=torch.float64)
    theirs = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(decay))
    for values in (parameters().values["w"], *map(weights_after, range(1, 51))):
        with torch.no_grad():
            module.weight.copy_(values)
        theirs.update_parameters(module)  # the first one only copies
    expected = theirs.state_dict()["module.weight"][0]
    torch.testing.assert_close(averaged(decay, steps=50), expected, rtol=1e-12, atol=1e-12)


def test_the_reach_of_the_average_grows_with_its_updates() -> None:
    expected = parameters().values["w"]
    for t in range(1, 201):
        decay = min(0.9, (1 + t) / (10 + t))
        expected = decay * expected + (1 - decay) * weights_after(t)
    torch.testing.assert_close(averaged(0.9, steps=200), expected, rtol=1e-12, atol=1e-12)


def test_the_average_takes_the_place_of_the_weights_and_gives_it_back() -> None:
    network = parameters()
    average = Averaging(0.9).bind(network)
    network.values["w"].copy_(weights_after(1))
    average.update()
    mean = average.values.clone()
    with average.in_place_of_weights():
        assert network.weights.equal(mean)
    assert network.values["w"].equal(weights_after(1))
    assert average.values.equal(mean)


def test_the_weights_come_back_after_an_error() -> None:
    network = parameters()
    average = Averaging(0.9).bind(network)
    network.values["w"].copy_(weights_after(1))
    with pytest.raises(KeyboardInterrupt), average.in_place_of_weights():
        raise KeyboardInterrupt
    assert network.values["w"].equal(weights_after(1))


def test_averaging_allocates_nothing() -> None:
    average = Averaging(0.9).bind(parameters())
    assert allocations([average.update, average.swap]) == []


def test_a_decay_of_one_is_refused() -> None:
    with pytest.raises(InputError) as error:
        Averaging(1.0)
    assert str(error.value) == (
        "Averaging: got decay=1.0, expected a number from 0 to below 1, such as decay=0.999."
    )
