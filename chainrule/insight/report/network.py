"""The network: its layers in their order, with operations, shapes and weights."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import operation_kind
from chainrule.graph.shape import show
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, table


def network(evidence: Evidence) -> str:
    """Each layer on the way to the prediction, and the weights that it is the first to read."""
    model = evidence.run.model
    graph = model.graph
    told: set[str] = set()
    rows = []
    for name, of_layer in groupby(_nodes(graph), key=_layer):
        nodes = list(of_layer)
        new = [value for value in _weights(graph, nodes) if value.name not in told]
        told |= {value.name for value in new}
        rows.append(
            (
                name,
                ", ".join(dict.fromkeys(map(_operation, nodes))),
                show(nodes[-1].output.shape),
                ", ".join(f"{value.name.removeprefix(f'{name}.')} {_size(value)}" for value in new),
                f"{sum(map(_count, new)):,}" if new else "",
            )
        )
    members = len(model.members)
    rows.append(("all", "", "", "", f"{model.parameters.count // members:,}"))
    caption = f"From the features, x {show(graph.inputs['x'].shape)}, to the prediction"
    head = ("layer", "operations", "gives", "parameters", "weights")
    several = f"Each of the {members} members has these weights, with values of its own."
    shown = table(caption, head, rows, ["text", "text", "text", "number"])
    return shown + (paragraph(several) if members > 1 else "")


def _nodes(graph: Graph) -> list[Node]:
    return graph.needed_for({"prediction": graph.outputs["prediction"]})


def _layer(node: Node) -> str:
    """The name of the layer that brought a node: what stands before the first point."""
    return node.output.name.split(".")[0]


def _operation(node: Node) -> str:
    return operation_kind(node.operation).name.replace("_", " ")


def _weights(graph: Graph, nodes: Iterable[Node]) -> list[Value]:
    """The parameters and states that nodes read, each once."""
    kept = {**graph.parameters, **graph.states}
    read = (value for node in nodes for value in node.inputs)
    return list(dict.fromkeys(value for value in read if value.name in kept))


def _size(value: Value) -> str:
    return "x".join(map(str, value.shape)) or "1"


def _count(value: Value) -> int:
    return math.prod(int(length) for length in value.shape)
