"""A small convolutional network, as a compiled plan and as torch's functions with autograd."""

from __future__ import annotations

import json

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.graph.graph import Graph
from chainrule.graph.json import as_json, from_json
from chainrule.graph.shape import BATCH
from chainrule.layers import AveragePool2D, Conv2D, Dense, MaxPool2D, Network
from chainrule.plan import Parameters, Plans
from tests.plan.networks import (
    add_loss,
    apply,
    assert_all_close,
    batch_for,
    by_autograd,
    compiled,
    results_of,
)

BATCH_SIZE = 6
BOTH = ["loss", "prediction"]
NETWORK = Network(
    Conv2D(4, 3, "relu"),
    MaxPool2D(),
    Conv2D(6, 3, "tanh", stride=2, groups=2, padding=(2, 1)),
    AveragePool2D(2, stride=1),
    Conv2D(5, 1, bias=False),
    Dense(7, "relu"),
    Dense(3),
)


# Nothing in it jumps where a rounded number wins a window or passes 0.
SMOOTH = Network(Conv2D(4, 3, "tanh"), AveragePool2D(), Conv2D(6, 3, "tanh"), Dense(3))


def convolutional(network: Network = NETWORK) -> Graph:
    """A network over grey pictures of 9 x 8, with the cross entropy of three classes."""
    graph = Graph()
    scores = network.build(graph, graph.input("x", (BATCH, 9, 8)))
    losses = apply(
        graph, "sparse_softmax_cross_entropy", scores, graph.input("t", (BATCH,), "index")
    )
    graph.output("loss", apply(graph, "mean", losses))
    graph.output("prediction", scores)
    return graph


def in_torch(weights: dict[str, Tensor], batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Prediction, loss and gradients of the same network, written out in torch."""
    leaves = {name: value.clone().requires_grad_() for name, value in weights.items()}

    def filters(layer: str) -> Tensor:
        return leaves[f"{layer}.weights"].permute(0, 3, 1, 2)

    def dense(x: Tensor, layer: str) -> Tensor:
        return functional.linear(x, leaves[f"{layer}.weights"], leaves[f"{layer}.bias"])

    x, b = batch["x"].unsqueeze(1), leaves["conv2d_1.bias"]
    x = torch.relu(functional.conv2d(x, filters("conv2d_1"), b, padding=1))
    x = functional.max_pool2d(x, 2)
    b, padding = leaves["conv2d_3.bias"], (2, 1)
    x = torch.tanh(functional.conv2d(x, filters("conv2d_3"), b, 2, padding, groups=2))
    x = functional.avg_pool2d(x, 2, stride=1)
    x = functional.conv2d(x, filters("conv2d_5"))
    x = torch.relu(dense(x.permute(0, 2, 3, 1).flatten(1), "dense_6"))
    scores = dense(x, "dense_7")
    loss = functional.cross_entropy(scores, batch["t"])
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    outputs = {"output loss": loss.detach(), "output prediction": scores.detach()}
    return outputs | {f"gradient {n}": g for n, g in zip(leaves, gradients, strict=True)}


@pytest.mark.parametrize("fused", [True, False])
def test_outputs_and_gradients_equal_those_of_torch(fused: bool) -> None:
    graph = convolutional()
    batch = batch_for(graph, BATCH_SIZE)
    plan, parameters = compiled(graph, batch, outputs=BOTH, fused=fused)
    results = results_of(plan, parameters)
    assert len(results) == 2 + 9
    assert all(result.count_nonzero() for result in results.values())
    assert_all_close(results, in_torch(parameters.values, batch), 1e-10)


def test_float32_gives_the_same_within_its_precision() -> None:
    graph = convolutional()
    batch = batch_for(graph, BATCH_SIZE)
    single = results_of(*compiled(graph, batch, outputs=BOTH, dtype=torch.float32))
    assert_all_close(single, results_of(*compiled(graph, batch, outputs=BOTH)), 1e-5)


def test_bfloat16_gives_the_same_within_its_precision() -> None:
    graph = convolutional(SMOOTH)
    batch = batch_for(graph, BATCH_SIZE)
    plan, parameters = compiled(graph, batch, outputs=BOTH, dtype=torch.bfloat16)
    results = {name: result.double() for name, result in results_of(plan, parameters).items()}
    rounded = {n: t.bfloat16().double() if t.is_floating_point() else t for n, t in batch.items()}
    exact = Parameters.zeros(graph, torch.float64)
    exact.load(parameters.values)
    assert_all_close(results, by_autograd(graph, exact, rounded, BOTH), 0.05)


def test_a_smaller_last_batch_is_exact() -> None:
    graph = convolutional()
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    plans = Plans(graph, parameters, "train", BOTH)
    for batch_size in (BATCH_SIZE, 1, BATCH_SIZE):
        batch = batch_for(graph, batch_size, seed=batch_size)
        plan = plans.for_batch(batch_size)
        for name, tensor in plan.inputs.items():
            tensor.copy_(batch[name])
        assert_all_close(results_of(plan, parameters), in_torch(parameters.values, batch), 1e-10)


def test_evaluation_predicts_what_training_predicts() -> None:
    graph = convolutional()
    batch = batch_for(graph, BATCH_SIZE)
    trained = results_of(*compiled(graph, batch, outputs=BOTH))
    plan, _ = compiled(graph, batch, mode="evaluate")
    plan.forward()
    for name in BOTH:
        assert plan.outputs[name].equal(trained[f"output {name}"])


def test_pictures_may_come_from_a_dense_layer() -> None:
    # Its results lie in memory the other way, feature after feature.
    graph = Graph()
    x = Dense(20, "tanh").build(graph, graph.input("x", (BATCH, 5)), "dense")
    pixels = apply(graph, "reshape", x, features=(5, 4))
    pooled = Network(AveragePool2D(2, 1), MaxPool2D(2, 1), Dense(3)).build(graph, pixels)
    filtered = Conv2D(3, padding="valid").build(graph, pixels, "conv2d")
    scores = apply(graph, "add", pooled, Dense(3).build(graph, filtered, "scores"))
    add_loss(graph, scores, "squared")
    batch = batch_for(graph, BATCH_SIZE)
    plan, parameters = compiled(graph, batch, outputs=BOTH)
    results = results_of(plan, parameters)
    assert_all_close(results, by_autograd(graph, parameters, batch, BOTH), 1e-10)


def test_the_gradient_of_the_pictures_themselves_is_not_computed() -> None:
    plan, _ = compiled(convolutional(), batch_for(convolutional(), BATCH_SIZE))
    first = next(r for r in plan.describe().splitlines()[::-1] if "convolution backward" in r)
    assert "d conv2d_1.weights" in first
    assert "d conv2d_1.pictures" not in first


def test_a_graph_that_came_back_from_json_computes_the_same_bit_for_bit() -> None:
    graph = convolutional()
    batch = batch_for(graph, BATCH_SIZE)
    plan, parameters = compiled(graph, batch, outputs=BOTH)
    expected = results_of(plan, parameters)
    again = from_json(json.loads(json.dumps(as_json(graph))))
    assert as_json(again) == as_json(graph)
    same = Parameters.zeros(again, torch.float64)
    same.load(parameters.values)
    plan, _ = compiled(again, batch, outputs=BOTH, parameters=same)
    for name, result in results_of(plan, same).items():
        assert result.equal(expected[name]), name
