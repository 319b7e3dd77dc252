"""Mixed precision: training computes large matrix products in bfloat16.

Weights, gradients, optimizer states, running statistics, model files and evaluation stay in
float32. So mixed precision only changes the graph: it adds a cast before each product and one
behind it, to which the chain rule applies as to any other operation. The gradient of a weight that
was rounded before a product arrives at the float32 weight. bfloat16 has the range of float32, so
gradients do not underflow and need no loss scaling.
Source: Kalamkar et al. (2019), A study of bfloat16 for deep learning training, section 3.
"""

from collections.abc import Collection, Iterable

import torch

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import Operation, operation_kind
from chainrule.graph.shape import with_batch
from chainrule.ops import (
    Add,
    AveragePool,
    Cast,
    ConstantMultiple,
    Convolution,
    ConvolutionWithoutBias,
    Dropout,
    Linear,
    LinearWithoutBias,
    Maximum,
    MaxPool,
    Multiply,
    Reshape,
)
from chainrule.ops.cast import BufferPrecision
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.plan.parameters import shapes_of
from chainrule.training.settings.settings import Precision

# Below this work the casts take longer than a product in bfloat16 saves: with AMX a product of
# 32 x 784 x 50, 2.5 MFLOP, took 1.5 times as long as in float32, one of 128 x 512 x 512 (67 MFLOP)
# less than half.
LEAST_FLOPS = 10e6

# Recurrent operations are not among them: a state that sums over hundreds of steps loses, with 8
# bits, all terms smaller than a 256th of it.
PRODUCTS = (Linear, LinearWithoutBias, Convolution, ConvolutionWithoutBias)

# Operations whose outputs depend on few numbers. Between products they keep the precision of the
# products, as do activations. Sums over many numbers, such as normalisation, are done in float32.
BETWEEN_PRODUCTS = (
    Add,
    AveragePool,
    ConstantMultiple,
    Dropout,
    Maximum,
    MaxPool,
    Multiply,
    Reshape,
)


def with_precision(graph: Graph, precision: Precision, batch_size: int) -> Graph:
    """Return the graph that training computes.

    Args:
        graph: graph in float32.
        precision: "bfloat16" for all products of dense and convolutional layers, "auto" for the
            large ones if the processor has instructions for bfloat16, "float32" for none, which
            returns the same graph.
        batch_size: batch size of the training, which determines the work of a product.
    """
    if precision == "float32" or (precision == "auto" and not has_bfloat16()):
        return graph
    least = LEAST_FLOPS if precision == "auto" else 0
    products = [
        node
        for node in graph.nodes
        if isinstance(node.operation, PRODUCTS) and _flops(node, batch_size) >= least
    ]
    return in_bfloat16(graph, products) if products else graph


def notes_on(precision: Precision) -> tuple[str, ...]:
    """Return notes on the precision on this processor, if any."""
    if precision != "bfloat16" or has_bfloat16():
        return ()
    return (
        "precision: this processor has no instructions for bfloat16, so it is emulated, about ten "
        "times slower than float32. Use --precision float32, or auto, which takes bfloat16 where "
        "it is faster.",
    )


def has_bfloat16() -> bool:
    """Return whether the processor has instructions for products in bfloat16."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("amx_bf16", "avx512_bf16"))


def in_bfloat16(graph: Graph, products: Collection[Node]) -> Graph:
    """Return the graph with these products, and the operations between them, in bfloat16.

    After the last product, up to the loss, numbers are float32.
    """
    return _Rewriting(graph, products).graph


class _Rewriting:
    def __init__(self, graph: Graph, products: Collection[Node]) -> None:
        self.graph = Graph()
        self.products = products
        self.leads_to_product = _lead_to(products, graph.nodes)
        # For each value of the old graph: the precision in which it is computed, and the value of
        # the new graph in each precision in which it is read.
        self.precisions: dict[Value, BufferPrecision] = {}
        self.copies: dict[tuple[Value, BufferPrecision], Value] = {}
        self._copy_inputs(graph)
        for node in graph.nodes:
            self._add(node)
        for name, value in graph.outputs.items():
            self.graph.output(name, self._in("full", value))

    def _copy_inputs(self, graph: Graph) -> None:
        shapes, initialisers = shapes_of(graph), graph.initialisers
        for name, value in graph.inputs.items():
            self._made(value, "full", self.graph.input(name, value.shape, value.type))
        for name, value in graph.parameters.items():
            parameter = self.graph.parameter(
                name, shapes[name], initialisers.get(name), graph.decays.get(name)
            )
            self._made(value, "full", parameter)
        for name, value in graph.states.items():
            state = self.graph.state(name, shapes[name], initialisers.get(name))
            self._made(value, "full", state)

    def _made(self, value: Value, precision: BufferPrecision, copy: Value) -> None:
        self.precisions[value] = precision
        self.copies[value, precision] = copy

    def _add(self, node: Node) -> None:
        precision = self._precision_of(node)
        inputs = [
            self._in(precision if value.type == "number" else "full", value)
            for value in node.inputs
        ]
        copy = self.graph.apply(node.operation, *inputs, name=node.output.name)
        self._made(node.output, precision, copy)

    def _precision_of(self, node: Node) -> BufferPrecision:
        between = (
            node.output in self.leads_to_product
            and stays_between_products(node.operation)
            and self.precisions[node.inputs[0]] == "bfloat16"
        )
        return "bfloat16" if between or node in self.products else "full"

    def _in(self, precision: BufferPrecision, value: Value) -> Value:
        """Return the value in that precision, cast only once for all its readers."""
        if (value, precision) not in self.copies:
            made = self.copies[value, self.precisions[value]]
            name = f"{value.name} as {precision}"
            self.copies[value, precision] = self.graph.apply(Cast(precision), made, name=name)
        return self.copies[value, precision]


def stays_between_products(operation: Operation) -> bool:
    """Return whether an operation between products is computed in their precision."""
    return isinstance(operation, BETWEEN_PRODUCTS) or operation_kind(operation).name in ACTIVATIONS


def _lead_to(products: Collection[Node], nodes: Iterable[Node]) -> set[Value]:
    """Return the values that any of the products depends on."""
    lead: set[Value] = set()
    for node in reversed(list(nodes)):
        if node in products or node.output in lead:
            lead.update(node.inputs)
    return lead


def _flops(node: Node, batch_size: int) -> int:
    """Return the number of floating-point operations of a node."""
    kind = operation_kind(node.operation)
    values = zip((*kind.inputs, "y"), (*node.inputs, node.output), strict=True)
    shapes = {name: with_batch(value.shape, batch_size) for name, value in values}
    assert isinstance(node.operation, PRODUCTS)
    return node.operation.flops("y", **shapes)
