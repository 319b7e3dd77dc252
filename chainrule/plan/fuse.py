"""Fusion: two operations in a row become one that computes the same with less memory.

A rule looks at two nodes, the second reading what the first makes, and gives the operation that
is both, or None. It applies only where nobody else reads the value between them, for then that
value need not exist. The fused node reads what the first read, then what else the second read.
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
from chainrule.ops.linear_activation import follows_from_its_output

Rule = Callable[[Operation, Operation], Operation | None]


def cross_entropy_on_scores(first: Operation, second: Operation) -> Operation | None:
    """Cross entropy on the scores: exact where a probability would round to 0 or 1.

    It needs no guard of the logarithm, and differs by as much as the guard moves the loss.
    """
    if isinstance(first, Softmax) and isinstance(second, SparseCrossEntropy):
        return SparseSoftmaxCrossEntropy()
    if isinstance(first, Softmax) and isinstance(second, CrossEntropy):
        return SoftmaxCrossEntropy()
    if isinstance(first, Sigmoid) and isinstance(second, BinaryCrossEntropyOnProbabilities):
        return BinaryCrossEntropy()
    return None


def linear_with_activation(first: Operation, second: Operation) -> Operation | None:
    """f(W x + b) over the same memory, for every f whose derivative follows from its output."""
    if isinstance(first, Linear) and follows_from_its_output(second):
        return LinearActivation(operation_kind(second).name, settings_of(second))
    return None


def relu_behind_max_pool(first: Operation, second: Operation) -> Operation | None:
    """The largest first, then relu, on a quarter of the numbers where windows are 2 x 2.

    Relu alone: functions that rise everywhere may round two numbers to one, which changes who wins.
    """
    if isinstance(first, Relu) and isinstance(second, MaxPool):
        return MaxPoolRelu(second.kernel, second.stride, second.padding)
    return None


# In this order: a sigmoid between linear and its cross entropy belongs to the cross entropy.
RULES: tuple[Rule, ...] = (cross_entropy_on_scores, linear_with_activation, relu_behind_max_pool)


def fuse(nodes: Sequence[Node], wanted: Collection[Value]) -> list[Node]:
    """The nodes with every pair that a rule knows replaced; wanted values are never fused away."""
    fused = list(nodes)
    for rule in RULES:
        fused = _fused_by(rule, fused, wanted)
    return fused


def _fused_by(rule: Rule, nodes: Sequence[Node], wanted: Collection[Value]) -> list[Node]:
    readers = Counter(value for node in nodes for value in node.inputs)
    makers: dict[Value, Node] = {}
    for node in nodes:
        between = node.inputs[0]
        maker = makers.get(between)
        fused = None
        if maker and readers[between] == 1 and between not in wanted:
            fused = rule(maker.operation, node.operation)
        if maker and fused:
            del makers[between]
            node = Node(fused, (*maker.inputs, *node.inputs[1:]), node.output)
        makers[node.output] = node
    return list(makers.values())
