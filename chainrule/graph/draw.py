"""Drawings of a graph: Graphviz DOT text, and pictures where Graphviz is installed."""

import shutil
import subprocess
from pathlib import Path

from chainrule import durable
from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.operation import operation_kind
from chainrule.graph.shape import show

SUFFIXES = (".svg", ".png", ".pdf", ".dot")


def as_dot(graph: Graph) -> str:
    """Return the graph in the DOT language: operations as ellipses, parameters as boxes.

    The boxes of states are dashed. Data flows downwards, and its edges bear its shape.
    """
    lines = ["digraph {", "  node [fontname=Helvetica]; edge [fontname=Helvetica];"]
    for value in graph.inputs.values():
        lines.append(f'  {_quoted(value.name)} [shape=plaintext, label="{_label(value.name)}"];')
    for values, style in ((graph.parameters, "rounded"), (graph.states, '"rounded,dashed"')):
        for value in values.values():
            label = f"{_label(value.name)}\\n{show(value.shape)}"
            lines.append(f'  {_quoted(value.name)} [shape=box, style={style}, label="{label}"];')
    stored = {**graph.parameters, **graph.states}
    for node in graph.nodes:
        name = operation_kind(node.operation).name
        lines.append(f'  {_quoted(node.output.name)} [shape=ellipse, label="{name}"];')
        for value in node.inputs:
            # The weight keeps the way of the data straight.
            look = "" if value.name in stored else f' [label="{show(value.shape)}", weight=9]'
            lines.append(f"  {_quoted(value.name)} -> {_quoted(node.output.name)}{look};")
    for name, value in graph.outputs.items():
        lines.append(f'  {_quoted("output " + name)} [shape=plaintext, label="{_label(name)}"];')
        lines.append(f"  {_quoted(value.name)} -> {_quoted('output ' + name)};")
    return "\n".join([*lines, "}"])


def draw(graph: Graph, path: Path) -> None:
    """Draw the graph into a file: DOT text, or what Graphviz makes of it, as the suffix says.

    Raises:
        InputError: the suffix is none of these, or a picture is to be drawn without Graphviz.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"got '{path}' for a drawing, expected a name that ends with {', '.join(SUFFIXES)}. "
            f"Use {path.with_suffix('.svg')}."
        )
    if suffix == ".dot":
        durable.write_text(path, f"{as_dot(graph)}\n")
    else:
        durable.write_bytes(path, rendered(graph, suffix.removeprefix(".")))


def can_render() -> bool:
    """Return whether Graphviz's program `dot` is installed."""
    return shutil.which("dot") is not None


def rendered(graph: Graph, form: str, *attributes: str) -> bytes:
    """Return the graph as a picture that Graphviz draws.

    Args:
        graph: the graph to draw.
        form: format of the picture, such as svg.
        attributes: defaults of Graphviz, such as "-Ncolor=grey" for the colour of nodes.
    Raises:
        InputError: Graphviz is not installed.
    """
    if not can_render():
        raise InputError(
            f"Drawing a graph as {form} needs Graphviz, and its program 'dot' was not found. "
            "Install Graphviz, or draw it into a file that ends with .dot, as text."
        )
    command = ["dot", f"-T{form}", *attributes]
    process = subprocess.run(command, input=as_dot(graph).encode(), capture_output=True)
    if process.returncode != 0:
        raise InputError(f"Graphviz could not draw the graph: {process.stderr.decode().strip()}")
    return process.stdout


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_label(text)}"'
