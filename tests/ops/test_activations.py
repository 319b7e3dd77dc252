"""Activations: what they are called, which of them learn, and what only one of them promises."""

import pytest
import torch

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.json import as_json, from_json
from chainrule.graph.operation import OVER_X, Calls, Operation, op, operation_kind, settings_of
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import Elu, LeakyRelu, Linear, LinearActivation, Selu, UnitStep
from chainrule.ops.parts import activation as activations
from chainrule.ops.parts.activation import ACTIVATIONS, activation
from chainrule.plan.fuse import fuse
from tests.ops.bound import run
from tests.plan.networks import assert_all_close, batch_for, compiled, perceptron, results_of

every_activation = pytest.mark.parametrize("name", ACTIVATIONS)


def test_activations_have_the_names_of_their_operations() -> None:
    assert set(ACTIVATIONS) >= {
        *("identity", "step", "sigmoid", "tanh", "softmax"),
        *("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus"),
    }
    for name, entry in ACTIVATIONS.items():
        assert operation_kind(entry.operation).name == name


def test_every_activation_but_the_step_learns() -> None:
    assert [name for name, entry in ACTIVATIONS.items() if not entry.learns] == ["step"]


def test_a_class_becomes_an_activation_where_it_is_defined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chainrule.graph.operation.OPERATIONS", {})
    monkeypatch.setattr(activations, "ACTIVATIONS", {})

    @activation(initialiser="he")
    @op("cube", in_place=OVER_X)
    class Cube:
        def shape(self, x: Shape) -> Shape:
            return x

        def reference(self, x: torch.Tensor) -> torch.Tensor:
            return x**3

        def forward(self, x: torch.Tensor, y: torch.Tensor) -> Calls:
            return [lambda: torch.pow(x, 3, out=y)]

        def backward(self, x: torch.Tensor, dy: torch.Tensor, dx: torch.Tensor) -> Calls:
            return [lambda: torch.mul(3 * x**2, dy, out=dx)]

    entry = activations.ACTIVATIONS["cube"]
    assert (entry.operation, entry.initialiser, entry.learns) == (Cube(), "he", True)


def test_the_step_has_no_chain_rule() -> None:
    assert not operation_kind(UnitStep()).has_gradient("x")
    assert list(run(UnitStep(), x=torch.ones(1, 1))) == ["y"]


def test_weights_before_a_step_get_no_gradient() -> None:
    graph = perceptron(4, 3, 2, activation="step")
    plan, parameters = compiled(graph, batch_for(graph, 5))
    results = results_of(plan, parameters)
    assert results["gradient dense_1.w"].count_nonzero() == 0
    assert results["gradient dense_2.w"].count_nonzero() > 0


def test_identity_computes_nothing() -> None:
    graph = Graph()
    x = graph.input("x", (BATCH, 3))
    graph.output("y", graph.apply(ACTIVATIONS["identity"].operation, x))
    plan, _ = compiled(graph, {"x": torch.ones(2, 3)}, mode="evaluate")
    assert plan.outputs["y"].data_ptr() == plan.inputs["x"].data_ptr()


def test_selu_keeps_mean_zero_and_variance_one() -> None:
    x = torch.randn(10**6, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = run(Selu(), x=x)["y"]
    assert float(y.mean()) == pytest.approx(0, abs=0.005)
    assert float(y.var()) == pytest.approx(1, abs=0.01)


@every_activation
def test_a_layer_computes_the_same_with_its_activation_fused_or_apart(name: str) -> None:
    graph = perceptron(4, 3, 2, activation=name, loss="squared")
    batch = batch_for(graph, 5)
    fused = results_of(*compiled(graph, batch, fused=True))
    apart = results_of(*compiled(graph, batch, fused=False))
    assert_all_close(fused, apart, 1e-12)


def test_linear_takes_in_what_can_be_differentiated_from_its_output() -> None:
    taken_in = set()
    for name in ACTIVATIONS:
        nodes = fuse(perceptron(4, 3, 2, activation=name).nodes, [])
        if operation_kind(nodes[0].operation).name == "linear_activation":
            taken_in.add(name)
    assert taken_in >= {"sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu"}
    assert taken_in.isdisjoint({"identity", "step", "softmax", "gelu", "silu", "softplus"})


@pytest.mark.parametrize("operation", [LeakyRelu(0.25), Elu(0.5)], ids=repr)
def test_a_fused_activation_keeps_its_settings(operation: Operation) -> None:
    graph = _layer(Linear(), operation)
    (fused,) = fuse(graph.nodes, graph.outputs.values())
    assert fused.operation == LinearActivation(
        operation_kind(operation).name, settings_of(operation)
    )
    batch = {"x": -torch.ones(1, 2)}
    together = compiled(graph, batch, mode="evaluate", fused=True)[0]
    plain = compiled(graph, batch, mode="evaluate", fused=False)[0]
    for plan in (together, plain):
        plan.forward()
    assert together.outputs["y"].equal(plain.outputs["y"])


@pytest.mark.parametrize(
    "operations",
    [
        (Linear(), LeakyRelu(0.25)),
        (LinearActivation("leaky_relu", {"slope": 0.25}),),
        (LinearActivation("tanh"),),
    ],
    ids=repr,
)
def test_settings_of_activations_are_stored_with_the_graph(
    operations: tuple[Operation, ...],
) -> None:
    graph = _layer(*operations)
    again = from_json(as_json(graph))
    assert [node.operation for node in again.nodes] == list(operations)


def test_an_activation_that_needs_its_input_is_not_fused() -> None:
    message = (
        r"^LinearActivation: got activation='gelu', expected one whose derivative follows from its "
        r"output, such as activation='relu'\.$"
    )
    with pytest.raises(InputError, match=message):
        LinearActivation("gelu")


@pytest.mark.parametrize("slope", [-0.01, float("nan")])
def test_a_slope_that_hides_the_sign_is_refused(slope: float) -> None:
    message = (
        rf"^LeakyRelu: got slope={slope}, expected a number of at least 0, such as slope=0\.01\.$"
    )
    with pytest.raises(InputError, match=message):
        LeakyRelu(slope)


def test_an_alpha_that_hides_the_sign_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"^Elu: got alpha=-1, expected a number of at least 0, such"
    ):
        Elu(-1)


def _layer(first: Operation, *others: Operation) -> Graph:
    """Two outputs of two features, the sum and the difference, then the other operations."""
    graph = Graph()
    x = graph.input("x", (BATCH, 2))
    w, b = graph.parameter("w", (2, 2), _SumAndDifference()), graph.parameter("b", (2,))
    y = graph.apply(first, x, w, b)
    for operation in others:
        y = graph.apply(operation, y)
    graph.output("y", y)
    return graph


class _SumAndDifference:
    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
        return torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=torch.float64).view(shape)
