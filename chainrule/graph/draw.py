"""Drawings of a graph: Graphviz DOT text, and SVG where Graphviz is installed."""

import shutil
import subprocess
from pathlib import Path

from chainrule import durable
from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.operation import operation_kind
from chainrule.graph.shape import show


def as_dot(graph: Graph) -> str:
    """Return the graph in the DOT language: parameters as boxes, operations as ellipses."""
    lines = ["digraph {", "  rankdir=LR; node [fontname=Helvetica]; edge [fontname=Helvetica];"]
    for value in graph.inputs.values():
        lines.append(f'  {_quoted(value.name)} [shape=plaintext, label="{_label(value.name)}"];')
    for value in graph.parameters.values():
        label = f"{_label(value.name)}\\n{show(value.shape)}"
        lines.append(f'  {_quoted(value.name)} [shape=box, style=rounded, label="{label}"];')
    for node in graph.nodes:
        name = operation_kind(node.operation).name
        lines.append(f'  {_quoted(node.output.name)} [shape=ellipse, label="{name}"];')
        for value in node.inputs:
            edge = f"{_quoted(value.name)} -> {_quoted(node.output.name)}"
            lines.append(f'  {edge} [label="{show(value.shape)}"];')
    for name, value in graph.outputs.items():
        lines.append(f'  {_quoted("output " + name)} [shape=plaintext, label="{_label(name)}"];')
        lines.append(f"  {_quoted(value.name)} -> {_quoted('output ' + name)};")
    return "\n".join([*lines, "}"])


def write_svg(graph: Graph, path: Path) -> None:
    """Draw the graph into an SVG file.

    Raises:
        InputError: Graphviz is not installed.
    """
    if shutil.which("dot") is None:
        raise InputError(
            "Drawing an SVG needs Graphviz, and its program 'dot' was not found. Install Graphviz, "
            "or write the DOT text of as_dot(graph) to a file and draw it elsewhere."
        )
    process = subprocess.run(["dot", "-Tsvg"], input=as_dot(graph).encode(), capture_output=True)
    if process.returncode != 0:
        raise InputError(f"Graphviz could not draw the graph: {process.stderr.decode().strip()}")
    durable.write_bytes(path, process.stdout)


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_label(text)}"'
