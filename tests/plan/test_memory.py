"""Memory of a plan: shared by lifetime, and fixed before the first step."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.plan.buffers import Block, _assign_starts
from tests.allocations import allocations
from tests.plan.networks import (
    LOSSES,
    Loss,
    add_loss,
    apply,
    batch_for,
    compiled,
    dense,
    perceptron,
)

blocks = st.lists(
    st.builds(
        lambda elements, first, length: Block(elements, first, first + length),
        st.integers(1, 100),
        st.integers(0, 10),
        st.integers(0, 5),
    ),
    max_size=12,
)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch_size", [32, 128])
def test_a_step_of_a_perceptron_allocates_nothing(loss: Loss, batch_size: int) -> None:
    graph = perceptron(20, 50, 30, 10, loss=loss)
    plan, _ = compiled(graph, batch_for(graph, batch_size), dtype=torch.float32)
    assert allocations([plan.step]) == []


def test_a_step_with_residual_sums_and_predictions_allocates_nothing() -> None:
    graph = Graph()
    x = apply(graph, "tanh", dense(graph, graph.input("x", (BATCH, 20)), 20, "first"))
    y = apply(graph, "add", graph.inputs["x"], apply(graph, "softmax", x))
    y = apply(graph, "maximum", y, apply(graph, "multiply", x, x))
    add_loss(graph, dense(graph, y, 10, "last"), "softmax")
    plan, _ = compiled(
        graph, batch_for(graph, 32), dtype=torch.float32, outputs=["loss", "prediction"]
    )
    assert allocations([plan.step]) == []


def test_an_arena_is_smaller_than_memory_for_each_value() -> None:
    graph = perceptron(*[20] * 10)
    plan, _ = compiled(graph, batch_for(graph, 32))
    assert plan._buffers.arena.numel() < plan._buffers.unshared_elements


def test_evaluation_of_many_layers_needs_the_memory_of_two() -> None:
    def arena(layers: int) -> int:
        graph = perceptron(*[20] * layers)
        plan, _ = compiled(graph, batch_for(graph, 32), mode="evaluate", outputs=["loss"])
        return plan._buffers.arena.numel()

    assert arena(20) == arena(5)


def test_activations_run_over_the_memory_of_what_they_read() -> None:
    graph = Graph()
    x = apply(graph, "add", graph.input("x", (BATCH, 8)), graph.inputs["x"])
    for _ in range(5):
        x = apply(graph, "tanh", x)
    add_loss(graph, apply(graph, "copy", x), "squared")
    plan, _ = compiled(graph, batch_for(graph, 2), mode="evaluate", outputs=["prediction"])
    assert plan._buffers.arena.numel() == 2 * 8


def test_an_output_keeps_its_values_until_the_next_step() -> None:
    graph = perceptron(4, 4, 4, 4, loss="squared")
    plan, _ = compiled(graph, batch_for(graph, 3), outputs=["loss", "prediction"])
    plan.forward()
    prediction = plan.outputs["prediction"].clone()
    plan.backward()
    assert plan.outputs["prediction"].equal(prediction)


def test_a_step_leaves_its_inputs_as_they_were() -> None:
    graph = perceptron(4, 4, 4, loss="binary")
    batch = batch_for(graph, 3)
    plan, _ = compiled(graph, batch)
    plan.step()
    assert all(tensor.equal(batch[name]) for name, tensor in plan.inputs.items())


@given(blocks=blocks)
def test_blocks_in_use_at_the_same_step_lie_apart(blocks: list[Block]) -> None:
    size = _assign_starts(blocks, alignment=16)
    for number, block in enumerate(blocks):
        assert block.start % 16 == 0
        assert block.start + block.elements <= size
        for other in blocks[:number]:
            apart = (
                block.start + block.elements <= other.start
                or other.start + other.elements <= block.start
            )
            assert apart or not block.overlaps(other)


def test_blocks_that_follow_each_other_lie_at_one_place() -> None:
    following = [Block(10, 0, 1), Block(10, 2, 3), Block(10, 4, 5)]
    assert _assign_starts(following, alignment=16) == 10
