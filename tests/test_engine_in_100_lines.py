"""The engine in 100 lines is right: its gradients are those of chainrule and of torch.autograd."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from chainrule.graph.graph import Graph
from chainrule.graph.operation import Operation
from chainrule.graph.shape import BATCH
from chainrule.ops import Add, Linear, Mean, Softmax, SparseCrossEntropy, Tanh
from chainrule.plan import Parameters, compile_plan
from tests.book import ENGLISH, fences

SCRIPT = Path(__file__).parent.parent / "examples" / "engine_in_100_lines.py"
Numbers = NDArray[Any]
Values = dict[str, Numbers]

SAMPLES, PIXELS, CLASSES = 16, 64, 10


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPT.parent)
    return import_module(SCRIPT.stem)


@pytest.fixture
def values(engine: ModuleType) -> Values:
    """Random weights and a batch of random samples."""
    random = np.random.default_rng(0)
    weights = {name: random.normal(0, 0.3, shape) for name, shape in engine.SHAPES.items()}
    x, t = random.uniform(0, 1, (SAMPLES, PIXELS)), random.integers(0, CLASSES, SAMPLES)
    return {**weights, "x": x, "t": t}


def test_it_has_at_most_100_lines() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 100


def test_it_learns_the_digits_and_says_how_well(
    engine: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert engine.main(steps=200) > 0.9
    checked, tested = capsys.readouterr().out.splitlines()
    assert checked.startswith("largest gradient error: ")
    assert tested.startswith("after 200 steps 9")


def test_its_gradient_is_the_numerical_one(engine: ModuleType, values: Values) -> None:
    assert engine.largest_error(values) < 1e-8


def test_its_check_notices_a_derivative_that_is_wrong_by_a_thousandth(
    engine: ModuleType, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(dy: Numbers, y: Numbers, x: Numbers) -> tuple[Numbers]:
        return (1.001 * dy * (1 - y**2),)

    operations = {engine.TANH: engine.TANH._replace(backward=wrong)}
    network = [(operations.get(operation, operation), *rest) for operation, *rest in engine.NETWORK]
    monkeypatch.setattr(engine, "NETWORK", network)
    assert engine.largest_error(values) > 1e-5


def test_its_gradient_is_that_of_chainrule(engine: ModuleType, values: Values) -> None:
    loss, gradients = by_chainrule(engine, values)
    computed = engine.forward(values)
    assert computed["loss"] == pytest.approx(loss, rel=1e-12)
    assert gradients.keys() == engine.SHAPES.keys()
    d = engine.backward(computed)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(d[name], gradient, rtol=1e-10, atol=1e-14, err_msg=name)


def test_its_gradient_is_that_of_torch_autograd(engine: ModuleType, values: Values) -> None:
    tensors = {name: torch.tensor(value) for name, value in values.items()}
    weights = {name: tensors[name].requires_grad_() for name in engine.SHAPES}
    linear = torch.nn.functional.linear
    h1 = torch.tanh(linear(tensors["x"], weights["w1"], weights["b1"]))
    h3 = h1 + torch.tanh(linear(h1, weights["w2"], weights["b2"]))
    scores = linear(h3, weights["w3"], weights["b3"])
    torch.nn.functional.cross_entropy(scores, tensors["t"]).backward()
    d = engine.backward(engine.forward(values))
    for name, weight in weights.items():
        assert weight.grad is not None
        np.testing.assert_allclose(d[name], weight.grad, rtol=1e-10, atol=1e-14, err_msg=name)


def test_its_page_explains_every_line() -> None:
    shown = [fence.text for fence in fences(ENGLISH / f"{SCRIPT.stem}.md") if fence.title]
    assert lines_of("".join(shown)) == lines_of(SCRIPT.read_text())


def lines_of(program: str) -> list[str]:
    """The lines that are not blank."""
    return [line for line in program.splitlines() if line.strip()]


def by_chainrule(engine: ModuleType, values: Values) -> tuple[float, dict[str, torch.Tensor]]:
    """The loss and the gradients of the same network, in a plan of chainrule in float64."""
    equivalents: dict[object, Operation] = {
        engine.LINEAR: Linear(),
        engine.TANH: Tanh(),
        engine.ADD: Add(),
        engine.LOG_SOFTMAX: Softmax(),  # the next operation takes the logarithm
        engine.NEGATIVE_LOG_LIKELIHOOD: SparseCrossEntropy(),
    }
    graph = Graph()
    edges = {name: graph.parameter(name, shape) for name, shape in engine.SHAPES.items()}
    edges["x"] = graph.input("x", (BATCH, PIXELS))
    edges["t"] = graph.input("t", (BATCH,), "index")
    for operation, inputs, output in engine.NETWORK:
        edges[output] = graph.apply(equivalents[operation], *(edges[name] for name in inputs))
    graph.output("loss", graph.apply(Mean(), edges["loss"]))
    parameters = Parameters.zeros(graph, torch.float64)
    parameters.load({name: torch.tensor(values[name]) for name in engine.SHAPES})
    plan = compile_plan(graph, parameters, batch_size=SAMPLES, mode="train")
    for name, tensor in plan.inputs.items():
        tensor.copy_(torch.tensor(values[name]))
    plan.step()
    return float(plan.outputs["loss"]), parameters.gradients
