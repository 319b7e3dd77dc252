"""Paths of weights under given gradients, here and in torch, for a network's worth of shapes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from chainrule.plan import Parameters
from chainrule.training.optimizers import BoundOptimizer
from tests.training.optimizers.counterparts import Counterpart, exact

STEPS = 200
RATE = 0.01
# Of all proportions, neighbouring matrices and a filter among them. Their lengths are no multiples
# of a cache line, so that elements lie between them which belong to none.
SHAPES = {
    "wide.weights": (3, 7),
    "tall.weights": (5, 3),
    "tall.bias": (5,),
    "filters.weights": (4, 3, 3, 2),
    "filters.bias": (4,),
    "square.weights": (5, 5),
    "scores.weights": (1, 5),
    "scores.bias": (1,),
}

Values = dict[str, Tensor]


def start(dtype: torch.dtype = torch.float64) -> Parameters:
    """Parameters of those shapes, drawn from a normal distribution."""
    parameters = Parameters(SHAPES, dtype)
    draw = torch.Generator().manual_seed(1)
    for value in parameters.values.values():
        value.copy_(torch.randn(value.shape, generator=draw, dtype=torch.float64))
    return parameters


def gradients() -> list[Values]:
    """A gradient a step, of sizes from 1e-3 to 10 by element, some elements always zero."""
    draw = torch.Generator().manual_seed(0)
    sizes = {}
    for name, shape in SHAPES.items():
        exponents = 4 * torch.rand(shape, generator=draw, dtype=torch.float64) - 3
        sizes[name] = 10**exponents
        sizes[name].view(-1)[::9] = 0
    return [
        {n: s * torch.randn(s.shape, generator=draw, dtype=torch.float64) for n, s in sizes.items()}
        for _ in range(STEPS)
    ]


def path_of(
    bind: Callable[[Parameters], BoundOptimizer],
    *,
    rate: Callable[[int], float] = lambda t: RATE,
    dtype: torch.dtype = torch.float64,
) -> Values:
    """The weights after each step, by name: (steps, shape of the parameter)."""
    parameters = start(dtype)
    update = bind(parameters)
    path = []
    for t, dw in enumerate(gradients(), start=1):
        for name, gradient in parameters.gradients.items():
            gradient.copy_(dw[name])
        update(rate(t))
        path.append({name: value.clone() for name, value in parameters.values.items()})
    return stacked(path)


def path_of_torch(
    rule: Counterpart,
    *,
    weight_decay: float = 0.0,
    clip: Callable[[list[Tensor]], object] = lambda weights: None,
    dtype: torch.dtype = torch.float64,
) -> Values:
    """The same in torch, where filters are matrices because torch's Muon knows only those."""
    with exact(dtype):
        weights = {n: flat(w).clone().requires_grad_() for n, w in start(dtype).values.items()}
        theirs = rule(
            [w for w in weights.values() if w.ndim > 1],
            [w for w in weights.values() if w.ndim == 1],
            RATE,
            weight_decay,
        )
        path = []
        for dw in gradients():
            for name, value in weights.items():
                value.grad = flat(dw[name]).to(dtype, copy=True)
            clip(list(weights.values()))
            for optimizer in theirs:
                optimizer.step()
            path.append({n: w.detach().reshape(SHAPES[n]).clone() for n, w in weights.items()})
    return stacked(path)


def flat(values: Tensor) -> Tensor:
    """A filter as a matrix, anything else as it is."""
    return values.flatten(start_dim=1) if values.ndim > 1 else values


def stacked(path: list[Values]) -> Values:
    """The values of all steps as one tensor each."""
    return {name: torch.stack([values[name] for values in path]) for name in path[0]}


def assert_same_path(ours: Values, theirs: Values) -> None:
    """Every weight is the same after every step: to ten digits, or in float32 to four."""
    assert ours.keys() == theirs.keys()
    for name, path in ours.items():
        if path.dtype == torch.float64:
            torch.testing.assert_close(path, theirs[name], rtol=1e-10, atol=1e-10, msg=name)
        else:
            distances = (path - theirs[name]).flatten(start_dim=1).norm(dim=1)
            assert (distances < 1e-4 * theirs[name].flatten(start_dim=1).norm(dim=1)).all(), name
