"""Record: the figures of an epoch, and the score that compares epochs."""

from chainrule.training.settings.settings import BestBy

# Epoch, losses and metrics, by the names in metrics.jsonl.
Record = dict[str, float]


def selection_score(record: Record, best_by: BestBy) -> float | None:
    """Return the quantity that selects the best epoch, lower is better; None without validation.

    That is the validation loss or, with best_by="accuracy" and classes, the error rate.
    """
    if best_by == "accuracy" and "validation_accuracy" in record:
        return 1 - record["validation_accuracy"]
    return record.get("validation_loss")
