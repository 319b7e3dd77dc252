"""Graph: operations over values. Layers build it, plans compile it, model files keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch

from chainrule.errors import InputError
from chainrule.graph.operation import Operation, OperationKind, Type, operation_kind
from chainrule.graph.shape import Shape, show


class Initialiser(Protocol):
    """Draws the first values of a parameter."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
        """A float64 tensor of that shape; the same generator gives the same numbers."""
        ...


class FittedInitialiser(Protocol):
    """Moves the first values of a layer's parameters to where the samples are."""

    def fit(
        self, weights: torch.Tensor, bias: torch.Tensor, z: torch.Tensor, generator: torch.Generator
    ) -> None:
        """Change weights (outputs, inputs) and bias (outputs,), both as drawn, in place.

        Args:
            weights: of the layer.
            bias: likewise, all 0.
            z: (samples, outputs), the sums that the layer makes of the samples with these.
            generator: the same one gives the same numbers.
        """
        ...


@dataclass(frozen=True, eq=False)
class Value:
    """An edge of the graph: an input, a parameter, a state, or the result of an operation.

    Attributes:
        name: unique in its graph.
        shape: with the batch axis open; a parameter has none.
        type: "number" or "index".
    """

    graph: Graph
    name: str
    shape: Shape
    type: Type = "number"


@dataclass(frozen=True, eq=False)
class FittedStart:
    """A layer whose first weights and biases, named here, are fitted to the sums z of samples."""

    initialiser: FittedInitialiser
    weights: str
    bias: str
    z: Value


@dataclass(frozen=True, eq=False)
class Node:
    """An operation with the values that it reads and the one that it makes."""

    operation: Operation
    inputs: tuple[Value, ...]
    output: Value


class Graph:
    """A computation that grows by its nodes, each after those it reads: always in order.

    A value may be read by any number of operations, and a parameter likewise.

    Attributes:
        inputs: values that each batch brings, by name.
        parameters: values that training changes, by name, with `initialisers` beside them.
        states: values that operations change in training, such as running means, likewise.
        decays: by how much weight decay acts on a parameter, by name, where that is not as usual:
            fully on what has two axes or more, not at all on vectors.
        fits: the layers whose first values are fitted to samples, in order.
        nodes: in an order in which they can be computed.
        outputs: values that are asked for, by the name that they are asked by.
    """

    def __init__(self) -> None:
        self.inputs: dict[str, Value] = {}
        self.parameters: dict[str, Value] = {}
        self.states: dict[str, Value] = {}
        self.initialisers: dict[str, Initialiser] = {}
        self.decays: dict[str, float] = {}
        self.fits: list[FittedStart] = []
        self.nodes: list[Node] = []
        self.outputs: dict[str, Value] = {}
        self._names: set[str] = set()

    def input(self, name: str, shape: Shape, type: Type = "number") -> Value:
        """A value that each batch brings."""
        value = self.inputs[name] = self._value(name, shape, type)
        return value

    def parameter(
        self,
        name: str,
        shape: tuple[int, ...],
        initialiser: Initialiser | None = None,
        decay: float | None = None,
    ) -> Value:
        """A value that training changes; without initialiser its values come from elsewhere.

        Args:
            name: unique in the graph.
            shape: of the value.
            initialiser: draws its first values.
            decay: by how much weight decay acts on it, where that is not as usual.
        """
        value = self.parameters[name] = self._value(name, shape)
        if initialiser is not None:
            self.initialisers[name] = initialiser
        if decay is not None:
            self.decays[name] = decay
        return value

    def fit_to_samples(
        self, initialiser: FittedInitialiser, weights: str, bias: str, z: Value
    ) -> None:
        """Have the first values of two parameters fitted to the sums z that they make of samples.

        Where there are no samples, as in a check of gradients, they stay as they were drawn.
        """
        self.fits.append(FittedStart(initialiser, weights, bias, z))

    def state(
        self, name: str, shape: tuple[int, ...], initialiser: Initialiser | None = None
    ) -> Value:
        """A value that operations change while they train, and no gradient reaches."""
        value = self.states[name] = self._value(name, shape)
        if initialiser is not None:
            self.initialisers[name] = initialiser
        return value

    def key(self) -> Value:
        """The whole number that each step brings, from which operations draw at random."""
        return self.inputs.get("key") or self.input("key", (), "index")

    def apply(self, operation: Operation, *inputs: Value, name: str | None = None) -> Value:
        """Add a node.

        Args:
            operation: what it computes.
            inputs: of this graph, as many as the operation's shape rule names.
            name: of its output; the operation's name and a number where none is given.
        Raises:
            InputError: shapes or types do not fit, an input belongs to another graph, too few or
                too many are given, or one that the operation changes is no state.
        """
        kind = operation_kind(operation)
        if len(inputs) != len(kind.inputs):
            expected = f"{len(kind.inputs)} ({', '.join(kind.inputs)})"
            raise InputError(f"{kind.name} got {len(inputs)} values, expected {expected}.")
        for value, argument in zip(inputs, kind.inputs, strict=True):
            self._check_input(kind, argument, value)
        shape = operation.shape(*(value.shape for value in inputs))
        output = self._value(name or self._free_name(kind.name), shape)
        self.nodes.append(Node(operation, inputs, output))
        return output

    def output(self, name: str, value: Value) -> None:
        """Ask for a value under a name, such as "loss" or "prediction"."""
        self.outputs[name] = value

    def needed_for(self, wanted: Mapping[str, Value]) -> list[Node]:
        """The nodes that the wanted values depend on, in order; the others need no computing."""
        needed = set(wanted.values())
        nodes = []
        for node in reversed(self.nodes):
            if node.output in needed:
                needed.update(node.inputs)
                nodes.append(node)
        return nodes[::-1]

    def _check_input(self, kind: OperationKind, argument: str, value: Value) -> None:
        if value.graph is not self:
            raise InputError(
                f"{kind.name} got '{value.name}' of another graph; "
                "build both its inputs in one graph."
            )
        expected = kind.samples[argument].type
        if value.type != expected:
            raise InputError(
                f"{kind.name} got '{value.name}' of type {value.type} for {argument}; expected "
                f"{expected}. Declare the input with that type."
            )

        if argument in kind.updates and value.name not in self.states:
            raise InputError(
                f"{kind.name} changes {argument}, but '{value.name}' is no state; "
                "expected a value that graph.state(...) gave."
            )

    def _value(self, name: str, shape: Shape, type: Type = "number") -> Value:
        if name in self._names:
            raise InputError(f"The graph has a value named '{name}' already; give another name.")
        self._names.add(name)
        return Value(self, name, shape, type)

    def _free_name(self, base: str) -> str:
        number = 1
        while f"{base}_{number}" in self._names:
            number += 1
        return f"{base}_{number}"

    def __str__(self) -> str:
        """A line a value: what it is, from what, and its shape."""
        lines = [f"input      {v.name} {show(v.shape)}" for v in self.inputs.values()]
        lines += [f"parameter  {v.name} {show(v.shape)}" for v in self.parameters.values()]
        lines += [f"state      {v.name} {show(v.shape)}" for v in self.states.values()]
        lines += [
            f"           {node.output.name} {show(node.output.shape)} = "
            f"{operation_kind(node.operation).name}({', '.join(v.name for v in node.inputs)})"
            for node in self.nodes
        ]
        lines += [f"output     {name} = {value.name}" for name, value in self.outputs.items()]
        return "\n".join(lines)
