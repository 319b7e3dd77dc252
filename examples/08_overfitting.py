"""Overfitting: a network that memorises its 300 training samples, and remedies against it.

Two hidden layers of 256 units have 85,000 weights, far more than 300 digits can determine. The
training loss then goes to 0, even for wrong labels. What counts is the loss of unseen digits: the
other 1,497. Five remedies are compared with plain training:

    dropout         in each step half of the hidden units are 0, so that none relies on others
    L2              loss + decay / 2 * sum of w^2: large weights have a cost
    augmentation    in each epoch each digit is randomly rotated and zoomed a little
    early stopping  60 of the 300 samples are for validation and select the best epoch
    all of them     together

That is done twice: with correct labels, and with 30 of the 300 wrong, as in data labelled by hand.
The strengths are common ones, not tuned for these digits: the results show how much each remedy
helps untuned, and that none helps always.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from command import run
from digit_pictures import digit_pictures
from matplotlib.axes import Axes
from style import COLOURS, GREY, panels, save
from watched import Watched

from chainrule.data.dataset import Images
from chainrule.data.table import Column
from chainrule.networks import mlp
from chainrule.randomness import numpy_generator
from chainrule.training.loop.progress import progress_for
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings
from chainrule.training.train import fit

DIGITS = digit_pictures()
SAMPLES = 300
WRONG = {"right labels": 0, "30 wrong labels": 30}
DROPOUT = {"dropout": 0.5}
L2 = {"weight_decay": 0.01}
# Not the preset for digits, which also shifts: these fill their 8 x 8 pixels, a shift cuts them.
AUGMENTATION = {"augment": ("rotate:10", "zoom:0.1")}
EARLY_STOPPING = {"split": (0.8, 0.2, 0), "patience": 10}
METHODS: dict[str, dict[str, object]] = {
    "plain": {},
    "dropout": DROPOUT,
    "L2": L2,
    "augmentation": AUGMENTATION,
    "early stopping": EARLY_STOPPING,
    "all of them": {**DROPOUT, **L2, **AUGMENTATION, **EARLY_STOPPING},
}


def digits_for(seed: int, wrong: int) -> tuple[Images, Images]:
    """Return training digits, some with wrong labels, and all others as test digits."""
    draw = numpy_generator(seed, "digits to learn from")
    order = draw.permutation(len(DIGITS))
    training, test = DIGITS.take(order[:SAMPLES]), DIGITS.take(order[SAMPLES:])
    labels = training.target.values.copy()
    labels[:wrong] = (labels[:wrong] + draw.integers(1, 10, wrong)) % 10
    return replace(training, target=Column("digit", labels)), test


def trained(method: str, wrong: int, seed: int, epochs: int) -> tuple[float, Watched]:
    """Return the test accuracy of a training and, for plain training, its losses by epoch."""
    common = {"split": (1, 0, 0), "epochs": epochs, "seed": seed}
    options = {**common, **METHODS[method]}
    network = mlp(10, layers=(256, 256), dropout=options.pop("dropout", 0.0))
    settings = Settings(**options)
    training, test = digits_for(seed, wrong)
    prepared = prepare(training, settings, test=test)
    watched = Watched(prepared.test)
    watch = watched if method == "plain" else None  # it takes as long as the training
    done = fit(network, prepared, settings=settings, progress=progress_for(False), watch=watch)
    return done.test["accuracy"], watched


def compared(
    wrong: int, seeds: int, epochs: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return test accuracies by method and seed, and the mean losses of plain training."""
    runs = {m: [trained(m, wrong, seed, epochs) for seed in range(seeds)] for m in METHODS}
    plain = [watched for _, watched in runs["plain"]]
    losses = {
        "test": np.mean([watched.losses for watched in plain], axis=0),
        "training": np.mean([watched.training_losses for watched in plain], axis=0),
    }
    return {m: np.array([score for score, _ in of_seeds]) for m, of_seeds in runs.items()}, losses


def draw_losses(axes: Axes, labels: str, losses: dict[str, np.ndarray], colour: str) -> None:
    """Draw training and test loss of plain training."""
    for (part, values), line in zip(losses.items(), ("-", ":"), strict=True):
        epochs = np.arange(1, len(values) + 1)
        axes.semilogy(epochs, values, line, color=colour, label=f"{part}, {labels}")
    axes.set(title="Plain training", xlabel="epoch", ylabel="loss")
    axes.legend()


def draw_scores(axes: Axes, labels: str, scores: dict[str, np.ndarray]) -> None:
    """Draw the test accuracy of each method, for each seed and as their mean."""
    for row, (method, accuracy) in enumerate(scores.items()):
        colour = GREY if method == "plain" else COLOURS[0]
        axes.plot(100 * accuracy, np.full(len(accuracy), row), "o", color=colour, alpha=0.4)
        axes.plot(100 * accuracy.mean(), row, "|", color=COLOURS[1], markersize=22, mew=2)
    axes.axvline(100 * scores["plain"].mean(), color=GREY, linestyle=":", linewidth=1)
    axes.set_yticks(range(len(scores)), list(scores))
    axes.invert_yaxis()
    axes.set(title=f"Test accuracy in %, {labels}")


def finding(labels: str, scores: dict[str, np.ndarray], losses: dict[str, np.ndarray]) -> str:
    """Return the finding: plain training, and the gain of each method, paired by seed."""
    gains = {m: 100 * (scores[m] - scores["plain"]) for m in METHODS if m != "plain"}
    errors = {m: gain.std(ddof=1) / np.sqrt(len(gain)) for m, gain in gains.items()}
    test = losses["test"]
    return (
        f"{labels}: plain {100 * scores['plain'].mean():.1f} %, test loss {test.min():.3f} in "
        f"epoch {test.argmin() + 1}, {test[-1]:.3f} in the last; in points "
        + ", ".join(f"{m} {gain.mean():+.1f} ± {errors[m]:.1f}" for m, gain in gains.items())
    )


def main(short: bool, out: Path) -> dict[str, float]:
    """Train with each method, on correct and on partly wrong labels, with several seeds."""
    epochs, seeds = (40, 2) if short else (80, 5)
    figure, (left, *others) = panels(1, 3)
    figures = {}
    print(f"FINDING: test accuracy after learning from {SAMPLES} digits, mean of {seeds} seeds:")
    for axes, (labels, wrong), colour in zip(others, WRONG.items(), COLOURS, strict=False):
        scores, losses = compared(wrong, seeds, epochs)
        draw_losses(left, labels, losses, colour)
        draw_scores(axes, labels, scores)
        print(finding(labels, scores, losses))
        figures |= {f"{method}, {labels}": float(of.mean()) for method, of in scores.items()}
        figures[f"training loss, {labels}"] = float(losses["training"][-1])
        figures[f"test loss, {labels}"] = float(losses["test"][-1])
    save(figure, out, __file__)
    return figures


if __name__ == "__main__":
    run(main, __doc__)
