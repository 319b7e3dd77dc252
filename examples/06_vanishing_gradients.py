"""Vanishing gradients: twenty layers of sigmoid, and three remedies that each work alone.

The chain rule multiplies: on its way back through a layer, dx = W' (dy * f'(z)). The derivative of
sigmoid is at most 1/4, so with weights that keep signals alive (Xavier) the gradient shrinks about
fourfold in each layer, so that the first of twenty layers hardly learns. Each remedy changes one
thing of Dense(64), sigmoid, twenty times:

    ReLU with He's weights    the derivative is 1 where a unit is active, and the variance 2 / n
                              makes up for the half of them that is not
    batch normalisation       between weights and sigmoid, it divides by the small deviation that
                              the signal has there, and on the way back the gradient too
    residual connections      in x + W sigmoid(x) + b the gradient passes the sum unchanged

The position of the sigmoid matters in the last one. In x + sigmoid(W x + b) the gradient does not
vanish either, but sigmoids are positive: x grows layer by layer, and with it the gradients of the
weights that read it. In front of the weights, as in He et al. (2016), Identity mappings in deep
residual networks, the additions are as often negative.
"""

from pathlib import Path

import numpy as np
import torch
from command import print_finding, run
from data import digits
from style import COLOURS, panels, save

import chainrule as cr
from chainrule.layers import Activation, BatchNorm, Layer, Residual
from chainrule.plan import Parameters, compile_plan
from chainrule.training.objective.objective import objective_graph
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings

DATA = digits()
DEPTH, WIDTH = 20, 64

LAYERS: dict[str, list[Layer]] = {
    "sigmoid": [cr.Dense(WIDTH, "sigmoid")],
    "relu": [cr.Dense(WIDTH, "relu", cr.He())],
    "batch normalisation": [cr.Dense(WIDTH), BatchNorm(), Activation("sigmoid")],
    "residual": [Residual(Activation("sigmoid"), cr.Dense(WIDTH))],
    "residual, sigmoid last": [Residual(cr.Dense(WIDTH, "sigmoid"))],
}


def deep(name: str) -> cr.Network:
    """Return a network of these layers twenty times, and a last one for the ten digits."""
    return cr.Network(*LAYERS[name] * DEPTH, cr.Dense(10))


def gradient_norms(network: cr.Network, seed: int) -> np.ndarray:
    """Return the norm of dL/dW in each of the twenty layers, before training, for 256 digits."""
    prepared = prepare(DATA, Settings(seed=seed))
    samples = prepared.training
    graph = objective_graph(network, prepared.preparation.feature_shape, "classification", 10)
    parameters = Parameters.initialised(graph, seed=seed, dtype=torch.float64)
    plan = compile_plan(graph, parameters, batch_size=256, mode="train")
    plan.inputs["x"].copy_(samples.features[:256])
    plan.inputs["t"].copy_(samples.targets[:256])
    plan.step()
    weights = [dw for name, dw in parameters.gradients.items() if name.endswith("weights")]
    return np.array([float(dw.norm()) for dw in weights[:DEPTH]])


def accuracies(network: cr.Network, epochs: int) -> list[float]:
    """Train, and return the validation accuracy after each epoch."""
    trained = cr.train(network, DATA, epochs=epochs, patience=0, progress=False)
    return [record["validation_accuracy"] for record in trained.history]


def main(short: bool, out: Path) -> dict[str, float]:
    """Compare the norms by layer, and the validation accuracies."""
    seeds, epochs = range(3 if short else 10), 2 if short else 15
    figure, (by_layer, by_epoch) = panels(1, 2, inches=(4.6, 3.8))
    figures = {}
    for name, colour in zip(LAYERS, COLOURS[1:], strict=False):
        network = deep(name)
        norms = np.array([gradient_norms(network, seed) for seed in seeds])
        ratios = norms[:, 0] / norms[:, -1]
        by_epoch_accuracy = accuracies(network, epochs)
        figures[f"{name}, smallest ratio"] = float(ratios.min())
        figures[f"{name}, largest ratio"] = float(ratios.max())
        figures[f"{name}, accuracy"] = by_epoch_accuracy[-1]
        by_layer.semilogy(
            range(1, DEPTH + 1), np.median(norms, axis=0), ".-", color=colour, label=name
        )
        by_epoch.plot(range(1, epochs + 1), by_epoch_accuracy, color=colour, label=name)
    by_layer.set(title="Before training: norm of dL/dW", xlabel="layer", xticks=[1, 5, 10, 15, 20])
    by_layer.legend()
    by_epoch.set(title="Validation accuracy", xlabel="epoch", ylim=(0, 1))
    save(figure, out, __file__)
    results = "; ".join(
        f"{name} {figures[f'{name}, smallest ratio']:.2g} to "
        f"{figures[f'{name}, largest ratio']:.2g} and {figures[f'{name}, accuracy']:.0%}"
        for name in LAYERS
    )
    print_finding(
        f"norm of the first layer's gradient / the last's, over {len(seeds)} seeds, and validation "
        f"accuracy after {epochs} epochs: {results}."
    )
    return figures


if __name__ == "__main__":
    run(main, __doc__)
