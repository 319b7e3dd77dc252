"""Paths of the optimizers on two surfaces, each at its best learning rate.

    a long bowl             f = x^2 / 20 + y^2                   from (-7, 2), lowest at (0, 0)
    Rosenbrock's banana     f = (1 - x)^2 + 100 (y - x^2)^2      from (-1.5, 2), lowest at (1, 1)

Both valleys are steep across and nearly flat along. A rate that is small enough for the steep
direction hardly moves in the flat one: gradient descent zigzags. Momentum and Nesterov accumulate
steps, so that alternating ones cancel. AdaGrad, RMSprop, Adam and NAdam divide each coordinate by
the size of its own gradients; AdaGrad's sum of squares only grows, so that it slows down for good.
Lion takes equal steps in both directions, whatever the gradient.

Left out: AdamW, which is Adam where no weights decay; Muon, which is for matrices and leaves
vectors such as (x, y) to AdamW; and L-BFGS, which finds its step lengths itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from command import print_finding, run
from matplotlib.axes import Axes
from style import COLOURS, GREY, panels, save

import chainrule as cr
from chainrule.plan import Parameters
from chainrule.training.optimizers import OPTIMIZERS

NAMES = [name for name in OPTIMIZERS if name not in ("adamw", "muon", "lbfgs")]


@dataclass(frozen=True)
class Surface:
    """A function of (x, y).

    Attributes:
        window: drawn region, which a path may not leave: left, right, bottom, top.
    """

    name: str
    f: Callable[[np.ndarray], Any]
    start: tuple[float, float]
    lowest: tuple[float, float]
    steps: int
    window: tuple[float, float, float, float]


BOWL = Surface("bowl", lambda w: w[0] ** 2 / 20 + w[1] ** 2, (-7, 2), (0, 0), 30, (-8, 4, -3, 3))
BANANA = Surface(
    "banana",
    lambda w: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2,
    (-1.5, 2),
    (1, 1),
    300,
    (-2, 2, -1, 3),
)


def path(surface: Surface, optimizer: str, learning_rate: float) -> np.ndarray:
    """Return the path of an optimizer, (steps + 1, 2); fewer rows if it leaves the window."""
    parameters = Parameters({"w": (2,)}, torch.float64)
    w, gradient = parameters.values["w"], parameters.gradients["w"]
    w.copy_(torch.tensor(surface.start))
    left, right, bottom, top = surface.window
    update = OPTIMIZERS[optimizer]().bind(parameters)
    points = [w.numpy().copy()]
    for _ in range(surface.steps):
        x, y = points[-1]
        if not (left < x < right and bottom < y < top):
            break
        gradient.copy_(torch.from_numpy(cr.numerical_gradient(surface.f, points[-1])))
        update(learning_rate)
        points.append(w.numpy().copy())
    return np.array(points)


def best_path(surface: Surface, optimizer: str, rates: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the learning rate with the lowest end inside the window, and its path."""
    paths = {float(rate): path(surface, optimizer, rate) for rate in rates}
    staying = {rate: points for rate, points in paths.items() if len(points) > surface.steps}
    return min(staying.items(), key=lambda item: surface.f(item[1][-1]))


def draw(axes: Axes, surface: Surface, points: np.ndarray, title: str) -> None:
    """Draw a path over contour lines, which are denser at lower heights."""
    left, right, bottom, top = surface.window
    x, y = np.meshgrid(np.linspace(left, right, 120), np.linspace(bottom, top, 120))
    height = surface.f(np.stack([x, y]))
    levels = height.max() * np.linspace(0, 1, 12)[1:] ** 4
    axes.contour(x, y, height, levels, colors=GREY, linewidths=0.5)
    axes.plot(*points.T, ".-", color=COLOURS[0], linewidth=1, markersize=3)
    axes.plot(*surface.lowest, "*", color=COLOURS[1], markersize=8)
    axes.set(xlim=(left, right), ylim=(bottom, top), title=title)


def main(short: bool, out: Path) -> dict[str, float]:
    """Find the best rate of each optimizer on each surface, and draw its path."""
    rates = np.logspace(-4, 1, 11 if short else 41)
    figure, axes = panels(4, 4, inches=(2.6, 2.2))
    figures = {}
    for surface, rows in ((BOWL, axes[:8]), (BANANA, axes[8:])):
        for name, panel in zip(NAMES, rows, strict=True):
            rate, points = best_path(surface, name, rates)
            figures[f"{surface.name}_{name}"] = float(surface.f(points[-1]))
            draw(panel, surface, points, f"{name}, rate {rate:.2g}")
    save(figure, out, __file__)
    for surface in (BOWL, BANANA):
        ends = {name: figures[f"{surface.name}_{name}"] for name in NAMES}
        ranked = ", ".join(f"{n} {ends[n]:.1g}" for n in sorted(NAMES, key=lambda n: ends[n]))
        print_finding(f"height after {surface.steps} steps on the {surface.name}: {ranked}.")
    return figures


if __name__ == "__main__":
    run(main, __doc__)
