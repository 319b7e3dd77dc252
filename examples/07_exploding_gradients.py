"""Exploding gradients: a recurrent network that reads digits pixel by pixel, and clipping.

A recurrent network uses the same weights at each step, h_t = tanh(W x_t + U h_(t-1) + b). On its
way back over k steps the gradient is multiplied k times by U^T, and by tanh', which is at most 1:

    dL/dh_(t-k)  =  tanh' U^T ... tanh' U^T dL/dh_t

If U has singular values above 1, that may grow exponentially with k. U is initialised as an
orthogonal matrix, which keeps lengths, times a gain g: then the bound is g^k. But training changes
U. After some updates a gain of 1 is no longer 1, and a single batch with a very long gradient
undoes the training. Clipping keeps the direction of a gradient, and limits its norm to c:

    dw  <-  dw min(1, c / |dw|)

Source: Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from command import run
from digit_pictures import digit_pictures
from matplotlib.axes import Axes
from style import COLOURS, panels, save

import chainrule as cr
from chainrule.layers import RNN
from chainrule.plan import Parameters, Plans
from chainrule.training.loop.sampling import batches
from chainrule.training.objective.objective import objective_graph
from chainrule.training.samples.prepare import prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from chainrule.training.update import Update

DIGITS = digit_pictures()
GAINS = (0.5, 1.0, 1.5, 2.0, 3.0)
LENGTHS = (4, 8, 16, 32, 64)
BATCH_SIZE = 64
LEARNING_RATE = 0.1
CLIP_NORM = 1.0
CLIPPING = {"without clipping": None, f"clipped to {CLIP_NORM:g}": CLIP_NORM}
WINDOW = 50  # updates over which losses are averaged


def pixel_by_pixel(steps: int) -> Samples:
    """Return all digits as sequences of their last pixels, (digits, steps, 1)."""
    pixels = DIGITS.pixels.reshape(len(DIGITS), -1, 1)[:, -steps:]
    settings = Settings(split=(1, 0, 0), scaling="standardise")
    return prepare(replace(DIGITS, pixels=pixels), settings).training


def network(steps: int, gain: float, seed: int) -> tuple[Plans, Parameters]:
    """Return a network of 32 recurrent units, with ten scores after the last step."""
    layers = cr.Network(RNN(32), cr.Dense(10))
    graph = objective_graph(layers, (steps, 1), "classification", 10)
    parameters = Parameters.initialised(graph, seed=seed)
    parameters.values["rnn_1.state_weights"].mul_(gain)
    return Plans(graph, parameters, "train"), parameters


def descend(
    samples: Samples, gain: float, clip_norm: float | None, updates: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Run gradient descent; return the loss and the norm of the gradient before each update."""
    plans, parameters = network(samples.features.shape[1], gain, seed)
    update = Update(cr.GradientDescent(), clip_norm=clip_norm).bind(parameters)
    losses: list[float] = []
    norms: list[float] = []
    epoch = 0
    while len(losses) < updates:
        epoch += 1
        order = batches(len(samples), BATCH_SIZE, sampling="shuffled", seed=seed, epoch=epoch)
        for rows in order[: updates - len(losses)]:
            plan = plans.for_batch(len(rows))
            plan.inputs["x"].copy_(samples.features[rows])
            plan.inputs["t"].copy_(samples.targets[rows])
            plan.step()
            losses.append(float(plan.outputs["loss"]))
            norms.append(float(parameters.gradient.norm()))
            update(LEARNING_RATE)
    return np.array(losses), np.array(norms)


def first_norms(gain: float, seeds: int) -> np.ndarray:
    """Return the norm of the gradient before training for each length, the median over seeds."""
    samples = [pixel_by_pixel(steps) for steps in LENGTHS]
    norms = [[descend(of, gain, None, 1, seed)[1][0] for of in samples] for seed in range(seeds)]
    return np.median(norms, axis=0)


def draw_runs(
    norm_axes: Axes, loss_axes: Axes, name: str, losses: np.ndarray, norms: np.ndarray, colour: str
) -> None:
    """Draw the norms of the first seed, and the smoothed losses of all seeds, (seeds, updates)."""
    norm_axes.semilogy(norms[0], color=colour, linewidth=0.8, label=name)
    smooth = losses.reshape(len(losses), -1, WINDOW).mean(2)
    after = WINDOW * np.arange(1, smooth.shape[1] + 1)
    loss_axes.plot(after, smooth.T, color=colour, linewidth=0.8, alpha=0.5)
    loss_axes.plot(after, smooth.mean(0), color=colour, linewidth=2.2, label=name)


def main(short: bool, out: Path) -> dict[str, float]:
    """Measure gradients by length and gain, then train with and without clipping."""
    updates, seeds = (150, 1) if short else (600, 4)
    figure, (by_length, norm_axes, loss_axes) = panels(1, 3)
    figures = {}
    for gain, colour in zip(GAINS, COLOURS, strict=False):
        norms = first_norms(gain, seeds)
        figures[f"growth at gain {gain:g}"] = float(norms[-1] / norms[0])
        by_length.loglog(LENGTHS, norms, "o-", color=colour, markersize=4, label=f"gain {gain:g}")
    by_length.set(title="Before learning", xlabel="steps", ylabel="norm of the gradient")
    by_length.set_xticks(LENGTHS, LENGTHS)
    by_length.minorticks_off()

    samples = pixel_by_pixel(64)
    for (name, clip_norm), colour in zip(CLIPPING.items(), (COLOURS[1], COLOURS[0]), strict=True):
        runs = [descend(samples, 1.0, clip_norm, updates, seed) for seed in range(seeds)]
        losses, norms = (np.array(part) for part in zip(*runs, strict=True))
        draw_runs(norm_axes, loss_axes, name, losses, norms, colour)
        figures[f"largest norm, {name}"] = float(norms.max())
        figures[f"above usual, {name}"] = float(norms.max() / np.median(norms))
        figures[f"last loss, {name}"] = float(losses[:, -WINDOW:].mean())
    norm_axes.set(title="While learning, gain 1", xlabel="update", ylabel="norm before clipping")
    loss_axes.set(title="Training loss, each seed and mean", xlabel="update")
    for axes in (by_length, norm_axes, loss_axes):
        axes.legend()
    save(figure, out, __file__)
    free, clipped = CLIPPING
    print(
        f"FINDING: from {LENGTHS[0]} to {LENGTHS[-1]} steps the gradient grows "
        f"{figures['growth at gain 1']:.1f}-fold at gain 1, {figures['growth at gain 3']:.0e}-fold "
        f"at gain 3. Learning at gain 1\nraises its norm to {figures[f'largest norm, {free}']:.0f} "
        f"{free}, {figures[f'above usual, {free}']:.0f} times its median. The loss of the "
        f"last\n{WINDOW} of {updates} updates is {figures[f'last loss, {free}']:.2f} {free}, "
        f"{figures[f'last loss, {clipped}']:.2f} {clipped} (mean of {seeds} seeds)."
    )
    return figures


if __name__ == "__main__":
    run(main, __doc__)
