"""Summary of a run as text, for the command line and the report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chainrule.data.formatting import count_range, pluralised
from chainrule.training.settings.selection import no_longer_improved, selected_epoch

if TYPE_CHECKING:  # so that a list of runs does not import PyTorch
    from chainrule.data.preparation.preparation import Preparation
    from chainrule.training.run import Run


def run_summary(run: Run) -> str:
    """Return a sentence on the samples, the epochs, the end of training and the weights kept."""
    if run.members:
        return _members_summary(run)
    sizes = ", ".join(f"{count:,} {part}" for part, count in run.sizes.items() if count)
    return (
        f"Trained for {pluralised(len(run.history), 'epoch')} in {run.seconds:.1f} s ({sizes} "
        f"samples), until {_reason(run)}; {kept_weights(run)}."
    )


def _members_summary(run: Run) -> str:
    epochs = count_range([len(member.history) for member in run.members])
    parts = [
        f"{count_range([member.sizes[part] for member in run.members])} {part}"
        for part in ("training", "validation")
        if run.members[0].sizes[part]
    ]
    reasons = Counter(_reason(member) for member in run.members)
    why = ", ".join(
        f"until {reason}" if count == len(run.members) else f"{count} until {reason}"
        for reason, count in reasons.most_common()
    )
    test = f"; {run.sizes['test']:,} test samples" if run.sizes["test"] else ""
    return (
        f"Trained {len(run.members)} members for {epochs} epochs in {run.seconds:.1f} s (each on "
        f"{' and '.join(parts)} samples{test}), {why}; {kept_weights(run)}, and the model predicts "
        "their mean."
    )


def _reason(run: Run) -> str:
    """Return why training ended, as a clause."""
    watched = run.watched or run.selected_by
    patience = no_longer_improved(watched) if watched else "nothing improved any more"
    return {
        "patience": patience,
        "epochs": "all epochs were done",
        "iterations": "all iterations were done",
        "interrupted": "it was interrupted",
        "callback": "a callback ended it",
        "converged": "it converged",
        "evaluations": "all evaluations of the loss were used",
        "diverged": f"it diverged in epoch {int(run.history[-1]['epoch']) + 1}",
    }[run.stopped]


def kept_weights(run: Run) -> str:
    """Return a clause on the epoch whose weights the model, or each of its members, has."""
    if run.members:
        selected = selected_epoch(run.metric) if run.members[0].selected_by else "last epoch"
        return f"each member has the weights of its {selected}"
    selected = f", the {selected_epoch(run.metric)}" if run.selected_by else ""
    return f"the model has the weights of epoch {run.best_epochs[0]}{selected}"


def baseline_note(preparation: Preparation) -> str:
    """Return what the baseline predicts, as a clause."""
    constant = "the class frequencies" if preparation.class_names else "the mean"
    return f"always predicting {constant} of the training samples"


def positive_class_note(preparation: Preparation) -> str | None:
    """Return a sentence that names the positive class; None unless there are two classes."""
    if preparation.task != "binary":
        return None
    return f"Precision, recall and f1 are those of '{preparation.class_names[1]}'."
