"""A run in words and figures, as the command line and the report tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a list of runs need not wait for PyTorch
    from chainrule.training.run import Run


def in_one_sentence(run: Run) -> str:
    """What was trained, on how much, for how long."""
    why = {
        "patience": "the validation loss no longer fell",
        "epochs": "all epochs were done",
        "iterations": "all iterations were done",
        "interrupted": "it was interrupted",
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


def of_which_class(run: Run) -> str | None:
    """Of two classes, which one is the positive one; None of more, or of numbers."""
    preparation = run.model.preparation
    if preparation.task != "binary":
        return None
    return f"Precision, recall and f1 are those of '{preparation.class_names[1]}'."


def figure(score: float) -> str:
    """A score as people read it: decimals that say nothing are left out.

    >>> figure(60486.4061), figure(0.72744), figure(-1e-5)
    ('60,486.4', '0.7274', '0.0000')
    """
    return f"{score:z,.1f}" if abs(score) >= 100 else f"{score:z,.4f}"


def rounded(number: float) -> str:
    """A number in the person's unit, to four digits before any zeros.

    >>> rounded(206855.8), rounded(12.3456), rounded(-0.000012346), rounded(3.0)
    ('206,856', '12.35', '-1.235e-05', '3')
    """
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e15 else f"{number:.4g}"
