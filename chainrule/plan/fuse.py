"""Fusion: two operations in a row become one that computes the same with less memory.

A rule looks at two nodes, the second reading what the first makes, and gives the operation that
is both, or None. It applies only where nobody else reads the value between them, for then that
value need not exist. The fused node reads what the first read, then what else the second read.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from chainrule.graph.graph import Node, Value
from chainrule.graph.operation import OVER_X, Operation, kind_of, settings_of
from chainrule.ops import (
    CrossEntropy,
    Linear,
    LinearActivation,
    Softmax,
    SoftmaxCrossEntropy,
    SparseCrossEntropy,
    SparseSoftmaxCrossEntropy,
)

Rule = Callable[[Operation, Operation], Operation | None]


def linear_with_activation(first: Operation, second: Operation) -> Operation | None:
    """f(W x + b) over the same memory, for every f whose derivative follows from its output."""
    kind = kind_of(second)
    needs_only_output = kind.backward == ("y", "dy", "dx") and kind.in_place == OVER_X
    if isinstance(first, Linear) and needs_only_output and not settings_of(second):
        return LinearActivation(kind.name)
    return None


def softmax_with_cross_entropy(first: Operation, second: Operation) -> Operation | None:
    """Cross entropy on the scores: exact where a probability would round to 0."""
    if isinstance(first, Softmax) and isinstance(second, SparseCrossEntropy):
        return SparseSoftmaxCrossEntropy()
    if isinstance(first, Softmax) and isinstance(second, CrossEntropy):
        return SoftmaxCrossEntropy()
    return None


RULES: tuple[Rule, ...] = (linear_with_activation, softmax_with_cross_entropy)


def fuse(nodes: Sequence[Node], wanted: Collection[Value]) -> list[Node]:
    """The nodes with every pair that a rule knows replaced; wanted values are never fused away."""
    readers = Counter(value for node in nodes for value in node.inputs)
    makers: dict[Value, Node] = {}
    for node in nodes:
        makers[node.output] = _fused_with_its_maker(node, makers, readers, wanted)
    return list(makers.values())


def _fused_with_its_maker(
    node: Node, makers: dict[Value, Node], readers: Counter[Value], wanted: Collection[Value]
) -> Node:
    between = node.inputs[0]
    maker = makers.get(between)
    if maker is None or readers[between] > 1 or between in wanted:
        return node
    for rule in RULES:
        if operation := rule(maker.operation, node.operation):
            del makers[between]
            return Node(operation, (*maker.inputs, *node.inputs[1:]), node.output)
    return node
