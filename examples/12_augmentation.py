"""Augmentation: the versions of a sample that a network sees, and whether they help.

A 3 that is rotated a little is still a 3. So each training picture may be changed at random in each
epoch, which gives more different pictures from the same samples. The version of a sample is a
function of seed, epoch and sample, so this figure shows exactly what a run with that seed sees.
(chainrule.insight.augmentation_preview draws it for other pictures.) Mixup goes further and mixes
two samples, and their labels:

    x' = l x + (1 - l) x_partner,    t' = l t + (1 - l) t_partner,    l ~ Beta(alpha, alpha)

Which transforms are valid depends on the subject: a cat may be mirrored, a digit may not. Each
transform is tested in two ways. Does a network trained on original digits recognise the transformed
ones? And does a network trained on transformed digits recognise the original ones better?

Sources: Simard, Steinkraus & Platt (2003), Best practices for convolutional neural networks applied
to visual document analysis; Zhang et al. (2018), mixup: beyond empirical risk minimization.
"""

from pathlib import Path

import numpy as np
import torch
from command import run
from digit_pictures import digit_pictures
from matplotlib.axes import Axes
from style import COLOURS, GREY, panels, save
from tiles import draw_tiles

import chainrule as cr
from chainrule.data.augmentation import Mixup, parse_augmentation
from chainrule.data.dataset import Images
from chainrule.networks import mlp
from chainrule.randomness import numpy_generator

DIGITS = digit_pictures()
TRAINING = 600  # number of training digits; the others are the test
SHOWN = 3  # row of the shown digit, a 3
MIXUP = "mixup, alpha 1"
TRANSFORMS = ("rotate:10", "zoom:0.1", "erase:0.5:0.02:0.2", "shift:0.1", "rotate:45", "flip")


def changed(digits: Images, transform: str, seed: int, epoch: int) -> Images:
    """Return digits as a run with that seed sees them in an epoch."""
    pictures = parse_augmentation([transform]).apply(
        torch.from_numpy(digits.pixels / 255),
        torch.arange(len(digits)),
        seed=seed,
        epoch=epoch,
    )
    pixels = np.round(255 * pictures.numpy()).astype(np.uint8)
    return Images(digits.source, pixels, digits.target)


def mixed(digits: Images, epoch: int) -> np.ndarray:
    """Return digits as mixup with alpha 1 mixes them in an epoch."""
    pictures = torch.from_numpy(digits.pixels / 255)
    labels = torch.zeros(len(digits), 1, dtype=torch.float64)
    pictures, _ = Mixup(1).apply(pictures, labels, seed=0, epoch=epoch, batch=0)
    return 255 * pictures.numpy()


def draw_preview(axes: Axes, epochs: int) -> None:
    """Draw one digit with each transform in each epoch."""
    first = DIGITS.take(np.arange(10))
    epoch_numbers = range(1, epochs + 1)
    rows = [
        [changed(first, text, 0, epoch).pixels for epoch in epoch_numbers] for text in TRANSFORMS
    ]
    rows.append([mixed(first, epoch) for epoch in epoch_numbers])
    tiles = np.array([[first.pixels[SHOWN], *(seen[SHOWN] for seen in row)] for row in rows])
    draw_tiles(axes, tiles, vmin=0, vmax=255)
    step = tiles.shape[-1] + 1
    axes.set_xticks(np.arange(epochs + 1) * step + 3.5, ["as it is", *map(str, epoch_numbers)])
    axes.set_yticks(np.arange(len(rows)) * step + 3.5, [*TRANSFORMS, MIXUP])
    axes.tick_params(length=0)
    axes.set(title="One digit as a run sees it", xlabel="epoch")


def trained(training: Images, test: Images, seed: int, epochs: int, **settings: object) -> cr.Run:
    """Train on all training digits."""
    return cr.train(
        mlp(10, layers=(128,)),
        training,
        test=test,
        split=(1, 0, 0),
        epochs=epochs,
        seed=seed,
        progress=False,
        **settings,
    )


def compared(seed: int, epochs: int) -> dict[str, tuple[float, float]]:
    """Return two accuracies for each transform: of plain training on transformed digits, and of
    training with the transform on original digits.

    The accuracy of plain training on original digits is that of "none".
    """
    order = numpy_generator(seed, "digits to learn from").permutation(len(DIGITS))
    training, test = DIGITS.take(order[:TRAINING]), DIGITS.take(order[TRAINING:])
    plain = trained(training, test, seed, epochs)
    scores = {"none": (plain.test["accuracy"], plain.test["accuracy"])}
    for text in TRANSFORMS:
        transformed = changed(test, text, seed, epoch=1)
        still = cr.evaluate(plain.model, transformed, resamples=40).scores["accuracy"]
        learned = trained(training, test, seed, epochs, augment=[text]).test["accuracy"]
        scores[text] = still, learned
    learned = trained(training, test, seed, epochs, mixup=1).test["accuracy"]
    # A mixture is no single digit, so only the second test applies.
    scores[MIXUP] = float("nan"), learned
    return scores


def draw_scores(axes: Axes, scores: dict[str, np.ndarray]) -> None:
    """Draw both accuracies of each transform, (seeds, 2) each."""
    texts = [text for text in scores if text != "none"]
    for column, (label, colour) in enumerate(
        (
            ("learned as they are, tested on changed", COLOURS[1]),
            ("learned changed, tested as they are", COLOURS[0]),
        )
    ):
        means = [100 * scores[text][:, column].mean() for text in texts]
        axes.plot(means, range(len(texts)), "o", color=colour, label=label)
    plain = 100 * scores["none"][:, 0].mean()
    axes.axvline(plain, color=GREY, linestyle=":", label="both as they are")
    axes.set_yticks(range(len(texts)), texts)
    axes.invert_yaxis()
    axes.set(title="Test accuracy in %")
    axes.legend()


def in_percent(scores: dict[str, float]) -> str:
    """Return the scores of the transforms as text."""
    return ", ".join(f"{100 * of:.1f} % {text}" for text, of in scores.items() if text != "none")


def main(short: bool, out: Path) -> dict[str, float]:
    """Draw the transforms, and test each in both ways."""
    seeds, epochs = (1, 10) if short else (3, 40)
    figure, (preview, accuracy) = panels(1, 2, inches=(5.6, 4.4))
    draw_preview(preview, epochs=8)
    by_seed = [compared(seed, epochs) for seed in range(seeds)]
    scores = {text: np.array([of[text] for of in by_seed]) for text in by_seed[0]}
    draw_scores(accuracy, scores)
    save(figure, out, __file__)
    still = {text: float(scores[text][:, 0].mean()) for text in ("none", *TRANSFORMS)}
    learned = {text: float(scores[text][:, 1].mean()) for text in (*TRANSFORMS, MIXUP)}
    print(
        f"FINDING: of digits never seen a network knows {100 * still['none']:.1f} % as they are.\n"
        f"After a transform: {in_percent(still)}.\nAs they are, having learned from changed ones: "
        f"{in_percent(learned)}."
    )
    return {
        **{f"still right, {text}": value for text, value in still.items()},
        **{f"learned, {text}": value for text, value in learned.items()},
    }


if __name__ == "__main__":
    run(main, __doc__)
