"""Plans: what they compute, what they say of themselves, and what they refuse."""

from pathlib import Path

import pytest
import torch

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.plan import Plans, compile_plan
from tests.plan.networks import (
    Normal,
    apply,
    batch_for,
    compiled,
    dense,
    parameters_of,
    perceptron,
)

HERE = Path(__file__).parent


def test_a_plan_prints_as_the_calls_that_it_makes() -> None:
    # Counted by hand: layer 1 takes 2 x 32 x 100 x 50 = 320 kFLOP forward, 320 for dw, and dz and
    # db 1.6 each; it reads and writes (32 x 100 + 50 x 100 + 50 + 32 x 50) x 4 bytes = 38.5 KiB.
    graph = perceptron(100, 50, 10)
    parameters = parameters_of(graph, torch.float32)
    plan = compile_plan(graph, parameters, batch_size=32, mode="train")
    assert plan.describe() == (HERE / "training.txt").read_text().rstrip("\n")


def test_an_evaluation_prints_without_backward() -> None:
    graph = perceptron(100, 50, 10)
    parameters = parameters_of(graph, torch.float32)
    plan = compile_plan(graph, parameters, batch_size=32, mode="evaluate", outputs=["prediction"])
    assert plan.describe() == (HERE / "evaluation.txt").read_text().rstrip("\n")


def test_a_linear_layer_takes_two_operations_a_weight_and_sample() -> None:
    batch, inputs, outputs = 8, 4, 3
    graph = perceptron(inputs, outputs, loss="squared")
    parameters = parameters_of(graph)
    plan = compile_plan(
        graph, parameters, batch_size=batch, mode="evaluate", outputs=["prediction"]
    )
    assert plan.flops == 2 * batch * inputs * outputs


def test_backward_of_a_hidden_layer_takes_twice_the_products_of_forward() -> None:
    batch, width = 8, 5
    product = 2 * batch * width * width

    def flops(layers: int) -> int:
        graph = perceptron(*[width] * (layers + 1), activation="copy", loss="squared")
        parameters = parameters_of(graph)
        return compile_plan(graph, parameters, batch_size=batch, mode="train").flops

    sums_and_copies = batch * width + 2 * batch * width  # db, and copy in both directions
    assert flops(3) - flops(2) == product + 2 * product + sums_and_copies


def test_evaluation_of_the_prediction_needs_no_target() -> None:
    graph = perceptron(4, 3, 2)
    plan, _ = compiled(graph, batch_for(graph, 3), mode="evaluate", outputs=["prediction"])
    assert list(plan.inputs) == ["x"]
    assert list(plan.outputs) == ["prediction"]


def test_evaluation_computes_no_gradient() -> None:
    graph = perceptron(4, 3, 2)
    plan, parameters = compiled(graph, batch_for(graph, 3), mode="evaluate")
    plan.step()
    assert parameters.gradient.count_nonzero() == 0


def test_inputs_that_nobody_reads_need_not_be_given() -> None:
    graph = perceptron(4, 3)
    graph.input("unread", (BATCH, 5))
    plan, _ = compiled(graph, batch_for(graph, 3))
    assert list(plan.inputs) == ["x", "t"]


def test_inputs_have_the_types_of_their_values() -> None:
    graph = perceptron(4, 3, loss="sparse softmax")
    plan, _ = compiled(graph, batch_for(graph, 3), dtype=torch.float32)
    assert plan.inputs["x"].dtype == torch.float32
    assert plan.inputs["t"].dtype == torch.int64


def test_training_computes_the_loss_even_where_other_outputs_are_asked_for() -> None:
    graph = perceptron(4, 3)
    plan, _ = compiled(graph, batch_for(graph, 3), outputs=["prediction"])
    plan.step()
    assert list(plan.outputs) == ["loss", "prediction"]
    assert plan.outputs["loss"] > 0


def test_a_plan_follows_the_weights_as_they_change() -> None:
    graph = perceptron(4, 3)
    plan, parameters = compiled(graph, batch_for(graph, 3))
    plan.step()
    before = plan.outputs["loss"].clone()
    parameters.weights.sub_(0.1 * parameters.gradient)
    plan.step()
    assert plan.outputs["loss"] < before


def test_plans_of_one_batch_size_are_compiled_once() -> None:
    graph = perceptron(4, 3)
    plans = Plans(graph, parameters_of(graph), "train")
    assert plans.for_batch(3) is plans.for_batch(3)
    assert plans.for_batch(2).batch_size == 2


def test_gradients_of_shared_parameters_are_summed_in_the_order_of_the_graph() -> None:
    graph = Graph()
    names = [f"p{number}" for number in range(8)]
    total = graph.input("x", (BATCH, 2))
    loss = apply(graph, "mean", total)
    for name in names:
        p = graph.parameter(name, (2,), Normal())
        loss = apply(graph, "add", loss, apply(graph, "sum", apply(graph, "multiply", p, p)))
    graph.output("loss", loss)
    plan = compile_plan(graph, parameters_of(graph), batch_size=1, mode="train")
    lines = [line for line in plan.describe().splitlines() if "copy sums branches" in line]
    assert [name for line in lines for name in names if f"d {name}," in line] == names


def test_a_loss_that_is_no_single_number_is_refused() -> None:
    graph = Graph()
    x = dense(graph, graph.input("x", (BATCH, 4)), 3, "dense")
    graph.output("loss", apply(graph, "mean", x, axis=-1))
    with pytest.raises(InputError) as error:
        compile_plan(graph, parameters_of(graph), batch_size=3, mode="train")
    assert str(error.value) == (
        "The output 'loss' has shape (batch); expected a single number. Take its mean."
    )


def test_training_without_a_loss_is_refused() -> None:
    graph = Graph()
    graph.output("prediction", dense(graph, graph.input("x", (BATCH, 4)), 3, "dense"))
    with pytest.raises(InputError, match=r"'loss' is not known\. Known are: prediction\."):
        compile_plan(graph, parameters_of(graph), batch_size=3, mode="train")


def test_an_unknown_output_is_refused_with_the_nearest_name() -> None:
    graph = perceptron(4, 3)
    with pytest.raises(InputError) as error:
        compile_plan(
            graph, parameters_of(graph), batch_size=3, mode="evaluate", outputs=["predictions"]
        )
    assert str(error.value) == (
        "output of the graph 'predictions' is not known. Did you mean 'prediction'? "
        "Known are: loss, prediction."
    )


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_without_samples_is_refused(batch_size: int) -> None:
    graph = perceptron(4, 3)
    with pytest.raises(InputError) as error:
        compile_plan(graph, parameters_of(graph), batch_size=batch_size, mode="train")
    assert str(error.value) == (
        f"compile_plan: got batch_size={batch_size}, expected a whole number of at least 1, such "
        "as batch_size=32."
    )
