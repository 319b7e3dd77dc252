"""Parameters: all of a network's weights as one flat vector, all gradients as a second."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.errors import InputError
from chainrule.graph.graph import Graph

# Each parameter begins on a cache line of its own, which is also what vector registers like best.
ALIGNMENT_IN_BYTES = 64


class Parameters:
    """The flat vectors, and each parameter and gradient as a view into them.

    So an optimizer is a few lines on two vectors, a global norm one call and a checkpoint one
    tensor. Between parameters lie a few unused elements, for alignment, which stay zero.

    Attributes:
        weights: flat, all parameters.
        gradient: flat, of the same layout; written by the plans that are compiled with it.
        values: each parameter by name, a view of `weights`.
        gradients: each parameter's gradient by name, a view of `gradient`.
    """

    def __init__(
        self, shapes: Mapping[str, tuple[int, ...]], dtype: torch.dtype = torch.float32
    ) -> None:
        step = ALIGNMENT_IN_BYTES // dtype.itemsize
        starts, end = {}, 0
        for name, shape in shapes.items():
            starts[name] = end
            end += -(-math.prod(shape) // step) * step
        self.weights = torch.zeros(end, dtype=dtype)
        self.gradient = torch.zeros(end, dtype=dtype)
        self.values = {n: _view(self.weights, starts[n], shapes[n]) for n in shapes}
        self.gradients = {n: _view(self.gradient, starts[n], shapes[n]) for n in shapes}

    @classmethod
    def initialised(
        cls, graph: Graph, *, seed: int, dtype: torch.dtype = torch.float32
    ) -> Parameters:
        """The parameters of a graph, each drawn by its initialiser from the seed and its name.

        float32 weights are the float64 ones rounded, so both precisions start from one point.
        """
        shapes = {name: shape_of(graph, name) for name in graph.parameters}
        parameters = cls(shapes, dtype)
        for name, initialiser in graph.initialisers.items():
            drawn = initialiser.draw(
                shapes[name], randomness.generator(seed, "initial weights", name)
            )
            parameters.values[name].copy_(drawn)
        return parameters

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Take over the values of all parameters.

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
        """Number of weights, without what lies between them."""
        return sum(value.numel() for value in self.values.values())


def shape_of(graph: Graph, name: str) -> tuple[int, ...]:
    """The shape of a parameter, which has no open axis."""
    return tuple(length for length in graph.parameters[name].shape if isinstance(length, int))


def _view(flat: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
    return flat[start : start + math.prod(shape)].view(shape)
