"""Record: the figures of an epoch, and the metric that compares epochs."""

from collections.abc import Sequence
from statistics import fmean

from chainrule.training.settings.selection import LOWER_IS_BETTER

# Epoch, losses and metrics, by the names in metrics.jsonl.
Record = dict[str, float]


def selection_score(record: Record, metric: str) -> float | None:
    """Return the quantity that selects the best epoch, lower is better; None without validation.

    That is the validation loss or error, or a validation score with the sign changed.
    """
    value = record.get(f"validation_{metric}")
    if value is None:
        return None
    return value if metric in LOWER_IS_BETTER else -value


def is_better(score: float, best: float, metric: str) -> bool:
    """Return whether a selection score replaces the best one so far.

    Of equal losses and errors the first is the best, of equal scores the last. nan is never better.
    """
    return score < best or (score == best and metric not in LOWER_IS_BETTER)


def mean_record(records: Sequence[Record]) -> Record:
    """Return the mean of each figure over records of several members."""
    return {name: fmean(record[name] for record in records) for name in records[0]}


def best_record(history: Sequence[Record], metric: str) -> Record:
    """Return the record of the epoch that the metric selects; the last one without validation."""
    best = None
    for record in history:
        score = selection_score(record, metric)
        if score is not None and (best is None or is_better(score, best[0], metric)):
            best = score, record
    return history[-1] if best is None else best[1]
