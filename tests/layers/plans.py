"""Layers in a plan: what they make of numbers, and the gradients of a weighted sum of it."""

from __future__ import annotations

import torch
from torch import Tensor

from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.layers import Layer, Network
from chainrule.ops import Mean, Multiply
from chainrule.plan import Mode, Parameters, Plan, compile_plan


def graph_of(*layers: Layer, features: tuple[int, ...]) -> Graph:
    """The layers in a row, output "y", and the "loss", which is the mean of t y for an input t."""
    graph = Graph()
    y = Network(*layers).build(graph, graph.input("x", (BATCH, *features)))
    graph.output("y", y)
    t = graph.input("t", y.shape)
    graph.output("loss", graph.apply(Mean(), graph.apply(Multiply(), y, t)))
    return graph


def parameters_of(graph: Graph) -> Parameters:
    """As training draws them, in double precision."""
    return Parameters.initialised(graph, seed=0, dtype=torch.float64)


def plan_of(graph: Graph, parameters: Parameters, batch_size: int, mode: Mode) -> Plan:
    """A plan with the output "y", and in training the loss."""
    return compile_plan(graph, parameters, batch_size=batch_size, mode=mode, outputs=["y"])


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers in double precision."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def run(plan: Plan, **inputs: Tensor | int) -> Tensor:
    """y of these inputs, copied; a plan for training computes the gradients as well."""
    for name, value in inputs.items():
        if name in plan.inputs:
            plan.inputs[name].copy_(torch.as_tensor(value))
    plan.step()
    return plan.outputs["y"].clone()
