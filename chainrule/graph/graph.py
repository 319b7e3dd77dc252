"""Graph: operations over values. Layers build it, plans compile it, model files store it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch

from chainrule.errors import InputError
from chainrule.graph.operation import Operation, OperationKind, Type, operation_kind
from chainrule.graph.shape import Shape, show


class Initialiser(Protocol):
    """Draws the initial values of a parameter."""

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
        """Return a float64 tensor of that shape; the same generator gives the same numbers."""
        ...


class FittedInitialiser(Protocol):
    """Fits the initial values of a layer's parameters to the samples."""

    def fit(
        self, weights: torch.Tensor, bias: torch.Tensor, z: torch.Tensor, generator: torch.Generator
    ) -> None:
        """Change weights and bias, both as drawn, in place.

        Args:
            weights: of the layer, (outputs, inputs).
            bias: of the layer, (outputs,), all 0.
            z: (samples, outputs), the weighted sums of the samples with these values.
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
class InitialFit:
    """A layer whose initial weights and bias, named here, are fitted to the sums z of samples."""

    initialiser: FittedInitialiser
    weights: str
    bias: str
    z: Value


@dataclass(frozen=True, eq=False)
class Node:
    """An operation, the values that it reads and the value that it computes."""

    operation: Operation
    inputs: tuple[Value, ...]
    output: Value


class Graph:
    """A computation, built node by node: each node is added after those that it reads.

    Any number of operations may read a value, parameters included.

    Attributes:
        inputs: values that each batch provides, by name.
        parameters: values that training changes, by name.
        states: values that operations change in training, such as running means, by name.
        initialisers: of parameters and states, by name; not every one has one.
        decays: factor of weight decay for a parameter, by name, where it differs from the
            default: 1 for parameters with two axes or more, 0 for vectors.
        fits: the layers whose initial values are fitted to samples, in order.
        nodes: in topological order.
        outputs: values that plans can compute, by the name of the output.
    """

    def __init__(self) -> None:
        self.inputs: dict[str, Value] = {}
        self.parameters: dict[str, Value] = {}
        self.states: dict[str, Value] = {}
        self.initialisers: dict[str, Initialiser] = {}
        self.decays: dict[str, float] = {}
        self.fits: list[InitialFit] = []
        self.nodes: list[Node] = []
        self.outputs: dict[str, Value] = {}
        self._names: set[str] = set()

    def input(self, name: str, shape: Shape, type: Type = "number") -> Value:
        """Add a value that each batch provides."""
        value = self.inputs[name] = self._value(name, shape, type)
        return value

    def parameter(
        self,
        name: str,
        shape: tuple[int, ...],
        initialiser: Initialiser | None = None,
        decay: float | None = None,
    ) -> Value:
        """Add a value that training changes.

        Args:
            name: unique in the graph.
            shape: of the value.
            initialiser: draws its initial values; None where they come from elsewhere.
            decay: factor of weight decay for it; None for the default, as in `decays`.
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
        """Fit the initial values of two parameters to their weighted sums z of the samples.

        Where there are no samples, as in a gradient check, they stay as drawn.
        """
        self.fits.append(InitialFit(initialiser, weights, bias, z))

    def state(
        self, name: str, shape: tuple[int, ...], initialiser: Initialiser | None = None
    ) -> Value:
        """Add a value that operations change in training and no gradient reaches."""
        value = self.states[name] = self._value(name, shape)
        if initialiser is not None:
            self.initialisers[name] = initialiser
        return value

    def key(self) -> Value:
        """Return the key, a whole number that is new in each step; operations draw from it."""
        return self.inputs.get("key") or self.input("key", (), "index")

    def apply(self, operation: Operation, *inputs: Value, name: str | None = None) -> Value:
        """Add a node.

        Args:
            operation: what it computes.
            inputs: of this graph, as many as the operation's shape rule names.
            name: of its output; None for the operation's name and a number.
        Raises:
            InputError: shapes or types do not fit, an input belongs to another graph, there are
                too few or too many, or one that the operation changes is not a state.
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
        """Make a value an output under a name, such as "loss" or "prediction"."""
        self.outputs[name] = value

    def needed_for(self, outputs: Mapping[str, Value]) -> list[Node]:
        """Return the nodes that these values depend on, in order."""
        needed = set(outputs.values())
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
        """Return one line for each value: its kind, its name, its shape and its inputs."""
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
