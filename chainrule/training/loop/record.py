"""Record: the figures of an epoch, and the score that compares epochs."""

from chainrule.training.settings.settings import BestBy

# Epoch, losses and metrics, by the names in metrics.jsonl.
Record = dict[str, float]


def selection_metric(record: Record, best_by: BestBy) -> str | None:
    """Return the name of the metric that selects the best epoch; None without validation."""
    wanted = "validation_accuracy" if best_by == "accuracy" else "validation_loss"
    return next((name for name in (wanted, "validation_loss") if name in record), None)


def selection_score(record: Record, best_by: BestBy) -> float | None:
    """Return the quantity that selects the best epoch, lower is better; None without validation.

    That is the validation loss or, with best_by="accuracy" and classes, the error rate.
    """
    metric = selection_metric(record, best_by)
    if metric is None:
        return None
    return 1 - record[metric] if metric == "validation_accuracy" else record[metric]
