"""LayerNorm in a network."""

import pytest
import torch

from chainrule.layers import Dense, LayerNorm
from chainrule.plan import Mode
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run
from tests.ops.bound import assert_close

MODES: list[Mode] = ["train", "evaluate"]


@pytest.mark.parametrize("mode", MODES)
def test_behind_a_dense_layer_it_equals_torch(mode: Mode) -> None:
    graph = graph_of(Dense(4), LayerNorm(), features=(3,))
    parameters = parameters_of(graph)
    for value in parameters.values.values():
        value.copy_(numbers(*value.shape, seed=value.numel()))
    x = numbers(6, 3)
    y = run(plan_of(graph, parameters, 6, mode), x=x, t=numbers(6, 4))
    w, b, scale, shift = parameters.values.values()
    z = torch.nn.functional.linear(x, w, b)
    assert_close(y, torch.nn.functional.layer_norm(z, (4,), scale, shift), 1e-12)


def test_it_begins_with_scale_1_and_shift_0() -> None:
    values = parameters_of(graph_of(LayerNorm(), features=(3,))).values
    assert {name: value.tolist() for name, value in values.items()} == {
        "layernorm_1.scale": [1, 1, 1],
        "layernorm_1.shift": [0, 0, 0],
    }


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(LayerNorm()) == "LayerNorm()"
