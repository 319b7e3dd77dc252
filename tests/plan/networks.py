"""Graphs for tests: random ones, plain perceptrons, and what torch.autograd makes of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from chainrule.graph.graph import Graph, Value
from chainrule.graph.operation import create
from chainrule.graph.shape import BATCH, with_batch
from chainrule.plan import Mode, Parameters, Plan, compile_plan

Loss = Literal["softmax", "sparse softmax", "squared", "binary"]
# So small a guard of the logarithm moves no loss, as there is none on the scores.
NO_GUARD = 1e-300

LOSSES: tuple[Loss, ...] = ("softmax", "sparse softmax", "squared", "binary")

# What a random graph is made of: operations of one or two values, and forms with several nodes.
KINDS = (
    *("relu", "sigmoid", "tanh", "softmax", "copy", "add", "multiply", "maximum"),
    *("dense", "shared", "square", "residual", "reshape"),
)


@dataclass(frozen=True)
class Normal:
    """Initialiser: normal with a small deviation, so that many layers in a row stay tame."""

    deviation: float = 0.5

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        return self.deviation * torch.randn(shape, generator=generator, dtype=torch.float64)


def dense(graph: Graph, x: Value, outputs: int, name: str) -> Value:
    """A linear layer with parameters of its own."""
    inputs = x.shape[-1]
    assert isinstance(inputs, int)
    w = graph.parameter(f"{name}.w", (outputs, inputs), Normal())
    b = graph.parameter(f"{name}.b", (outputs,), Normal())
    return graph.apply(create("linear", {}), x, w, b)


def apply(graph: Graph, operation: str, *inputs: Value, **settings: object) -> Value:
    return graph.apply(create(operation, settings), *inputs)


def add_loss(graph: Graph, scores: Value, loss: Loss) -> None:
    """Outputs "prediction" and "loss", the mean over the batch, with target "t"."""
    if loss == "sparse softmax":
        t = graph.input("t", (BATCH,), "index")
        prediction = apply(graph, "softmax", scores)
        losses = apply(graph, "sparse_cross_entropy", prediction, t, delta=NO_GUARD)
    elif loss == "softmax":
        t = graph.input("t", scores.shape)
        prediction = apply(graph, "softmax", scores)
        losses = apply(graph, "cross_entropy", prediction, t, delta=NO_GUARD)
    else:
        t = graph.input("t", scores.shape)
        prediction = scores
        kind = "squared_error" if loss == "squared" else "binary_cross_entropy"
        losses = apply(graph, kind, scores, t)
    graph.output("prediction", prediction)
    graph.output("loss", apply(graph, "mean", losses))


def perceptron(*widths: int, activation: str = "relu", loss: Loss = "sparse softmax") -> Graph:
    """Dense layers with an activation between them."""
    graph = Graph()
    value = graph.input("x", (BATCH, widths[0]))
    for number, width in enumerate(widths[1:], start=1):
        value = dense(graph, value, width, f"dense_{number}")
        if number < len(widths) - 1:
            value = apply(graph, activation, value)
    add_loss(graph, value, loss)
    return graph


def random_graph(seed: int) -> Graph:
    """Layers in any order, with fan-out, shared weights, residual sums, products and views."""
    chance = random.Random(seed)
    width = chance.randint(1, 4)
    graph = Graph()
    x = graph.input("x", (BATCH, 6))
    graph.input("unread", (BATCH, 2))
    graph.parameter("read by nobody", (3,), Normal())
    factor = graph.parameter("factor", (width,), Normal())
    shared_w = graph.parameter("shared.w", (width, width), Normal())
    shared_b = apply(graph, "multiply", factor, graph.parameter("shared.b", (width,), Normal()))
    folded = apply(graph, "reshape", x, features=(2, 3))
    flat = apply(graph, "reshape", apply(graph, "mean", folded, axis=-1), features=(2,))
    values = [dense(graph, x, width, "first"), dense(graph, flat, width, "second")]
    for number in range(chance.randint(1, 12)):
        first, second = chance.choice(values[-3:]), chance.choice(values)
        kind = chance.choice(KINDS)
        if kind == "dense":
            value = dense(graph, first, width, f"dense_{number}")
        elif kind == "shared":
            value = apply(graph, "linear", first, shared_w, shared_b)
        elif kind in ("add", "maximum"):
            value = apply(graph, kind, first, second)
        elif kind in ("multiply", "square"):
            product = apply(graph, "multiply", first, first if kind == "square" else second)
            value = apply(graph, "tanh", product)  # or a few of them in a row overflow
        elif kind == "residual":
            value = apply(graph, "add", first, apply(graph, "tanh", first))
        elif kind == "reshape":
            column = apply(graph, "reshape", first, features=(width, 1))
            value = apply(graph, "reshape", apply(graph, "tanh", column), features=(width,))
        else:
            value = apply(graph, kind, first)
        values.append(value)
    scores = dense(graph, apply(graph, "tanh", values[-1]), width, "last")
    add_loss(graph, scores, chance.choice(LOSSES))
    if chance.random() < 0.3:  # a penalty that depends on weights alone
        penalty = apply(graph, "sum", apply(graph, "multiply", factor, factor))
        penalty = apply(graph, "add", penalty, apply(graph, "sum", shared_w))
        graph.output("loss", apply(graph, "add", graph.outputs["loss"], penalty))
    return graph


def batch_for(graph: Graph, batch_size: int, seed: int = 0) -> dict[str, Tensor]:
    """Numbers for each input of a graph, float64; targets are probabilities or classes."""
    generator = torch.Generator().manual_seed(seed)
    classes = graph.outputs["prediction"].shape[-1]
    assert isinstance(classes, int)
    batch = {}
    for name, value in graph.inputs.items():
        shape = with_batch(value.shape, batch_size)
        if value.type == "index":
            batch[name] = torch.randint(classes, shape, generator=generator)
        elif name == "t":
            scores = torch.randn(shape, generator=generator, dtype=torch.float64)
            batch[name] = torch.softmax(scores, -1)
        else:
            batch[name] = torch.randn(shape, generator=generator, dtype=torch.float64)
    return batch


def parameters_of(graph: Graph, dtype: torch.dtype = torch.float64) -> Parameters:
    return Parameters.initialised(graph, seed=0, dtype=dtype)


def compiled(
    graph: Graph,
    batch: Mapping[str, Tensor],
    *,
    mode: Mode = "train",
    outputs: list[str] | None = None,
    fused: bool = True,
    dtype: torch.dtype = torch.float64,
    parameters: Parameters | None = None,
) -> tuple[Plan, Parameters]:
    """A plan, its inputs filled with the batch, and the parameters that it was compiled with."""
    parameters = parameters or parameters_of(graph, dtype)
    plan = compile_plan(
        graph,
        parameters,
        batch_size=len(batch["x"]),
        mode=mode,
        outputs=outputs,
        fused=fused,
    )
    for name, tensor in plan.inputs.items():
        tensor.copy_(batch[name])
    return plan, parameters


def results_of(plan: Plan, parameters: Parameters) -> dict[str, Tensor]:
    """Outputs and gradients after a step, copied."""
    plan.step()
    outputs = {f"output {name}": value.clone() for name, value in plan.outputs.items()}
    gradients = {f"gradient {n}": g.clone() for n, g in parameters.gradients.items()}
    return outputs | gradients


def by_autograd(
    graph: Graph, parameters: Parameters, batch: Mapping[str, Tensor], outputs: list[str]
) -> dict[str, Tensor]:
    """What `results_of` should give, by the references of the operations and torch.autograd."""
    leaves = {n: v.detach().clone().requires_grad_() for n, v in parameters.values.items()}
    values = {graph.parameters[name]: leaf for name, leaf in leaves.items()}
    values |= {graph.inputs[name]: tensor for name, tensor in batch.items()}
    for node in graph.nodes:
        values[node.output] = node.operation.reference(*(values[v] for v in node.inputs))
    gradients = torch.autograd.grad(
        values[graph.outputs["loss"]], list(leaves.values()), allow_unused=True
    )
    results = {f"output {name}": values[graph.outputs[name]].detach() for name in outputs}
    for (name, leaf), gradient in zip(leaves.items(), gradients, strict=True):
        results[f"gradient {name}"] = torch.zeros_like(leaf) if gradient is None else gradient
    return results


def assert_all_close(
    actual: Mapping[str, Tensor], expected: Mapping[str, Tensor], tolerance: float
) -> None:
    """That all tensors differ by at most the tolerance, each relative to its largest element."""
    assert actual.keys() == expected.keys()
    for name, tensor in actual.items():
        assert tensor.shape == expected[name].shape, name
        scale = max(float(expected[name].abs().max()), 1e-3)
        error = float((tensor - expected[name]).abs().max()) / scale
        assert error <= tolerance, f"{name}: wrong by {error:.1e} of its largest element"
