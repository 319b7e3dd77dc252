"""Findings: problems that the learning curves and scores show, with the figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from chainrule.training.train import Run

# A relative rise of the validation loss above its best that is overfitting, not noise: the spread
# over the last epochs of a converged run is a few percent.
OVERFITTING_RISE = 0.1


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
    if not run.baseline:
        return None
    name = "r2" if "r2" in run.test else "accuracy"
    score, baseline = run.test[name], run.baseline[name]
    if score > baseline:
        return None
    return Finding(
        "no better than the baseline",
        {name: score, f"baseline_{name}": baseline},
        f"The test {name} of {score:.4g} is no better than the baseline of {baseline:.4g}: by this "
        "score a constant prediction would do as well. Check whether the columns can predict the "
        "target at all, and try the learning rate that `chainrule range-test` proposes.",
    )


def _overfitting(run: Run) -> Finding | None:
    last, best = run.history[-1], run.best
    if "validation_loss" not in last:
        return None
    lowest, final = best["validation_loss"], last["validation_loss"]
    rose = final > lowest * (1 + OVERFITTING_RISE)
    if not rose or last["training_loss"] >= best["training_loss"]:
        return None
    return Finding(
        "overfitting",
        {
            "best_epoch": best["epoch"],
            "best_validation_loss": lowest,
            "last_validation_loss": final,
        },
        f"After epoch {best['epoch']:.0f} the validation loss rose from {lowest:.4g} to "
        f"{final:.4g} while the training loss kept falling: from there on the network overfits. "
        "The model has the weights of the best epoch. More samples, smaller layers, more dropout "
        "or weight decay or, for pictures, augmentation may help.",
    )


def _not_converged(run: Run) -> Finding | None:
    best, last = run.best, run.history[-1]
    out_of_time = run.stopped in ("epochs", "iterations", "interrupted")
    if "validation_loss" not in last or not out_of_time or best is not last:
        return None
    if any(record["validation_loss"] < last["validation_loss"] for record in run.history):
        return None  # the last epoch is the best by its accuracy only
    return Finding(
        "not converged",
        {"epochs": last["epoch"], "validation_loss": last["validation_loss"]},
        f"The validation loss was lowest, {last['validation_loss']:.4g}, in the last epoch: "
        "training ended before it converged. More epochs, or a larger learning rate, may help.",
    )


# In the order of importance.
RULES: tuple[Callable[[Run], Finding | None], ...] = (
    _no_better_than_baseline,
    _not_converged,
    _overfitting,
)
