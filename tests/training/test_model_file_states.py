"""Model files of networks with states: running statistics are stored and found again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from chainrule.data.preparation import Preparation
from chainrule.graph.json import as_json, from_json
from chainrule.layers import (
    Activation,
    BatchNorm,
    Dense,
    Dropout,
    EmbedCategories,
    LayerNorm,
    Network,
    Residual,
)
from chainrule.plan import Parameters, compile_plan
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load, save
from chainrule.training.objective.objective import objective_graph
from tests.layers.plans import graph_of
from tests.training import toys

ROWS = 100
NETWORK = Network(
    Dense(8), BatchNorm(), Activation("relu"), Residual(Dense(8), LayerNorm()), Dense(3)
)


@pytest.fixture(scope="module")
def model() -> Model:
    """After three steps, so that running statistics are no longer those of the beginning."""
    data = toys.table("classification")
    preparation = Preparation.fit(data, np.arange(ROWS), "classification")
    graph = objective_graph(NETWORK, preparation.feature_shape, "classification", 3)
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=ROWS, mode="train")
    plan.inputs["x"].copy_(preparation.features(data))
    plan.inputs["t"].copy_(preparation.targets(data))
    for _ in range(3):
        plan.step()
        parameters.weights.add_(parameters.gradient, alpha=-0.1)
    return Model(graph, parameters, preparation)


def test_a_loaded_model_predicts_the_same_bit_for_bit(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    data = toys.table("classification", seed=7)
    assert loaded.predict(data).equal(model.predict(data))
    assert as_json(loaded.graph) == as_json(model.graph)


def test_running_statistics_are_found_by_name(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "model.safetensors")
    with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
        for name in ("batchnorm_2.running_mean", "batchnorm_2.running_variance"):
            assert file.get_tensor(name).equal(model.parameters.values[name])
        assert not torch.equal(file.get_tensor("batchnorm_2.running_mean"), torch.zeros(8))


def test_a_graph_with_states_a_key_and_settings_comes_back_through_text_as_it_was() -> None:
    layers = (EmbedCategories((0, 5), 4), Dense(6), BatchNorm(), Dropout(0.3), LayerNorm())
    graph = graph_of(*layers, features=(2,))
    again = from_json(json.loads(json.dumps(as_json(graph))))
    assert str(again) == str(graph)
    assert [node.operation for node in again.nodes] == [node.operation for node in graph.nodes]
    assert list(again.states) == ["batchnorm_3.running_mean", "batchnorm_3.running_variance"]
