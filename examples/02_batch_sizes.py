"""Batch, mini-batch and stochastic gradient descent on the same loss surface.

A penguin's bill length is predicted from its body mass and its flipper length, all standardised:

    prediction = w1 * mass + w2 * flipper + b,    L = mean of (prediction - length)^2

Heavy penguins have long flippers, so the two features are correlated, and the loss over w1 and w2
is a long valley. All three methods step w <- w - learning_rate * dL/dw at the same learning rate
and see the same number of samples. They differ in the number of samples that a step averages over:

    batch        all       the true gradient: a smooth path, but few steps
    mini-batch   16        many steps, with noise that falls with the root of the batch size
    stochastic   1         as many steps as samples: fast at first, but it never converges
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from command import print_finding, run
from data import penguins
from matplotlib.axes import Axes
from style import COLOURS, GREY, panels, save

import chainrule as cr
from chainrule.plan import Parameters, Plans
from chainrule.training.loop.sampling import batches
from chainrule.training.objective.objective import objective_graph
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings

ALL = prepare(
    penguins("bill_length_mm", ["body_mass_g", "flipper_length_mm"]), Settings(split=(1, 0, 0))
).training
BATCH_SIZES = {"stochastic": 1, "mini-batch": 16, "batch": len(ALL)}
START = (1.7, 0.1)
LEARNING_RATE = 0.03
EPOCHS_DRAWN = 8


@dataclass(frozen=True)
class Descent:
    """The path of a descent: samples seen, weights w1 and w2, and loss before each step."""

    seen: np.ndarray
    path: np.ndarray
    losses: np.ndarray


def descend(batch_size: int, epochs: int, seed: int) -> Descent:
    """Run gradient descent from START."""
    graph = objective_graph(cr.Network(cr.Dense(1)), (2,), "regression", 0)
    parameters = Parameters.zeros(graph)
    weights = parameters.values["dense_1.weights"]
    weights.copy_(torch.tensor([START]))
    training = Plans(graph, parameters, "train")
    evaluation = Plans(graph, parameters, "evaluate", ["loss"]).for_batch(len(ALL))
    evaluation.inputs["x"].copy_(ALL.features)
    evaluation.inputs["t"].copy_(ALL.targets)
    update = cr.GradientDescent().bind(parameters)
    seen, path, losses = [0], [], []
    for epoch in range(epochs):
        for rows in batches(len(ALL), batch_size, sampling="shuffled", seed=seed, epoch=epoch):
            evaluation.forward()
            seen.append(seen[-1] + len(rows))
            path.append(weights.flatten().tolist())
            losses.append(float(evaluation.outputs["loss"]))
            plan = training.for_batch(len(rows))
            plan.inputs["x"].copy_(ALL.features[rows])
            plan.inputs["t"].copy_(ALL.targets[rows])
            plan.step()
            update(LEARNING_RATE)
    return Descent(np.array(seen[:-1], float), np.array(path), np.array(losses))


def least_squares() -> tuple[np.ndarray, float]:
    """Return the weights (w1, w2, b) at the minimum, and the loss there."""
    x = np.column_stack([ALL.features, np.ones(len(ALL))])
    t = ALL.targets.numpy()[:, 0]
    w = np.linalg.lstsq(x, t, rcond=None)[0]
    return w, float(np.mean((x @ w - t) ** 2))


def samples_until(excess: np.ndarray, below: float, seen: np.ndarray) -> float:
    """Return the samples seen when the excess first fell below a limit; inf for never."""
    return float(seen[excess < below].min(initial=np.inf))


def main(short: bool, out: Path) -> dict[str, float]:
    """Run the three methods from the same start, with several seeds each."""
    epochs, seeds = (30, range(1)) if short else (120, range(3))
    bottom, lowest = least_squares()
    figure, (map_of_paths, curves) = panels(1, 2)
    draw_valley(map_of_paths, bottom)
    figures = {}
    for (name, size), colour in zip(BATCH_SIZES.items(), COLOURS[1:], strict=False):
        descents = [descend(size, epochs, seed) for seed in seeds]
        seen, path = descents[0].seen, descents[0].path
        excess = np.mean([descent.losses for descent in descents], axis=0) / lowest - 1
        drawn = path[seen <= EPOCHS_DRAWN * len(ALL)]
        thin = {"linewidth": 0.6} if size == 1 else {"marker": "."}
        map_of_paths.plot(*drawn.T, color=colour, **thin)
        curves.loglog(1 + seen, excess, color=colour, linewidth=1, label=name)
        late = seen >= (epochs - 10) * len(ALL)
        figures[f"{name}_samples_to_10_percent"] = samples_until(excess, 0.1, seen)
        figures[f"{name}_final_excess"] = float(excess[late].mean())
    map_of_paths.set(
        title=f"The first {EPOCHS_DRAWN} epochs", xlabel="w1, mass", ylabel="w2, flipper"
    )
    curves.set(
        title="Loss above the lowest, as a share of it", xlabel="samples seen", ylim=(1e-3, 4)
    )
    curves.legend(loc="lower left")
    save(figure, out, __file__)
    soonest = [figures[f"{name}_samples_to_10_percent"] for name in BATCH_SIZES]
    in_the_end = [figures[f"{name}_final_excess"] for name in BATCH_SIZES]
    print_finding(
        f"at a learning rate of {LEARNING_RATE} the loss first came within 10% of the lowest after "
        f"{soonest[0]:.0f} samples one by one, {soonest[1]:.0f} in mini-batches and "
        f"{soonest[2]:.0f} in batches of all. Over the last 10 of {epochs} epochs it was above the "
        f"lowest by {in_the_end[0]:.1%}, {in_the_end[1]:.1%} and {in_the_end[2]:.1%}."
    )
    return figures


def draw_valley(axes: Axes, bottom: np.ndarray) -> None:
    """Draw lines of equal loss, d' H d above the minimum, with H the mean of x x'."""
    w1, w2 = np.meshgrid(np.linspace(-0.7, 2, 100), np.linspace(-0.7, 1.5, 100))
    d = np.stack([w1, w2], axis=-1) - bottom[:2]
    h = (ALL.features.T @ ALL.features / len(ALL)).numpy()
    height = np.einsum("...i,ij,...j", d, h, d)
    axes.contour(w1, w2, height, 0.05 * np.arange(12) ** 2, colors=GREY, linewidths=0.6)
    axes.plot(*bottom[:2], "*", color=COLOURS[0], markersize=10, zorder=3)


if __name__ == "__main__":
    run(main, __doc__)
