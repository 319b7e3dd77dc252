"""Activations of ten layers with each initialiser, before training.

A unit sums over n inputs, so the variance of its sum is n times that of one product, weight times
input. Weights of variance v multiply the signal by about sqrt(n v) in each layer:

    n v < 1     it fades: in deep layers all samples look the same, and gradients vanish
    n v > 1     it grows: tanh saturates at -1 and 1, where its derivative is 0; relu explodes
    n v = 1     LeCun and, for layers as wide as the one before, Xavier: right for tanh
    n v = 2     He: right for relu, which sets half of its inputs to 0

Constant deviations, such as 0.01 or 1, ignore n. Weights that are all zero pass no signal.
"""

from pathlib import Path

import numpy as np
from command import print_finding, run
from data import digits
from matplotlib.axes import Axes
from style import COLOURS, panels, save
from torch import Tensor

import chainrule as cr
from chainrule.graph.graph import Graph, Initialiser
from chainrule.graph.shape import BATCH
from chainrule.layers.initialisers import INITIALISERS
from chainrule.plan import Parameters, compile_plan
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings

DEPTH, WIDTH = 10, 100
RANGES = {"tanh": (-1.0, 1.0), "relu": (0.0, 3.0)}
# xavier_fan_in is lecun.
CHOSEN = {name: INITIALISERS[name] for name in sorted(INITIALISERS) if name != "xavier_fan_in"}


def activations(x: Tensor, activation: str, initialiser: Initialiser) -> list[Tensor]:
    """Return the activations of each layer for samples x, from the first layer to the last."""
    graph = Graph()
    value = graph.input("x", (BATCH, x.shape[1]))
    for number in range(1, DEPTH + 1):
        value = cr.Dense(WIDTH, activation, initialiser).build(graph, value, f"layer_{number}")
        graph.output(value.name, value)
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=len(x), mode="evaluate")
    plan.inputs["x"].copy_(x)
    plan.forward()
    return [plan.outputs[name] for name in graph.outputs]


def draw(axes: Axes, layers: list[Tensor], between: tuple[float, float]) -> None:
    """Draw a histogram of the activations other than 0 for each layer, the first on top.

    Values outside the range are counted at its ends.
    """
    for number, a in enumerate(layers, start=1):
        counts, edges = np.histogram(a[a != 0].clip(*between), bins=40, range=between)
        height = 0.85 * counts / max(counts.max(), 1)
        axes.stairs(height - number, edges, baseline=-number, fill=True, color=COLOURS[0])
    axes.set(yticks=[-1, -5, -DEPTH], yticklabels=["1", "5", f"{DEPTH}"], ylim=(-DEPTH - 0.2, 0.1))


def main(short: bool, out: Path) -> dict[str, float]:
    """Draw the histograms for tanh and relu, and measure the deviation after the last layer."""
    x = prepare(digits(), Settings()).training.features[: 100 if short else 500]
    columns = -(-len(CHOSEN) // 2)
    figure, axes = panels(4, columns, inches=(2.3, 2.3))
    figures = {}
    for activation, rows in (("tanh", axes), ("relu", axes[2 * columns :])):
        for (name, initialiser), panel in zip(CHOSEN.items(), rows, strict=False):
            layers = activations(x, activation, initialiser)
            draw(panel, layers, RANGES[activation])
            panel.set_title(f"{activation}, {name}", fontsize=9)
            figures[f"{activation}_{name}"] = float(layers[-1].std())
    for panel in axes[::columns]:
        panel.set_ylabel("layer")
    save(figure, out, __file__)
    for activation in RANGES:
        deviations = ", ".join(f"{n} {figures[f'{activation}_{n}']:.2g}" for n in CHOSEN)
        print_finding(f"deviation of what {DEPTH} layers of {activation} give: {deviations}.")
    return figures


if __name__ == "__main__":
    run(main, __doc__)
