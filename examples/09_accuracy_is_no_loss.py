"""Why accuracy cannot be the loss: it is piecewise constant, so its gradient is 0.

Accuracy is the goal of a classifier, so why does training not maximise it directly? It counts:

    accuracy = (samples whose largest score is that of their class) / samples

For a small change of a weight no sample changes sides: the count is constant, its derivative is 0,
and the gradient gives no direction. At the few weights where a sample does change sides the count
jumps, and has no derivative. Cross entropy is smooth and depends on each small change,

    loss = mean of -log(probability of the sample's class)

and it keeps falling while accuracy is constant, as samples move towards their side of the decision
boundary, or away from it. Here both are plotted over one weight, and over a training run.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from command import run
from data import penguins
from style import COLOURS, panels, save
from watched import Watched

import chainrule as cr
from chainrule.networks import mlp
from chainrule.plan import Parameters, compile_plan
from chainrule.training.loop.progress import progress_for
from chainrule.training.metrics import accuracy
from chainrule.training.model.model import Model
from chainrule.training.samples.prepare import prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from chainrule.training.train import fit

LAYER = "dense_1.weights"
INDEX = (0, 0)  # the varied weight: from the first feature to the first unit
REACH = 4.0  # largest change of the weight in both directions
EARLY = 20  # epochs of the run whose weight is varied, while there still are many errors


def trained(epochs: int) -> tuple[Model, Watched]:
    """Train on the species of penguins by batch gradient descent, with all other columns."""
    settings = Settings(
        split=(1, 0, 0),
        optimizer="gradient_descent",
        learning_rate=0.05,
        batch_size="all",
        epochs=epochs,
    )
    prepared = prepare(penguins(), settings)
    watched = Watched(prepared.training)
    done = fit(
        mlp(3, layers=(8,), activation="tanh"),
        prepared,
        settings=settings,
        progress=progress_for(False),
        watch=watched,
    )
    return done.model, watched


def over_one_weight(model: Model, samples: Samples) -> Callable[[float], tuple[float, float]]:
    """Return loss and accuracy as a function of the change of one weight, in float64."""
    parameters = Parameters.zeros(model.graph, torch.float64)
    parameters.load(model.parameters.values)
    plan = compile_plan(model.graph, parameters, batch_size=len(samples), mode="evaluate")
    plan.inputs["x"].copy_(samples.features)
    plan.inputs["t"].copy_(samples.targets)
    weight = parameters.values[LAYER][INDEX]
    start = float(weight)

    def evaluated(change: float) -> tuple[float, float]:
        weight.fill_(start + change)
        plan.forward()
        right = accuracy(plan.outputs["prediction"], samples.targets)
        return float(plan.outputs["loss"]), right

    return evaluated


def longest_standstill(accuracies: list[float]) -> tuple[int, int]:
    """Return first and last epoch, from 0, of the longest interval of constant accuracy."""
    changes = np.flatnonzero(np.diff(accuracies)) + 1
    starts, ends = np.r_[0, changes], np.r_[changes, len(accuracies)]
    longest = np.argmax(ends - starts)
    return int(starts[longest]), int(ends[longest]) - 1


def main(short: bool, out: Path) -> dict[str, float]:
    """Plot loss and accuracy over one weight, with their derivatives, and over a run."""
    _, watched = trained(epochs=150 if short else 300)
    model, _ = trained(epochs=EARLY)
    evaluated = over_one_weight(model, watched.samples)
    moves = np.linspace(-REACH, REACH, 201 if short else 1001)
    losses, accuracies = np.array([evaluated(move) for move in moves]).T
    slopes = {
        name: np.array([cr.numerical_diff(lambda w, of=of: evaluated(w)[of], w) for w in moves])
        for of, name in enumerate(("loss", "accuracy"))
    }
    flat = {name: int(np.sum(slope == 0)) for name, slope in slopes.items()}
    first, last = longest_standstill(watched.accuracies)

    figure, (values, derivatives, course) = panels(1, 3)
    colours = dict(zip(("loss", "accuracy"), COLOURS, strict=False))
    for name, over in (("loss", losses), ("accuracy", accuracies)):
        values.plot(moves, over, color=colours[name], label=name)
        derivatives.plot(moves, slopes[name], color=colours[name], label=name)
    values.set(title="Over one weight", xlabel="weight moved by")
    derivatives.set(title="Their derivatives by differences", xlabel="weight moved by")
    # At a jump the difference is huge: it would hide all others.
    derivatives.set_ylim(1.2 * slopes["loss"].min(), -0.4 * slopes["loss"].min())
    epochs = range(1, len(watched.losses) + 1)
    course.plot(epochs, watched.losses, color=colours["loss"], label="loss")
    course.plot(epochs, watched.accuracies, color=colours["accuracy"], label="accuracy")
    course.axvspan(first + 1, last + 1, color=colours["accuracy"], alpha=0.1, linewidth=0)
    course.set(title="Through a training run", xlabel="epoch")
    for axes in (values, derivatives, course):
        axes.legend()
    save(figure, out, __file__)
    print(
        f"FINDING: over one weight accuracy takes {len(np.unique(accuracies))} values; its "
        f"derivative is 0 at {flat['accuracy']} of {len(moves)} places, that of the\nloss at "
        f"{flat['loss']}. In training, accuracy stood still at "
        f"{100 * watched.accuracies[first]:.1f} % from epoch {first + 1} to {last + 1}, while the "
        f"loss\nfell from {watched.losses[first]:.3f} to {watched.losses[last]:.3f}."
    )
    return {
        "accuracy_flat": flat["accuracy"] / len(moves),
        "loss_flat": flat["loss"] / len(moves),
        "accuracy_values": len(np.unique(accuracies)),
        "standstill": last - first + 1,
        "loss_before": watched.losses[first],
        "loss_after": watched.losses[last],
    }


if __name__ == "__main__":
    run(main, __doc__)
