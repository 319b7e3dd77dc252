"""Dropout by a schedule: in training, each step brings the share of the rate that holds in it."""

import copy
from dataclasses import replace

from chainrule.graph.graph import Graph, Node, Value
from chainrule.ops import Dropout, ScheduledDropout

# The input of the graph by which a step brings the share.
SHARE = "dropout share"


def with_scheduled_dropout(graph: Graph) -> Graph:
    """The graph that training computes, in which the rate of all dropout can change.

    As the precision is, that is a matter of the graph alone: the model keeps its plain dropout,
    which does nothing in evaluation.
    """
    if not any(isinstance(node.operation, Dropout) for node in graph.nodes):
        return graph
    scheduled = copy.copy(graph)
    share = Value(scheduled, SHARE, ())
    scheduled.inputs = {**graph.inputs, SHARE: share}
    scheduled.nodes = [_scheduled(node, share) for node in graph.nodes]
    return scheduled


def _scheduled(node: Node, share: Value) -> Node:
    operation = node.operation
    if not isinstance(operation, Dropout):
        return node
    assert not isinstance(operation.rate, tuple)  # which only joint graphs of members have
    operation = ScheduledDropout(operation.rate, operation.name)
    return replace(node, operation=operation, inputs=(*node.inputs, share))
