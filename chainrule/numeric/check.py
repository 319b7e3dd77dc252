"""The gradient check: backpropagation of a whole graph against central differences."""

from collections.abc import Mapping

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plan, compile_plan

# The truncation error grows with the width and the rounding error falls; here they balance in
# float64.
WIDTH: float = torch.finfo(torch.float64).eps ** (1 / 3)


def relative_errors(
    graph: Graph,
    parameters: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, float]:
    """Compute the error of backpropagation against numerical derivatives, for each parameter.

    Computed in float64. The relative error of a parameter is the largest difference between the
    two gradients, over the largest element of either: about 1e-9 where the chain rule is right,
    and insensitive to elements that are zero up to rounding.
    Args:
        graph: with an output "loss".
        parameters: their values and those of the states, by name.
        inputs: one batch, by name; the key of random operations may be left out.
        coordinates: number of elements of each parameter to check, drawn by the seed; None for all.
        seed: of the draw.
    """
    checked = Parameters.zeros(graph, torch.float64)
    checked.load(parameters)
    batch_size = len(next(iter(inputs.values())))
    plan = compile_plan(graph, checked, batch_size=batch_size, mode="train")
    for name, tensor in inputs.items():
        plan.inputs[name].copy_(tensor)
    plan.step()
    errors = {}
    for name, gradient in checked.gradients.items():
        value = checked.values[name]
        order = torch.randperm(value.numel(), generator=randomness.generator(seed, "check", name))
        indices = order[:coordinates]
        backpropagated = gradient.flatten()[indices]
        numerical = torch.stack([_difference(plan, value.view(-1), i) for i in indices.tolist()])
        scale = torch.maximum(backpropagated.abs(), numerical.abs()).max().clamp_min(1e-12)
        errors[name] = float((backpropagated - numerical).abs().max() / scale)
    return errors


def _difference(plan: Plan, weights: Tensor, index: int) -> Tensor:
    weight = weights[index].clone()
    weights[index] = weight + WIDTH
    plan.forward()
    above = plan.outputs["loss"].clone()
    weights[index] = weight - WIDTH
    plan.forward()
    weights[index] = weight
    return above.sub_(plan.outputs["loss"]).div_(2 * WIDTH)
