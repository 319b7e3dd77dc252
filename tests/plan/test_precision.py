"""Precision in a plan: a cast gives what follows it buffers of another precision."""

from __future__ import annotations

import pytest
import torch

from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.ops.cast import BufferPrecision
from chainrule.plan import Plan
from tests.allocations import allocations
from tests.plan.networks import apply, batch_for, compiled, dense

BATCH_SIZE, UNITS = 64, 32


def between_casts(precision: BufferPrecision, full: torch.dtype = torch.float32) -> Plan:
    """A dense layer in full precision, then ten activations in the other."""
    graph = Graph()
    value = dense(graph, graph.input("x", (BATCH, UNITS)), UNITS, "dense")
    value = apply(graph, "cast", value, to=precision)
    for _ in range(10):
        value = apply(graph, "tanh", value)
    graph.output("prediction", value)
    graph.output("loss", apply(graph, "mean", apply(graph, "cast", value, to="full")))
    batch = batch_for(graph, BATCH_SIZE)
    return compiled(graph, batch, outputs=["prediction", "loss"], dtype=full)[0]


@pytest.mark.parametrize("full", [torch.float32, torch.float64])
def test_from_a_cast_to_the_next_numbers_are_bfloat16(full: torch.dtype) -> None:
    plan = between_casts("bfloat16", full)
    outputs = {name: tensor.dtype for name, tensor in plan.outputs.items()}
    assert outputs == {"prediction": torch.bfloat16, "loss": full}


def test_numbers_in_bfloat16_take_half_of_the_memory() -> None:
    each = BATCH_SIZE * UNITS
    assert between_casts("full")._buffers.arena.numel() == 10 * each
    # Two of the ten activations in the place of one; what the dense layer makes is never rounded.
    assert between_casts("bfloat16")._buffers.arena.numel() == (5 + 1) * each


def test_a_step_with_casts_allocates_nothing() -> None:
    assert allocations([between_casts("bfloat16").step]) == []
