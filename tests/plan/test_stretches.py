"""Stretches: weights may move before the backward pass has ended, and none is the worse for it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import chainrule.plan.stretches
from chainrule.plan import Update, compile_plan
from tests.plan.networks import batch_for, compiled, parameters_of, perceptron, random_graph


def descent(weights: Tensor, gradient: Tensor) -> Update:
    def update(learning_rate: float) -> None:
        weights.sub_(learning_rate * gradient)

    return update


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of a test are small; here each part counts as long enough."""
    monkeypatch.setattr(chainrule.plan.stretches, "SHORTEST_IN_BYTES", 8)


@given(seed=st.integers(0, 100_000), batch_size=st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_weights_are_the_same_as_if_all_moved_at_the_end(seed: int, batch_size: int) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, batch_size, seed)
    plan, early = compiled(graph, batch)
    updates = [
        descent(early.weights[s.start : s.end], early.gradient[s.start : s.end])
        for s in plan.stretches
    ]
    reference, late = compiled(graph, batch)
    at_the_end = descent(late.weights, late.gradient)
    for _ in range(3):
        plan.learn(updates, 0.01)
        reference.step()
        at_the_end(0.01)
    torch.testing.assert_close(early.weights, late.weights, rtol=0, atol=0, equal_nan=True)


def test_later_layers_are_ready_first() -> None:
    graph = perceptron(6, 5, 4, 3)
    plan, parameters = compiled(graph, batch_for(graph, 2, 0))
    assert [stretch.ready for stretch in plan.stretches] == sorted(
        stretch.ready for stretch in plan.stretches
    )
    first, last = plan.stretches[0], plan.stretches[-1]
    assert (first.end, last.start) == (parameters.weights.numel(), 0)


def test_stretches_cover_the_flat_vectors_once() -> None:
    graph = perceptron(6, 5, 4, 3)
    plan, parameters = compiled(graph, batch_for(graph, 2, 0))
    covered = torch.zeros(parameters.weights.numel())
    for stretch in plan.stretches:
        covered[stretch.start : stretch.end] += 1
    assert (covered == 1).all()


def test_short_parts_are_left_to_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chainrule.plan.stretches, "SHORTEST_IN_BYTES", 10**6)
    graph = perceptron(6, 5, 4, 3)
    plan, parameters = compiled(graph, batch_for(graph, 2, 0))
    assert [(s.start, s.end) for s in plan.stretches] == [(0, parameters.weights.numel())]


def test_stretches_are_the_same_for_every_batch_size() -> None:
    graph = perceptron(6, 5, 4, 3)
    parameters = parameters_of(graph, torch.float32)
    one, seven = (
        compile_plan(graph, parameters, batch_size=size, mode="train").stretches for size in (1, 7)
    )
    assert one == seven
