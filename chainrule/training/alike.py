"""Alike: which graphs one plan can compute for several members, and the graph that it computes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

from chainrule.graph.graph import Graph, Node
from chainrule.graph.operation import Operation
from chainrule.ops import Dropout


def form(graph: Graph) -> list[object]:
    """What two graphs must have in common for one plan to compute both: all but dropout rates.

    Initial weights are no part of it, as they are drawn before there is a plan.
    """
    given = (graph.inputs, graph.parameters, graph.states)
    return [
        *([(name, value.shape, value.type) for name, value in values.items()] for values in given),
        *(
            (_without_rate(node.operation), [value.name for value in node.inputs], node.output.name)
            for node in graph.nodes
        ),
        [(name, value.name) for name, value in graph.outputs.items()],
    ]


def joint_graph(graphs: Sequence[Graph]) -> Graph:
    """The graph of members: that of each, but that dropout has the rate of each.

    Args:
        graphs: of one form, in the order of the members.
    """
    joint = copy.copy(graphs[0])
    joint.nodes = [_joint_node(nodes) for nodes in zip(*(g.nodes for g in graphs), strict=True)]
    return joint


def _joint_node(nodes: Sequence[Node]) -> Node:
    first = nodes[0]
    rates = [node.operation.rate for node in nodes if isinstance(node.operation, Dropout)]
    if len(set(rates)) < 2:
        return first
    assert isinstance(first.operation, Dropout)
    each = tuple(rate for rate in rates if not isinstance(rate, tuple))
    return Node(replace(first.operation, rate=each), first.inputs, first.output)


def _without_rate(operation: Operation) -> Operation:
    return replace(operation, rate=0.0) if isinstance(operation, Dropout) else operation
