"""The gradient check: backpropagation of a whole graph against central differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plan, compile_plan

EPSILON: float = torch.finfo(torch.float64).eps

# Steps of the difference, the best for most networks first. A long step measures small gradients,
# as the rounding error falls with it; a short one stays on one side of the kinks of relu.
STEPS = (2.0**-10, 2.0**-17, 2.0**-22, 2.0**-5)

# A loss is a sum of many rounded numbers, so its error is a multiple of its last digit.
ROUNDINGS = 20.0

# Points around the weights at which the rounding error of the gradients is measured.
NEIGHBOURS = 3

# Up to this relative error a gradient is right: it is rounded, too.
LARGEST_ERROR = 1e-6

# An element is measured where the error of its difference is at most this share of the gradient, so
# that a gradient wrong by 0.1 % is found.
MEASURED = 2.5e-4


@dataclass(frozen=True)
class GradientError:
    """The comparison of the gradient of a parameter with numerical derivatives.

    Attributes:
        error: largest relative error of a measured element; right up to `LARGEST_ERROR`. nan if no
            element was measured, infinite if a gradient is not finite.
        compared: indices of the elements that were drawn, in the flattened parameter.
        unmeasured: those of them that could not be measured: their gradients are zero, too
            small for the rounding of the loss, or at a kink.
    """

    error: float
    compared: tuple[int, ...]
    unmeasured: tuple[int, ...]

    @property
    def measured(self) -> int:
        """Number of elements that were measured."""
        return len(self.compared) - len(self.unmeasured)

    @property
    def is_wrong(self) -> bool:
        """Whether the chain rule of an element is wrong."""
        return self.error > LARGEST_ERROR


def gradient_errors(
    graph: Graph,
    parameters: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, GradientError]:
    """Compare backpropagation with numerical derivatives, for each parameter, in float64.

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
    gradients = {name: gradient.flatten() for name, gradient in _copies(checked).items()}
    noise = _noise_of_gradients(plan, checked, seed)

    def loss() -> float:
        plan.forward()
        return float(plan.outputs["loss"])

    errors = {}
    for name, gradient in gradients.items():
        weights = checked.values[name].view(-1)
        order = torch.randperm(len(weights), generator=randomness.generator(seed, "check", name))
        elements = {
            i: _error(Slope(loss, weights, i, noise[name]), float(gradient[i]))
            for i in order[:coordinates].tolist()
        }
        errors[name] = GradientError(
            max((error for error in elements.values() if error is not None), default=math.nan),
            tuple(elements),
            tuple(i for i, error in elements.items() if error is None),
        )
    return errors


def relative_errors(
    graph: Graph,
    parameters: Mapping[str, Tensor],
    inputs: Mapping[str, Tensor],
    *,
    coordinates: int | None = 100,
    seed: int = 0,
) -> dict[str, float]:
    """Return the largest relative error of each parameter, as `gradient_errors` computes it."""
    errors = gradient_errors(graph, parameters, inputs, coordinates=coordinates, seed=seed)
    return {name: error.error for name, error in errors.items()}


def _copies(parameters: Parameters) -> dict[str, Tensor]:
    return {name: gradient.clone() for name, gradient in parameters.gradients.items()}


def _noise_of_gradients(plan: Plan, parameters: Parameters, seed: int) -> dict[str, float]:
    """Return the rounding error of backpropagation, as the largest one of each parameter.

    It is measured where the weights differ in their last digits: what changes then is rounding, as
    where terms cancel, or normalisation divides by a deviation of nearly zero.
    """
    right, weights = _copies(parameters), parameters.weights.clone()
    noise = dict.fromkeys(right, 0.0)
    for number in range(NEIGHBOURS):
        draw = randomness.generator(seed, "neighbour", number)
        shift = torch.randn(weights.shape, generator=draw, dtype=weights.dtype)
        parameters.weights.copy_(weights * (1 + 2 * EPSILON * shift))
        plan.step()
        for name, gradient in parameters.gradients.items():
            noise[name] = max(noise[name], float((gradient - right[name]).abs().max()))
    parameters.weights.copy_(weights)
    return noise


@dataclass(frozen=True)
class Slope:
    """The loss along one weight, whose derivative is compared.

    Attributes:
        loss: computes the loss.
        weights: of the parameter, flattened.
        index: of the weight.
        noise: rounding error of its gradient.
    """

    loss: Callable[[], float]
    weights: Tensor
    index: int
    noise: float

    def at(self, weight: float) -> float:
        """Return the loss with this value of the weight."""
        before = self.weights[self.index].clone()
        self.weights[self.index] = weight
        loss = self.loss()
        self.weights[self.index] = before
        return loss


@dataclass(frozen=True)
class Difference:
    """A numerical derivative.

    Attributes:
        derivative: of the loss by a weight.
        tolerance: bound of its error.
    """

    derivative: float
    tolerance: float

    def measures(self, gradient: float) -> bool:
        """Return whether it shows an error of 0.1 % in a gradient."""
        return self.tolerance <= MEASURED * max(abs(self.derivative), abs(gradient))

    def error_of(self, gradient: float) -> float:
        """Return the relative error of a gradient: at most `LARGEST_ERROR` within the tolerance."""
        scale = max(abs(self.derivative), abs(gradient), self.tolerance / LARGEST_ERROR)
        return abs(gradient - self.derivative) / scale


def _error(slope: Slope, gradient: float) -> float | None:
    """Return the relative error of the gradient of a weight; None if it can't be measured.

    It is wrong only if it is at every step that measures it: across a kink a difference may be off.
    """
    if not math.isfinite(gradient):
        return math.inf
    found: list[Difference] = []
    for difference in _differences(slope, gradient):
        if difference.measures(gradient):
            found.append(difference)
            if difference.error_of(gradient) <= LARGEST_ERROR:
                return difference.error_of(gradient)
    if not found:
        return None
    return min(found, key=lambda difference: difference.tolerance).error_of(gradient)


def _differences(slope: Slope, gradient: float) -> Iterator[Difference]:
    """Yield the derivative of the loss by a weight, by central differences of each step.

    Steps too short for the size of the derivative are left out.

    With f(k) the loss where the weight is moved by k steps h, and eps the machine epsilon:

        narrow     = (f(1) - f(-1)) / 2h
        wide       = (f(2) - f(-2)) / 4h
        fourth     = |f(2) - 4 f(1) + 6 f(0) - 4 f(-1) + f(-2)|
        derivative = (4 narrow - wide) / 3
        tolerance  = |narrow - wide| + (R eps |f(0)| + fourth) / h

    narrow has the truncation error h^2 f'''/6, wide four times as much, which cancels in the
    derivative (Richardson's extrapolation); their difference bounds what is left. The rounding
    error of a difference is that of the loss, eps |f(0)| for each of R roundings, over h: Nocedal &
    Wright (2006), Numerical optimization, section 8.1; Higham (2002), Accuracy and stability of
    numerical algorithms, section 1.14. The fourth difference of a smooth loss, h^4 f'''', is below
    that; a larger one shows more rounding, or a kink within the step, where there is no derivative.
    The rounding error of the gradient itself is added, R times the measured one.
    """
    weight, middle = float(slope.weights[slope.index]), slope.loss()
    rounding, size = ROUNDINGS * EPSILON * abs(middle), math.inf
    for h in STEPS:
        if rounding / h > MEASURED * size:
            continue
        below_2, below, above, above_2 = (slope.at(weight + k * h) for k in (-2, -1, 1, 2))
        narrow, wide = (above - below) / (2 * h), (above_2 - below_2) / (4 * h)
        fourth = abs(above_2 - 4 * above + 6 * middle - 4 * below + below_2)
        derivative = (4 * narrow - wide) / 3
        of_difference = abs(narrow - wide) + (rounding + fourth) / h
        yield Difference(derivative, of_difference + ROUNDINGS * slope.noise)
        size = max(abs(derivative), abs(gradient))
