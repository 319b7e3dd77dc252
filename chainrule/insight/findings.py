"""Findings: what the learning curves and scores say, with the figures that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from chainrule.training.train import Run

# A validation loss this much above its best is overfitting, not noise: the spread of the last
# epochs of a converged run is a few percent.
OVERFITTING_RISE = 0.1


@dataclass(frozen=True)
class Finding:
    """Something that a person should know about a run.

    Attributes:
        name: of the kind of finding.
        measured: the figures, by name.
        text: what it means, and what could be tried.
    """

    name: str
    measured: dict[str, float]
    text: str

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self)


def findings(run: Run) -> list[Finding]:
    """Return all that the run shows, most important first."""
    return [finding for rule in RULES if (finding := rule(run)) is not None]


def _no_better_than_guessing(run: Run) -> Finding | None:
    if not run.baseline:
        return None
    name = "r2" if "r2" in run.test else "accuracy"
    score, guess = run.test[name], run.baseline[name]
    if score > guess:
        return None
    return Finding(
        "no better than guessing",
        {name: score, f"guessing_{name}": guess},
        f"The test {name} of {score:.4g} is no better than guessing, {guess:.4g}: nothing that "
        "carries over to new data was learned. Look whether the columns can tell the target at "
        "all, and try the learning rate that `chainrule range-test` proposes.",
    )


def _overfitting(run: Run) -> Finding | None:
    last, best = run.history[-1], run.best
    if "validation_loss" not in last:
        return None
    then, final = best["validation_loss"], last["validation_loss"]
    risen = final > then * (1 + OVERFITTING_RISE)
    if not risen or last["training_loss"] >= best["training_loss"]:
        return None
    return Finding(
        "overfitting",
        {
            "best_epoch": best["epoch"],
            "best_validation_loss": then,
            "last_validation_loss": final,
        },
        f"After epoch {best['epoch']:.0f} the validation loss rose from {then:.4g} to "
        f"{final:.4g} while the training loss went on falling: the network began to learn its "
        "samples by heart. The model has the weights from before that. More samples, smaller "
        "layers, more dropout or weight decay or, of pictures, augmentation may do better.",
    )


def _still_learning(run: Run) -> Finding | None:
    best, last = run.best, run.history[-1]
    out_of_time = run.stopped in ("epochs", "iterations", "interrupted")
    if "validation_loss" not in last or not out_of_time or best is not last:
        return None
    if any(record["validation_loss"] < last["validation_loss"] for record in run.history):
        return None  # it is the best epoch by its accuracy alone
    return Finding(
        "still learning",
        {"epochs": last["epoch"], "validation_loss": last["validation_loss"]},
        f"The validation loss was at its lowest, {last['validation_loss']:.4g}, in the last epoch: "
        "training ended before learning did. More epochs, or a larger learning rate, may do "
        "better.",
    )


# The most important first.
RULES: tuple[Callable[[Run], Finding | None], ...] = (
    _no_better_than_guessing,
    _still_learning,
    _overfitting,
)
