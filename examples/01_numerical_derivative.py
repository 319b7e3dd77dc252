"""The numerical derivative against backpropagation: the same gradient, computed in two ways.

By its definition a derivative is a limit of differences. The central difference

    dL/dw  =  (L(w + h) - L(w - h)) / (2 h)  +  an error of order h^2

needs no derivation, but two forward passes for each weight. Backpropagation computes all of them in
one backward pass, by the chain rule, whose implementation may have bugs. So each checks the other.
Their difference depends on h: with a large h the truncation error of the difference dominates
(about h^2), with a small h the rounding error of L (about eps / h, where eps is 2e-16 in float64
and 1e-7 in float32). The two errors balance near the cube root of eps.
"""

from pathlib import Path
from timeit import timeit

import numpy as np
import torch
from command import print_finding, run
from data import digits
from style import COLOURS, GREY, panels, save

import chainrule as cr
from chainrule.plan import Parameters, Plan, compile_plan
from chainrule.training.objective.objective import objective_graph
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings

LAYER = "dense_1.weights"


def compiled(samples: int, dtype: torch.dtype) -> tuple[Plan, Parameters]:
    """Compile a small network with the loss of some digits."""
    prepared = prepare(digits(), Settings())
    network = cr.Network(cr.Dense(10, "tanh"), cr.Dense(10))
    graph = objective_graph(network, prepared.preparation.feature_shape, "classification", 10)
    parameters = Parameters.initialised(graph, seed=0, dtype=dtype)
    plan = compile_plan(graph, parameters, batch_size=samples, mode="train")
    plan.inputs["x"].copy_(prepared.training.features[:samples])
    plan.inputs["t"].copy_(prepared.training.targets[:samples])
    return plan, parameters


def by_backpropagation(plan: Plan, parameters: Parameters) -> np.ndarray:
    """Return the gradient of the first layer's weights: one forward and one backward pass."""
    plan.step()
    return parameters.gradients[LAYER].double().numpy().copy()


def by_differences(plan: Plan, parameters: Parameters, h: float) -> np.ndarray:
    """Return the same gradient, by two forward passes for each weight."""
    weights = parameters.values[LAYER]

    def loss(w: np.ndarray) -> float:
        weights.copy_(torch.from_numpy(w))
        plan.forward()
        return float(plan.outputs["loss"])

    start = weights.double().numpy().copy()
    gradient = cr.numerical_gradient(loss, start, h)
    weights.copy_(torch.from_numpy(start))
    return gradient


def relative_error(numerical: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest difference, relative to the largest derivative."""
    return float(np.abs(numerical - exact).max() / np.abs(exact).max())


def main(short: bool, out: Path) -> dict[str, float]:
    """Compare the two for a range of h, in both precisions."""
    widths = np.logspace(-9, 0, 7 if short else 28)
    figure, (by_width, by_weight) = panels(1, 2)
    best = {}
    for name, dtype, colour in (
        ("float32", torch.float32, COLOURS[1]),
        ("float64", torch.float64, COLOURS[0]),
    ):
        plan, parameters = compiled(20 if short else 100, dtype)
        exact = by_backpropagation(plan, parameters)
        errors = [relative_error(by_differences(plan, parameters, h), exact) for h in widths]
        best[name] = min(zip(errors, widths, strict=True))
        by_width.loglog(widths, errors, "o-", color=colour, markersize=3, label=name)
        cube_root = torch.finfo(dtype).eps ** (1 / 3)
        by_width.axvline(cube_root, color=colour, ls=":", lw=1, label="cube root of its eps")
    error, h = best["float64"]
    by_width.set(title="How far apart they are", xlabel="h", ylim=(1e-11, 1e7))
    by_width.set_ylabel("largest difference / largest derivative")
    by_width.legend(ncols=2, frameon=True, framealpha=1, edgecolor="white")
    numerical = by_differences(plan, parameters, h)
    by_weight.axline((0, 0), slope=1, color=GREY, linewidth=1)
    by_weight.plot(exact.ravel(), numerical.ravel(), ".", color=COLOURS[0], markersize=3)
    by_weight.set(
        title=f"{exact.size} weights of the first layer",
        xlabel="by backpropagation",
        ylabel=f"by differences of h = {h:.0e}",
    )
    save(figure, out, __file__)
    by_steps = timeit(plan.step, number=100) / 100
    times = timeit(lambda: by_differences(plan, parameters, h), number=1) / by_steps
    print_finding(
        f"in float64 the two agree to {error:.0e} of the largest derivative, at h = {h:.0e}; in "
        f"float32 to no better than {best['float32'][0]:.0e}, at h = {best['float32'][1]:.0e}. "
        f"The differences took {2 * exact.size} forward passes and {times:.0f} times as long as "
        "one forward and backward pass."
    )
    return {
        "float64_error": error,
        "float64_width": h,
        "float32_error": best["float32"][0],
        "error_at_widest": errors[-1],
        "times_as_long": times,
    }


if __name__ == "__main__":
    run(main, __doc__)
