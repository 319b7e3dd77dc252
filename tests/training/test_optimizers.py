"""Optimizers: each is its formula, and what torch.optim computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.errors import InputError
from chainrule.training.optimizers import (
    OPTIMIZERS,
    Adam,
    GradientDescent,
    Momentum,
    Optimizer,
    optimizer_named,
)

Numbers = NDArray[np.float64]
STEPS, COUNT = 200, 37
RATE = 0.01


def gradients() -> Tensor:
    """A gradient a step, of sizes from 1e-4 to 1e2, and some elements always zero."""
    draw = torch.Generator().manual_seed(0)
    sizes = torch.logspace(-4, 2, COUNT, dtype=torch.float64)
    sizes[::9] = 0
    return sizes * torch.randn(STEPS, COUNT, generator=draw, dtype=torch.float64)


def start() -> Tensor:
    return torch.randn(COUNT, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def path_of(optimizer: Optimizer, rate: Callable[[int], float] = lambda t: RATE) -> Tensor:
    """The weights after each step."""
    weights, gradient = start(), torch.zeros(COUNT, dtype=torch.float64)
    update = optimizer.bind(weights, gradient)
    path = []
    for t, dw in enumerate(gradients(), start=1):
        gradient.copy_(dw)
        update(rate(t))
        path.append(weights.clone())
    return torch.stack(path)


def path_of_torch(rule: Callable[[Iterable[Tensor]], torch.optim.Optimizer]) -> Tensor:
    weights = start().requires_grad_()
    theirs = rule([weights])
    path = []
    for dw in gradients():
        weights.grad = dw.clone()
        theirs.step()
        path.append(weights.detach().clone())
    return torch.stack(path)


def path_of_formula(step: Callable[[int, Numbers, Numbers], Numbers]) -> Tensor:
    weights, path = start().numpy(), []
    for t, dw in enumerate(gradients().numpy(), start=1):
        weights = step(t, weights, dw)
        path.append(weights)
    return torch.from_numpy(np.stack(path))


CASES: list[tuple[Optimizer, Callable[[Iterable[Tensor]], torch.optim.Optimizer]]] = [
    (GradientDescent(), lambda w: torch.optim.SGD(w, lr=RATE)),
    (Momentum(), lambda w: torch.optim.SGD(w, lr=RATE, momentum=0.9)),
    (Momentum(0.5), lambda w: torch.optim.SGD(w, lr=RATE, momentum=0.5)),
    (Adam(), lambda w: torch.optim.Adam(w, lr=RATE)),
    (Adam(beta1=0.8), lambda w: torch.optim.Adam(w, lr=RATE, betas=(0.8, 0.999))),
    (Adam(beta2=0.9), lambda w: torch.optim.Adam(w, lr=RATE, betas=(0.9, 0.9))),
    (Adam(epsilon=1e-2), lambda w: torch.optim.Adam(w, lr=RATE, eps=1e-2)),
    (Adam(0.5, 0.9, 0.1), lambda w: torch.optim.Adam(w, lr=RATE, betas=(0.5, 0.9), eps=0.1)),
]


def test_every_registered_optimizer_is_compared_with_torch() -> None:
    assert {type(ours) for ours, _ in CASES} == set(OPTIMIZERS.values())


@pytest.mark.parametrize(("ours", "theirs"), CASES, ids=[str(ours) for ours, _ in CASES])
def test_two_hundred_steps_are_those_of_torch(
    ours: Optimizer, theirs: Callable[[Iterable[Tensor]], torch.optim.Optimizer]
) -> None:
    torch.testing.assert_close(path_of(ours), path_of_torch(theirs), rtol=1e-12, atol=1e-12)


def test_gradient_descent_is_its_formula() -> None:
    expected = path_of_formula(lambda t, w, dw: w - RATE * dw)
    torch.testing.assert_close(path_of(GradientDescent()), expected, rtol=1e-12, atol=1e-12)


def test_momentum_is_its_formula() -> None:
    v = np.zeros(COUNT)

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        v[:] = 0.9 * v + dw
        return w - RATE * v

    torch.testing.assert_close(path_of(Momentum()), path_of_formula(step), rtol=1e-12, atol=1e-12)


def test_adam_is_its_formula() -> None:
    m, v = np.zeros(COUNT), np.zeros(COUNT)

    def step(t: int, w: Numbers, dw: Numbers) -> Numbers:
        m[:] = 0.9 * m + 0.1 * dw
        v[:] = 0.999 * v + 0.001 * dw**2
        mean, mean_square = m / (1 - 0.9**t), v / (1 - 0.999**t)
        return np.asarray(w - RATE * mean / (np.sqrt(mean_square) + 1e-8))

    torch.testing.assert_close(path_of(Adam()), path_of_formula(step), rtol=1e-12, atol=1e-12)


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate() -> None:
    moved = path_of(Adam())[0] - start()
    expected = -RATE * gradients()[0].sign()
    torch.testing.assert_close(moved, expected, rtol=1e-3, atol=0)


def test_a_change_of_the_learning_rate_acts_at_once_under_momentum() -> None:
    path = path_of(Momentum(), rate=lambda t: RATE if t < 10 else 0)
    assert path[-1].equal(path[8])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_without_a_gradient_stay(name: str) -> None:
    path = path_of(optimizer_named(name))
    assert path[-1][::9].equal(start()[::9])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_binding_has_a_state_of_its_own(name: str) -> None:
    optimizer = optimizer_named(name)
    assert path_of(optimizer).equal(path_of(optimizer))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_default_learning_rate_finds_the_bottom_of_a_bowl(name: str) -> None:
    weights = torch.tensor([0.5, -0.3])
    gradient = torch.zeros(2)
    optimizer = optimizer_named(name)
    update = optimizer.bind(weights, gradient)
    for _ in range(2000):
        gradient.copy_(2 * weights)
        update(optimizer.default_learning_rate)
    assert weights.abs().max() < 1e-3


@pytest.mark.parametrize(
    ("name", "expected"),
    [("adam", Adam()), ("gradient_descent", GradientDescent()), ("momentum", Momentum())],
)
def test_an_optimizer_is_found_by_its_name(name: str, expected: Any) -> None:
    assert optimizer_named(name) == expected


def test_an_unknown_optimizer_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        optimizer_named("adma")
    assert str(error.value) == (
        "optimizer 'adma' is not known. Did you mean 'adam'? "
        "Known are: adam, gradient_descent, momentum."
    )
