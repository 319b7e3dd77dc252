"""Layers in a plan: a step of them allocates nothing, in training and in evaluation."""

import pytest

from chainrule.layers import (
    Activation,
    BatchNorm,
    Dense,
    Dropout,
    EmbedCategories,
    LayerNorm,
    NTKDense,
    Residual,
    Scale,
)
from chainrule.plan import Mode
from tests.allocations import allocations
from tests.layers.plans import graph_of, parameters_of, plan_of

LAYERS = (
    EmbedCategories((0, 5, 0, 3), 4),
    Scale(),
    NTKDense(16, "mish"),
    Dense(16, bias=False),
    BatchNorm(),
    Activation("relu"),
    Dropout(0.3),
    Residual(Dense(16), LayerNorm(), activation="relu"),
    Residual(Dense(8), BatchNorm(), Dropout(0.3)),
    Dense(2),
)
MODES: list[Mode] = ["train", "evaluate"]


@pytest.mark.parametrize("mode", MODES)
def test_a_step_allocates_nothing(mode: Mode) -> None:
    graph = graph_of(*LAYERS, features=(4,))
    plan = plan_of(graph, parameters_of(graph), 32, mode)
    assert allocations([plan.step]) == []
