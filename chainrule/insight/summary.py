"""Summary of a run as text, and the format of its scores, for the command line and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that a list of runs does not import PyTorch
    from chainrule.data.preparation.preparation import Preparation
    from chainrule.training.run import Run


def run_summary(run: Run) -> str:
    """Return a sentence on the samples, the epochs and the reason why training ended."""
    why = {
        "patience": _no_longer_improved(run),
        "epochs": "all epochs were done",
        "iterations": "all iterations were done",
        "interrupted": "it was interrupted",
        "callback": "a callback ended it",
        "converged": "it converged",
        "evaluations": "all evaluations of the loss were used",
    }[run.stopped]
    sizes = ", ".join(f"{count:,} {part}" for part, count in run.sizes.items() if count)
    if run.members:
        fewest, *_, most = sorted(len(member.history) for member in run.members)
        range_of_epochs = f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return (
            f"Trained {len(run.members)} members, each on {sizes} samples, for {range_of_epochs} "
            f"epochs in {run.seconds:.1f} s, most of them until {why}; each has the "
            "weights of its best epoch, and the model predicts their mean."
        )
    epochs = "1 epoch" if len(run.history) == 1 else f"{len(run.history):,} epochs"
    return (
        f"Trained on {sizes} samples for {epochs} in {run.seconds:.1f} s, until "
        f"{why}; the model has the weights of epoch {run.best['epoch']:.0f}."
    )


def _no_longer_improved(run: Run) -> str:
    match run.selected_by:
        case "validation_accuracy":
            return "the validation accuracy no longer rose"
        case "validation_loss":
            return "the validation loss no longer fell"
        case _:  # a score that an estimator chose
            return "it no longer improved"


def baseline_note(preparation: Preparation) -> str:
    """Return what the baseline predicts, as a clause."""
    constant = "the class frequencies" if preparation.class_names else "the mean"
    return f"always predicting {constant} of the training samples"


def positive_class_note(preparation: Preparation) -> str | None:
    """Return a sentence that names the positive class; None unless there are two classes."""
    if preparation.task != "binary":
        return None
    return f"Precision, recall and f1 are those of '{preparation.class_names[1]}'."


def format_score(score: float) -> str:
    """Return a score as text, with four decimals, or with one from 100 on.

    >>> format_score(60486.4061), format_score(0.72744), format_score(-1e-5)
    ('60,486.4', '0.7274', '0.0000')
    """
    return f"{score:z,.1f}" if abs(score) >= 100 else f"{score:z,.4f}"


def format_four_digits(number: float) -> str:
    """Return a number with four significant digits, or all digits of a large integer part.

    >>> [format_four_digits(number) for number in (206855.8, 12.3456, -0.000012346, 3.0)]
    ['206,856', '12.35', '-1.235e-05', '3']
    """
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e15 else f"{number:.4g}"
