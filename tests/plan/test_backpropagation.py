"""The gradients of whole plans: the chain rule over graphs of any form."""

from collections.abc import Callable, Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import chainrule.plan.buffers
from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.plan import Parameters, Plans, compile_plan
from chainrule.plan.buffers import Block
from chainrule.plan.program import Instruction, Slot
from tests.plan.networks import (
    LOSSES,
    Loss,
    add_loss,
    apply,
    assert_all_close,
    batch_for,
    by_autograd,
    compiled,
    dense,
    parameters_of,
    perceptron,
    random_graph,
    results_of,
)

seeds = st.integers(0, 100_000)
BOTH = ["loss", "prediction"]


@given(seed=seeds, batch_size=st.integers(1, 5), fused=st.booleans())
@settings(max_examples=120)
def test_gradients_of_any_graph_equal_those_of_torch_autograd(
    seed: int, batch_size: int, fused: bool
) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, batch_size, seed)
    plan, parameters = compiled(graph, batch, outputs=BOTH, fused=fused)
    results = results_of(plan, parameters)
    assert_all_close(results, by_autograd(graph, parameters, batch, BOTH), 1e-10)


@given(seed=seeds, batch_size=st.integers(1, 5), fused=st.booleans())
@settings(max_examples=60)
def test_a_step_without_the_loss_gives_the_same_gradients_bit_for_bit(
    seed: int, batch_size: int, fused: bool
) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, batch_size, seed)
    plan, parameters = compiled(graph, batch, fused=fused)
    plan.step()
    with_loss = parameters.gradient.clone()
    parameters.gradient.zero_()
    plan.gradient_step()
    assert parameters.gradient.equal(with_loss)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_without_the_loss_does_not_compute_it(loss: Loss) -> None:
    graph = perceptron(4, 3, 2, loss=loss)
    batch = batch_for(graph, 5, 0)
    plan, _ = compiled(graph, batch)
    plan.outputs["loss"].fill_(-1)
    plan.gradient_step()
    assert plan.outputs["loss"] == -1
    plan.step()
    assert plan.outputs["loss"] > 0


@given(seed=seeds, batch_size=st.integers(1, 5))
@settings(max_examples=60)
def test_shared_buffers_change_no_bit(seed: int, batch_size: int) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, batch_size, seed)
    shared = results_of(*compiled(graph, batch))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(chainrule.plan.buffers, "_blocks", _a_block_each)
        unshared = results_of(*compiled(graph, batch))
    for name, tensor in shared.items():
        assert tensor.equal(unshared[name]), name


@given(seed=seeds)
@settings(max_examples=60)
def test_a_step_depends_on_nothing_that_an_earlier_one_left_in_the_buffers(seed: int) -> None:
    graph = random_graph(seed)
    plan, parameters = compiled(graph, batch_for(graph, 3, seed))
    first = results_of(plan, parameters)
    plan._buffers.arena.fill_(torch.nan)
    loss = {"loss": graph.outputs["loss"]}
    for value in {value for node in graph.needed_for(loss) for value in node.inputs}:
        if value.name in parameters.gradients:
            parameters.gradients[value.name].fill_(torch.nan)
    for name, tensor in results_of(plan, parameters).items():
        assert tensor.equal(first[name]), name


@given(seed=seeds)
@settings(max_examples=30)
def test_evaluation_predicts_what_training_predicts(seed: int) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, 3, seed)
    trained = results_of(*compiled(graph, batch, outputs=BOTH))
    plan, _ = compiled(graph, batch, mode="evaluate")
    plan.forward()
    for name in BOTH:
        assert_all_close({name: plan.outputs[name]}, {name: trained[f"output {name}"]}, 1e-12)


@given(seed=seeds)
@settings(max_examples=15)
def test_the_gradient_of_a_batch_is_the_weighted_mean_over_its_parts(seed: int) -> None:
    graph = random_graph(seed)
    parameters = parameters_of(graph)
    plans = Plans(graph, parameters, "train")
    batch = batch_for(graph, 7, seed)

    def gradient_of(part: slice) -> Tensor:
        plan = plans.for_batch(len(batch["x"][part]))
        for name, tensor in plan.inputs.items():
            tensor.copy_(batch[name][part])
        plan.step()
        return parameters.gradient.clone()

    plans.for_batch(3)  # compiled before, so that it has to write all of the gradient again
    whole = gradient_of(slice(0, 7))
    parts = (4 * gradient_of(slice(0, 4)) + 3 * gradient_of(slice(4, 7))) / 7
    assert_all_close({"gradient": parts}, {"gradient": whole}, 1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_gradients_equal_the_float64_ones_within_its_precision(loss: Loss) -> None:
    graph = perceptron(20, 50, 10, loss=loss)
    batch = batch_for(graph, 32)
    single = results_of(*compiled(graph, batch, dtype=torch.float32))
    assert_all_close(single, results_of(*compiled(graph, batch)), 1e-5)


def test_running_a_step_again_gives_the_same_bits() -> None:
    graph = perceptron(20, 50, 10)
    plan, parameters = compiled(graph, batch_for(graph, 128), dtype=torch.float32)
    first, second = results_of(plan, parameters), results_of(plan, parameters)
    assert all(tensor.equal(second[name]) for name, tensor in first.items())


def test_a_parameter_that_nobody_reads_keeps_gradient_zero() -> None:
    graph = perceptron(4, 3)
    graph.parameter("idle", (5,))
    _, parameters = plan_and_step(graph)
    assert parameters.gradients["idle"].tolist() == [0] * 5
    assert parameters.gradients["dense_1.w"].count_nonzero() == 12


def test_parameters_that_are_added_both_get_their_gradient() -> None:
    # loss = sum of (p + q), so dp = dq = 1.
    graph = Graph()
    p, q = graph.parameter("p", (3,)), graph.parameter("q", (3,))
    graph.output("loss", apply(graph, "sum", apply(graph, "add", p, q)))
    parameters = Parameters({"p": (3,), "q": (3,)})
    compile_plan(graph, parameters, batch_size=1, mode="train").step()
    assert parameters.gradients["p"].tolist() == [1, 1, 1]
    assert parameters.gradients["q"].tolist() == [1, 1, 1]


def test_a_gradient_that_is_always_the_same_is_written_in_each_step() -> None:
    # An optimizer may clip the gradient in place, or another plan may have written it.
    graph = Graph()
    p = graph.parameter("p", (3,))
    graph.output("loss", apply(graph, "sum", p))
    parameters = Parameters({"p": (3,)})
    plan = compile_plan(graph, parameters, batch_size=1, mode="train")
    parameters.gradient.fill_(7)
    plan.step()
    assert parameters.gradients["p"].tolist() == [1, 1, 1]


def test_a_parameter_that_is_the_loss_has_gradient_one() -> None:
    graph = Graph()
    graph.output("loss", graph.parameter("p", ()))
    parameters = Parameters({"p": ()})
    compile_plan(graph, parameters, batch_size=1, mode="train").step()
    assert parameters.gradients["p"].item() == 1


def test_a_value_that_is_prediction_and_target_at_once_is_not_overwritten_between() -> None:
    # The target has no gradient, so dx = (sigmoid x - x) / n although the loss reads x twice.
    graph = Graph()
    x = dense(graph, graph.input("x", (BATCH, 3)), 2, "dense")
    losses = apply(graph, "binary_cross_entropy", x, x)
    graph.output("loss", apply(graph, "mean", losses))
    batch = {"x": torch.randn(4, 3, dtype=torch.float64)}
    plan, parameters = compiled(graph, batch)
    plan.step()
    y = batch["x"] @ parameters.values["dense.w"].T + parameters.values["dense.b"]
    dy = (torch.sigmoid(y) - y) / 2 / 4
    assert_all_close({"db": parameters.gradients["dense.b"]}, {"db": dy.sum(0)}, 1e-12)


@pytest.mark.parametrize("kind", ["add", "tanh", "reshape", "dense"])
def test_a_thousand_layers_are_a_legal_network(kind: str) -> None:
    graph = Graph()
    value = dense(graph, graph.input("x", (BATCH, 4)), 2, "first")
    bias = apply(graph, "tanh", value)
    for number in range(1000):
        if kind == "add":
            value = apply(graph, "add", value, bias)
        elif kind == "reshape":
            value = apply(graph, "reshape", value, features=((2,), (2, 1))[(number + 1) % 2])
        elif kind == "dense":
            value = apply(graph, "tanh", dense(graph, value, 2, f"dense_{number}"))
        else:
            value = apply(graph, kind, value)
    add_loss(graph, value, "squared")
    batch = batch_for(graph, 2)
    plan, parameters = compiled(graph, batch)
    expected = by_autograd(graph, parameters, batch, ["loss"])
    assert_all_close(results_of(plan, parameters), expected, 1e-10)


def plan_and_step(graph: Graph) -> tuple[object, Parameters]:
    plan, parameters = compiled(graph, batch_for(graph, 3))
    plan.step()
    return plan, parameters


def _a_block_each(
    instructions: Sequence[Instruction], elements: Callable[[Slot], int]
) -> dict[Slot, Block]:
    """Memory for every slot from the first step to the last, so that none can be shared."""
    return {
        slot: Block(max(elements(slot), 1), 0, len(instructions))
        for instruction in instructions
        for slot in instruction.written()
        if slot.home == "shared" and slot.view_of is None
    }
