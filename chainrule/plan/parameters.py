"""Parameters: all of a network's weights as one flat vector, all gradients as a second."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value

# Each parameter begins on a cache line of its own, which is also what vector registers like best.
ALIGNMENT_IN_BYTES = 64


class Parameters:
    """The flat vectors, and each parameter and gradient as a view into them.

    So an optimizer is a few lines on two vectors, a global norm one call and a checkpoint one
    tensor. Between parameters lie a few unused elements, for alignment, which stay zero.
    States, such as running means, lie behind the weights: kept and stored with them, but out of
    reach of gradients and optimizers.

    Attributes:
        weights: flat, all parameters.
        gradient: flat, of the same layout; written by the plans that are compiled with it.
        everything: flat, the weights and the states behind them.
        values: each parameter and state by name, a view of `everything`.
        gradients: each parameter's gradient by name, a view of `gradient`.
    """

    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        dtype: torch.dtype = torch.float32,
        *,
        states: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        step = ALIGNMENT_IN_BYTES // dtype.itemsize
        starts, end = {}, 0
        trained = 0
        all_shapes = {**shapes, **(states or {})}
        for name, shape in all_shapes.items():
            starts[name] = end
            end += -(-math.prod(shape) // step) * step
            trained = end if name in shapes else trained
        self.everything = torch.zeros(end, dtype=dtype)
        self.weights = self.everything[:trained]
        self.gradient = torch.zeros(trained, dtype=dtype)
        self.values = {n: _view(self.everything, starts[n], all_shapes[n]) for n in all_shapes}
        self.gradients = {n: _view(self.gradient, starts[n], shapes[n]) for n in shapes}

    @classmethod
    def zeros(cls, graph: Graph, dtype: torch.dtype = torch.float32) -> Parameters:
        """Parameters and states for a graph, all of them 0."""
        return cls(_closed(graph.parameters), dtype, states=_closed(graph.states))

    @classmethod
    def initialised(
        cls, graph: Graph, *, seed: int, dtype: torch.dtype = torch.float32
    ) -> Parameters:
        """What a graph needs, each value drawn by its initialiser from the seed and its name.

        float32 weights are the float64 ones rounded, so both precisions start from one point.
        """
        parameters = cls.zeros(graph, dtype)
        for name, initialiser in graph.initialisers.items():
            value = parameters.values[name]
            draw = randomness.generator(seed, "initial weights", name)
            value.copy_(initialiser.draw(tuple(value.shape), draw))
        return parameters

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Take over the values of all parameters and states.

        Raises:
            InputError: names or shapes differ from those here; nothing is changed then.
        """
        given = {name: tuple(value.shape) for name, value in values.items()}
        expected = {name: tuple(value.shape) for name, value in self.values.items()}
        if given != expected:
            strange = sorted(given.items() ^ expected.items())
            raise InputError(
                f"These weights do not fit the network: it expects {expected}; different are "
                f"{', '.join(f'{name} {shape}' for name, shape in strange)}."
            )
        for name, value in values.items():
            self.values[name].copy_(value)

    @property
    def count(self) -> int:
        """Number of weights, without states and what lies between."""
        return sum(gradient.numel() for gradient in self.gradients.values())


def shapes_of(graph: Graph) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter and state of a graph; they have no open axis."""
    return _closed(graph.parameters | graph.states)


def _closed(values: Mapping[str, Value]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(length for length in value.shape if isinstance(length, int))
        for name, value in values.items()
    }


def _view(flat: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
    return flat[start : start + math.prod(shape)].view(shape)
