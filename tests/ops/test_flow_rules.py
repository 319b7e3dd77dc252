"""The four flow rules of backpropagation, each worked out by hand with numbers."""

import torch

from chainrule.graph.graph import Graph
from chainrule.ops import Add, Maximum, Multiply, Sum
from chainrule.plan import Parameters, compile_plan

A = torch.tensor([2.0, -3.0])
B = torch.tensor([5.0, -7.0])
DY = torch.tensor([10.0, 100.0])


def test_add_passes_the_gradient_on_to_both() -> None:
    # The gradients are views of dy, so a graph is needed to see them: y = (a + b) * dy, summed.
    graph = Graph()
    a, b = graph.parameter("a", (2,)), graph.parameter("b", (2,))
    dy = graph.parameter("dy", (2,))
    y = graph.apply(Add(), a, b)
    graph.output("loss", graph.apply(Sum(), graph.apply(Multiply(), y, dy)))
    gradients = _gradients(graph, a=A, b=B, dy=DY)
    assert gradients["a"].tolist() == [10, 100]
    assert gradients["b"].tolist() == [10, 100]


def test_multiply_swaps_the_factors() -> None:
    da, db = torch.empty(2), torch.empty(2)
    for call in Multiply().backward(A, B, DY, da, db):
        call()
    assert da.tolist() == [10 * 5, 100 * -7]
    assert db.tolist() == [10 * 2, 100 * -3]


def test_copy_sums_the_branches() -> None:
    # x is read three times: loss = sum of (x x + 5 x), so dx = 2 x + 5.
    graph = Graph()
    x, five = graph.parameter("x", (2,)), graph.parameter("five", (2,))
    square = graph.apply(Multiply(), x, x)
    y = graph.apply(Add(), square, graph.apply(Multiply(), x, five))
    graph.output("loss", graph.apply(Sum(), y))
    gradients = _gradients(graph, x=A, five=torch.full((2,), 5.0))
    assert gradients["x"].tolist() == [2 * 2 + 5, 2 * -3 + 5]


def test_max_sends_the_gradient_to_the_winner_alone() -> None:
    da, db = torch.empty(2), torch.empty(2)
    for call in Maximum().backward(A, B, DY, da, db):
        call()
    assert da.tolist() == [0, 100]  # 2 < 5, but -3 > -7
    assert db.tolist() == [10, 0]


def _gradients(graph: Graph, **values: torch.Tensor) -> dict[str, torch.Tensor]:
    parameters = Parameters({name: tuple(value.shape) for name, value in values.items()})
    parameters.load(values)
    compile_plan(graph, parameters, batch_size=1, mode="train").step()
    return parameters.gradients
