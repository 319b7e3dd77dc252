"""Fusion: two consecutive operations become one that computes the same with less memory.

A rule takes two operations, the second of which reads the output of the first, and returns one that
computes both, or None. It applies only where nothing else reads the value between them. The fused
node has the inputs of the first node, then the other inputs of the second.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from chainrule.graph.graph import Node, Value
from chainrule.graph.operation import Operation, operation_kind, settings_of
from chainrule.ops import (
    BinaryCrossEntropy,
    BinaryCrossEntropyOnProbabilities,
    CrossEntropy,
    Linear,
    LinearActivation,
    MaxPool,
    MaxPoolRelu,
    Relu,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    SparseCrossEntropy,
    SparseSoftmaxCrossEntropy,
)
from chainrule.ops.linear_activation import needs_only_output

Rule = Callable[[Operation, Operation], Operation | None]


def cross_entropy_on_scores(first: Operation, second: Operation) -> Operation | None:
    """Fuse softmax or sigmoid with cross entropy: exact where a probability would round to 0 or 1.

    The result needs no guard of the logarithm and differs by the effect of the guard on the loss.
    """
    if isinstance(first, Softmax) and isinstance(second, SparseCrossEntropy):
        return SparseSoftmaxCrossEntropy()
    if isinstance(first, Softmax) and isinstance(second, CrossEntropy):
        return SoftmaxCrossEntropy()
    if isinstance(first, Sigmoid) and isinstance(second, BinaryCrossEntropyOnProbabilities):
        return BinaryCrossEntropy()
    return None


def linear_with_activation(first: Operation, second: Operation) -> Operation | None:
    """Fuse to f(W x + b), computed in place, for every f whose chain rule needs only its output."""
    if isinstance(first, Linear) and needs_only_output(second):
        return LinearActivation(operation_kind(second).name, settings_of(second))
    return None


def max_pool_before_relu(first: Operation, second: Operation) -> Operation | None:
    """Fuse relu and max pooling: pool first, so relu has a quarter of the work for 2 x 2 windows.

    Only relu: a strictly increasing function may round two numbers to one, so another would win.
    """
    if isinstance(first, Relu) and isinstance(second, MaxPool):
        return MaxPoolRelu(second.kernel, second.stride, second.padding)
    return None


# In this order: a sigmoid between linear and its cross entropy belongs to the cross entropy.
RULES: tuple[Rule, ...] = (cross_entropy_on_scores, linear_with_activation, max_pool_before_relu)


def fuse(nodes: Sequence[Node], outputs: Collection[Value]) -> list[Node]:
    """Replace every pair of nodes to which a rule applies; outputs are never fused away."""
    fused = list(nodes)
    for rule in RULES:
        fused = _apply(rule, fused, outputs)
    return fused


def _apply(rule: Rule, nodes: Sequence[Node], outputs: Collection[Value]) -> list[Node]:
    readers = Counter(value for node in nodes for value in node.inputs)
    producers: dict[Value, Node] = {}
    for node in nodes:
        between = node.inputs[0]
        first = producers.get(between)
        fused = None
        if first and readers[between] == 1 and between not in outputs:
            fused = rule(first.operation, node.operation)
        if first and fused:
            del producers[between]
            node = Node(fused, (*first.inputs, *node.inputs[1:]), node.output)
        producers[node.output] = node
    return list(producers.values())
