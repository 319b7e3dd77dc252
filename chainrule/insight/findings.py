"""Findings: problems that the learning curves and scores show, with the figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist, fmean
from typing import Any

from chainrule.data.formatting import format_score, metric_label
from chainrule.insight.summary import kept_weights
from chainrule.training.settings.selection import LOWER_IS_BETTER
from chainrule.training.train import Run

# A relative rise of the validation loss above its lowest that is overfitting, not noise: the spread
# over the last epochs of a converged run is a few percent.
OVERFITTING_RISE = 0.1
# Share of the training loss of a constant prediction below which something was learned.
LEARNED_SHARE = 0.8
# A relative fall of the validation loss over the last tenth of the epochs, below which it is flat.
STILL_FALLING = 0.01
# The scores in which a constant prediction may be as good, of numbers and of classes.
COMPARED = ("r2", "mae", "accuracy", "log_loss", "roc_auc")


@dataclass(frozen=True)
class Finding:
    """An observation about a run, with advice.

    Attributes:
        name: kind of the finding.
        measured: the figures, by name.
        text: what was measured, what it means, and what to try.
    """

    name: str
    measured: dict[str, float]
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return the fields as a dictionary."""
        return asdict(self)


def findings(run: Run) -> list[Finding]:
    """Return all findings of the run, most important first."""
    return [finding for rule in RULES if (finding := rule(run)) is not None]


def _no_better_than_baseline(run: Run) -> Finding | None:
    """Compare the scores that a constant prediction can match: all of them have to."""
    names = [name for name in COMPARED if name in run.test and name in run.baseline]
    if not names or any(_is_better(run, name) for name in names):
        return None
    measured = {name: run.test[name] for name in names}
    measured |= {f"baseline_{name}": run.baseline[name] for name in names}
    figures = [
        f"{metric_label(name)} {format_score(run.test[name])} "
        f"(baseline {format_score(run.baseline[name])}{_by_chance(run, name)})"
        for name in names
    ]
    others = ""
    if "test" in run.not_drawn:
        others = ", and whether the test rows, which were not drawn at random, are of the same kind"
    return Finding(
        "no better than the baseline",
        measured,
        f"On the test samples {_listed(figures)} {'are' if len(names) > 1 else 'is'} no better "
        "than the baseline: by these scores a constant prediction would do as well. Check whether "
        "the columns can predict the target at all"
        f"{others}, and try the learning rate that `chainrule range-test` proposes.",
    )


def _is_better(run: Run, name: str) -> bool:
    """Return whether a test score is better than that of the baseline, by more than chance."""
    score, baseline = run.test[name], run.baseline[name]
    return score < baseline if name in LOWER_IS_BETTER else score > baseline + _chance(run, name)


def _by_chance(run: Run, name: str) -> str:
    """Return what to say of a score that is above that of the baseline by chance."""
    above = name not in LOWER_IS_BETTER and run.test[name] > run.baseline[name]
    return ", and by chance as much above it" if above else ""


def _chance(run: Run, name: str) -> float:
    """Return how far a score that knows nothing is above the baseline in one of 20 test sets.

    The deviation of an accuracy p of n samples is sqrt(p (1 - p) / n); that of the area under the
    ROC curve, of m samples of a class and the n - m others, is sqrt((n + 1) / (12 m (n - m))), of
    which the mean over the classes is taken. Other scores have none.
    Source: Mann & Whitney (1947), On a test of whether one of two random variables is
    stochastically larger than the other.
    """
    if run.confusion is None:
        return 0.0
    of_classes = run.confusion.sum(1).tolist()
    samples, p = sum(of_classes), run.baseline[name]
    deviations = {
        "accuracy": [math.sqrt(p * (1 - p) / samples)] if 0 < p < 1 else [],
        "roc_auc": [
            math.sqrt((samples + 1) / (12 * count * (samples - count)))
            for count in of_classes
            if 0 < count < samples
        ],
    }.get(name, [])
    return NormalDist().inv_cdf(0.95) * fmean(deviations) if deviations else 0.0


def _listed(texts: Sequence[str]) -> str:
    *others, last = texts
    return f"{', '.join(others)} and {last}" if others else last


def _overfitting(run: Run) -> Finding | None:
    """Find a validation loss that rose while the training loss fell, below that of a constant.

    Rows that were not drawn at random may differ from the training rows: then it says so.
    """
    history, constant = run.history, run.constant_loss
    if "validation_loss" not in history[0] or constant is None:
        return None
    lowest, last = min(history, key=lambda record: record["validation_loss"]), history[-1]
    since = history[history.index(lowest) :]
    if not (
        last["validation_loss"] > lowest["validation_loss"] * (1 + OVERFITTING_RISE)
        and last["training_loss"] < constant * LEARNED_SHARE
        and _rises([record["validation_loss"] for record in since])
        and _rises([-record["training_loss"] for record in since])
    ):
        return None
    before, after = (format_score(record["validation_loss"]) for record in (lowest, last))
    fell = " to ".join(format_score(record["training_loss"]) for record in (lowest, last))
    drawn = "validation" not in run.not_drawn
    return Finding(
        "overfitting" if drawn else "rising validation loss",
        {
            "lowest_epoch": lowest["epoch"],
            "lowest_validation_loss": lowest["validation_loss"],
            "last_validation_loss": last["validation_loss"],
            "last_training_loss": last["training_loss"],
            "constant_training_loss": constant,
        },
        f"After epoch {lowest['epoch']:.0f} the validation loss rose from {before} to {after}, "
        f"while the training loss fell from {fell} (of a constant prediction: "
        f"{format_score(constant)}): {OVERFITS if drawn else OVERFITS_OR_DIFFERS} "
        f"{kept_weights(run).capitalize()}.",
    )


OVERFITS = (
    "from there on the network overfits. More samples, smaller layers, more dropout or weight "
    "decay or, for pictures, augmentation may help."
)
OVERFITS_OR_DIFFERS = (
    "from there on the network overfits, or the validation rows, which were not drawn at random, "
    "follow other relations than the training rows. A random split would tell which."
)


def _rises(values: Sequence[float]) -> bool:
    """Return whether the values of the last epochs are above those of the first beyond the noise.

    Means over a quarter of the epochs are compared. The noise of an epoch is estimated from second
    differences, in which a steady rise cancels: their variance is six times that of the noise.
    """
    width = max(1, len(values) // 4)
    bends = [a - 2 * b + c for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    noise = math.sqrt(fmean(bend * bend for bend in bends) / 6) if bends else 0.0
    return fmean(values[-width:]) - fmean(values[:width]) > 4 * noise / math.sqrt(width)


def _not_converged(run: Run) -> Finding | None:
    """Find a validation loss that still fell when the epochs were over."""
    last, epochs = run.history[-1], len(run.history)
    out_of_time = run.stopped in ("epochs", "iterations", "interrupted")
    if "validation_loss" not in last or not out_of_time or epochs == 1:
        return None
    before = max(1, epochs // 10)
    earlier, final = run.history[-1 - before]["validation_loss"], last["validation_loss"]
    if final > min(record["validation_loss"] for record in run.history):
        return None
    if earlier - final < STILL_FALLING * earlier:
        return None
    fall = f"{(earlier - final) / earlier:.0%}"
    fell = (
        f"in which it fell by {fall}"
        if before == 1
        else f"after it had fallen by {fall} in the last {before:,} epochs"
    )
    return Finding(
        "not converged",
        {"epochs": last["epoch"], "validation_loss": final, "earlier_validation_loss": earlier},
        f"The validation loss was lowest, {format_score(final)}, in the last epoch, {fell}: "
        "training may have ended before it converged. More epochs, or another learning rate, may "
        "help.",
    )


# In the order of importance.
RULES: tuple[Callable[[Run], Finding | None], ...] = (
    _no_better_than_baseline,
    _not_converged,
    _overfitting,
)
