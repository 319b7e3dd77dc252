"""Drawings of graphs: DOT text by ourselves, SVG by Graphviz."""

import shutil
from pathlib import Path

import pytest

from chainrule.errors import InputError
from chainrule.graph.draw import as_dot, draw
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.layers import BatchNorm
from chainrule.ops import Relu
from tests.graph.test_graph import small
from tests.layers.plans import graph_of

DOT_OF_SMALL = """\
digraph {
  node [fontname=Helvetica]; edge [fontname=Helvetica];
  "x" [shape=plaintext, label="x"];
  "w" [shape=box, style=rounded, label="w\\n(1, 4)"];
  "b" [shape=box, style=rounded, label="b\\n(1)"];
  "linear_1" [shape=ellipse, label="linear"];
  "x" -> "linear_1" [label="(batch, 4)", weight=9];
  "w" -> "linear_1";
  "b" -> "linear_1";
  "y" [shape=ellipse, label="tanh"];
  "linear_1" -> "y" [label="(batch, 1)", weight=9];
  "mean_1" [shape=ellipse, label="mean"];
  "y" -> "mean_1" [label="(batch, 1)", weight=9];
  "output prediction" [shape=plaintext, label="prediction"];
  "y" -> "output prediction";
  "output loss" [shape=plaintext, label="loss"];
  "mean_1" -> "output loss";
}"""


def test_a_graph_becomes_dot_text() -> None:
    assert as_dot(small()) == DOT_OF_SMALL


def test_quotes_and_backslashes_in_names_are_escaped() -> None:
    graph = Graph()
    graph.output("y", graph.apply(Relu(), graph.input('a "b" \\c', (BATCH, 2))))
    assert r'"a \"b\" \\c" [shape=plaintext, label="a \"b\" \\c"];' in as_dot(graph)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_a_graph_with_any_name(tmp_path: Path) -> None:
    graph = Graph()
    graph.output("y", graph.apply(Relu(), graph.input('a "b" \\c', (BATCH, 2)), name="größer"))
    draw(graph, tmp_path / "graph.svg")
    drawn = (tmp_path / "graph.svg").read_text()
    assert "</svg>" in drawn
    assert "relu" in drawn


def test_the_drawing_is_what_the_program_dot_makes_of_the_dot_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, 'echo "drawn with $1:"; cat', monkeypatch)
    draw(small(), tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text() == f"drawn with -Tsvg:\n{DOT_OF_SMALL}"


def test_without_graphviz_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as error:
        draw(small(), tmp_path / "graph.svg")
    assert str(error.value) == (
        "Drawing a graph as svg needs Graphviz, and its program 'dot' was not found. Install "
        "Graphviz, or draw it into a file that ends with .dot, as text."
    )
    assert not list(tmp_path.iterdir())


def test_dot_text_needs_no_graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    draw(small(), tmp_path / "graph.dot")
    assert (tmp_path / "graph.dot").read_text() == f"{DOT_OF_SMALL}\n"


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_the_suffix_is_the_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    _install(tmp_path, 'echo "drawn with $1"; cat > /dev/null', monkeypatch)
    draw(small(), tmp_path / f"graph.{form.upper()}")
    assert (tmp_path / f"graph.{form.upper()}").read_text() == f"drawn with -T{form}\n"


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        draw(small(), Path("graph.bmp"))
    assert str(error.value) == (
        "got 'graph.bmp' for a drawing, expected a name that ends with .svg, .png, .pdf, .dot. "
        "Use graph.svg."
    )


def test_states_are_dashed_boxes() -> None:
    graph = graph_of(BatchNorm(), features=(2,))
    assert '[shape=box, style="rounded,dashed", label="batchnorm_1.running_mean' in as_dot(graph)


def test_what_graphviz_complains_of_is_passed_on_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, "cat > /dev/null; echo syntax error >&2; exit 1", monkeypatch)
    with pytest.raises(InputError, match=r"^Graphviz could not draw the graph: syntax error$"):
        draw(small(), tmp_path / "graph.svg")
    assert not (tmp_path / "graph.svg").exists()


def _install(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program 'dot' with that shell script on the path."""
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
