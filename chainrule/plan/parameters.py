"""Parameters: all weights of a network as one flat vector, all gradients as a second."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value

# Each parameter begins at a cache line, which is also the best alignment for vector registers.
ALIGNMENT_IN_BYTES = 64


class Parameters:
    """The flat vectors, and each parameter and gradient as a view into them.

    So an optimizer is a few lines on two vectors, a global norm one call and a checkpoint one
    tensor. Between parameters are a few unused elements, for alignment, which stay zero.
    States, such as running means, follow the weights: stored with them, but not seen by gradients
    and optimizers.

    K members, networks of one shape, are the K rows of a matrix. Every tensor then has a leading
    axis of members, and `member` returns one of them as the parameters of a single network. A row
    holds a whole member, states included, so it is saved and restored as one block of memory.

    Attributes:
        weights: flat, all parameters.
        gradient: flat, of the same layout; written by the plans that are compiled with it.
        everything: flat, the weights, then the states.
        values: each parameter and state by name, a view of `everything`.
        gradients: each parameter's gradient by name, a view of `gradient`.
        members: how many; None for one network without an axis of members.
        decays: factor of weight decay for a parameter, where it differs from the default, as in
            `Graph`.
    """

    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        dtype: torch.dtype = torch.float32,
        *,
        states: Mapping[str, tuple[int, ...]] | None = None,
        members: int | None = None,
        decays: Mapping[str, float] | None = None,
    ) -> None:
        self.decays = decays or {}
        self._shapes = {**shapes, **(states or {})}
        self._trained = list(shapes)
        self._starts, trained, end = _starts(shapes, states or {}, dtype)
        rows = () if members is None else (members,)
        self._bind(torch.zeros(*rows, end, dtype=dtype), torch.zeros(*rows, trained, dtype=dtype))

    def _bind(self, everything: Tensor, gradient: Tensor) -> None:
        """Make all tensors views of this memory, both (elements,) or (members, elements)."""
        self.everything, self.gradient = everything, gradient
        self.weights = everything[..., : gradient.shape[-1]]
        self.members = None if everything.dim() == 1 else len(everything)
        self.values = {name: self._view(everything, name) for name in self._shapes}
        self.gradients = {name: self._view(gradient, name) for name in self._trained}

    def _view(self, flat: Tensor, name: str) -> Tensor:
        start, shape = self._starts[name], self._shapes[name]
        return flat[..., start : start + math.prod(shape)].view((*flat.shape[:-1], *shape))

    @classmethod
    def zeros(
        cls, graph: Graph, dtype: torch.dtype = torch.float32, *, members: int | None = None
    ) -> Parameters:
        """Return parameters and states for a graph, all of them 0."""
        return cls(
            _closed(graph.parameters),
            dtype,
            states=_closed(graph.states),
            members=members,
            decays=graph.decays,
        )

    @classmethod
    def initialised(
        cls, graph: Graph, *, seed: int, dtype: torch.dtype = torch.float32
    ) -> Parameters:
        """Return parameters and states for a graph, drawn as by `initialise`."""
        parameters = cls.zeros(graph, dtype)
        parameters.initialise(graph, seed=seed)
        return parameters

    def initialise(self, graph: Graph, *, seed: int) -> None:
        """Draw each value by its initialiser, from the seed and its name; without members.

        float32 weights are the float64 ones rounded, so both precisions start from the same values.
        """
        for name, initialiser in graph.initialisers.items():
            value = self.values[name]
            draw = randomness.generator(seed, "initial weights", name)
            value.copy_(initialiser.draw(tuple(value.shape), draw))

    def member(self, number: int) -> Parameters:
        """Return one member, counted from 0: parameters of one network in the same memory."""
        one = copy.copy(self)
        one._bind(self.everything[number], self.gradient[number])
        return one

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Copy the values of all parameters and states.

        Raises:
            InputError: names or shapes differ from those here; nothing is changed then.
        """
        shapes = {name: tuple(value.shape) for name, value in values.items()}
        expected = {name: tuple(value.shape) for name, value in self.values.items()}
        if shapes != expected:
            different = sorted(shapes.items() ^ expected.items())
            raise InputError(
                f"These weights do not fit the network: it expects {expected}; different are "
                f"{', '.join(f'{name} {shape}' for name, shape in different)}."
            )
        for name, value in values.items():
            self.values[name].copy_(value)

    @property
    def count(self) -> int:
        """Number of weights of all members, without states and unused elements."""
        return sum(gradient.numel() for gradient in self.gradients.values())


def shapes_of(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter and state of a graph; they have no open axis."""
    return _closed(graph.parameters | graph.states)


def _closed(values: Mapping[str, Value]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(length for length in value.shape if isinstance(length, int))
        for name, value in values.items()
    }


def _starts(
    shapes: Mapping[str, tuple[int, ...]],
    states: Mapping[str, tuple[int, ...]],
    dtype: torch.dtype,
) -> tuple[dict[str, int], int, int]:
    """Return the offset of each tensor, the end of the parameters and the end of the states."""
    step = ALIGNMENT_IN_BYTES // dtype.itemsize
    starts, end, trained = {}, 0, 0
    for name, shape in {**shapes, **states}.items():
        starts[name] = end
        end += -(-math.prod(shape) // step) * step
        trained = end if name in shapes else trained
    return starts, trained, end
