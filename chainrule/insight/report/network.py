"""Section on the network: its layers with operations, shapes and weights, and its drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby

from chainrule.graph.draw import can_render, rendered
from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import operation_kind
from chainrule.graph.shape import show
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import drawing, paragraph, table
from chainrule.insight.report.svg import INK, inlined

# Of a longer graph nobody takes in the drawing, and Graphviz takes seconds for it.
MAX_NODES_DRAWN = 100
# Attributes by which Graphviz draws in the colour of the text.
LOOK = (
    "-Gbgcolor=transparent",
    *(f"-{part}{colour}={INK}" for part in "NE" for colour in ("color", "fontcolor")),
)


def network(evidence: Evidence) -> str:
    """Return a table of the layers up to the prediction; shared weights count where first read."""
    model = evidence.run.model
    graph = model.graph
    counted: set[str] = set()
    rows = []
    for name, of_layer in groupby(_nodes(graph), key=_layer):
        nodes = list(of_layer)
        new = [value for value in _weights(graph, nodes) if value.name not in counted]
        counted |= {value.name for value in new}
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
    head = ("layer", "operations", "output shape", "parameters", "weights")
    note = f"Each of the {members} members has its own values of these weights."
    layers = table(caption, head, rows, ["text", "text", "text", "number"])
    return layers + (paragraph(note) if members > 1 else "") + _drawing(graph)


def _drawing(graph: Graph) -> str:
    """Return the graph as Graphviz draws it; empty if that is not installed or the graph long."""
    if not can_render() or len(graph.nodes) > MAX_NODES_DRAWN:
        return ""
    svg = rendered(graph, "svg", *LOOK).decode()
    title = "Graph of the network and its loss"
    caption = "Operations are ellipses, weights are boxes, running statistics are dashed boxes"
    return drawing(title, inlined(svg, "graph", title), caption)


def _nodes(graph: Graph) -> list[Node]:
    return graph.needed_for({"prediction": graph.outputs["prediction"]})


def _layer(node: Node) -> str:
    """Return the name of the layer of a node, the part before the first point."""
    return node.output.name.split(".")[0]


def _operation(node: Node) -> str:
    return operation_kind(node.operation).name.replace("_", " ")


def _weights(graph: Graph, nodes: Iterable[Node]) -> list[Value]:
    """Return the parameters and states that the nodes read, each once."""
    kept = {**graph.parameters, **graph.states}
    read = (value for node in nodes for value in node.inputs)
    return list(dict.fromkeys(value for value in read if value.name in kept))


def _size(value: Value) -> str:
    return "x".join(map(str, value.shape)) or "1"


def _count(value: Value) -> int:
    return math.prod(int(length) for length in value.shape)
