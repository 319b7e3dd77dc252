"""The gradient check: backpropagation of a whole graph against central differences."""

from collections.abc import Mapping

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plan, compile_plan

# Truncation grows with the width and rounding falls with it; here they balance in float64.
WIDTH: float = torch.finfo(torch.float64).eps ** (1 / 3)


def relative_errors(
    graph: Graph,
    parameters: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, float]:
    """How far backpropagation is from the numerical derivative, for each parameter.

    Computed in float64. The relative error of a parameter is the largest difference between the
    two gradients, over the largest element of either: about 1e-9 where the chain rule is right,
    and unmoved by elements that are zero but for rounding.
    Args:
        graph: with an output "loss".
        parameters: their values and those of the states, by name.
        inputs: one batch, by name; a key, where operations draw by one, may be left out.
        coordinates: how many elements of each parameter to check, drawn by the seed; None for all.
        seed: of the draw.
    """
    own = Parameters.zeros(graph, torch.float64)
    own.load(parameters)
    batch_size = len(next(iter(inputs.values())))
    plan = compile_plan(graph, own, batch_size=batch_size, mode="train")
    for name, tensor in inputs.items():
        plan.inputs[name].copy_(tensor)
    plan.step()
    errors = {}
    for name, gradient in own.gradients.items():
        value = own.values[name]
        drawn = torch.randperm(value.numel(), generator=randomness.generator(seed, "check", name))
        chosen = drawn[:coordinates]
        backpropagated = gradient.flatten()[chosen]
        numerical = torch.stack([_difference(plan, value.view(-1), i) for i in chosen.tolist()])
        scale = torch.maximum(backpropagated.abs(), numerical.abs()).max().clamp_min(1e-12)
        errors[name] = float((backpropagated - numerical).abs().max() / scale)
    return errors


def _difference(plan: Plan, weights: Tensor, index: int) -> Tensor:
    here = weights[index].clone()
    weights[index] = here + WIDTH
    plan.forward()
    above = plan.outputs["loss"].clone()
    weights[index] = here - WIDTH
    plan.forward()
    weights[index] = here
    return above.sub_(plan.outputs["loss"]).div_(2 * WIDTH)
