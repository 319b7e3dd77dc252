"""Section on the confusion of classes."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.insight.predictions import ClassPredictions
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, shaded, table, table_of_markup
from chainrule.training.metrics import confusion_matrix

# More columns do not fit on a page, and the pairs below are more informative.
MOST_CLASSES_SHOWN = 20
PAIRS_SHOWN = 10


def confusion(evidence: Evidence) -> str:
    """Return the confusion matrix with its rates and, for several classes, the confused pairs."""
    predictions = evidence.predictions
    if not isinstance(predictions, ClassPredictions):
        return ""
    probabilities, truth = map(torch.from_numpy, (predictions.probabilities, predictions.truth))
    counts = confusion_matrix(probabilities, truth).numpy()
    matrix = _matrix(predictions.classes, counts) if len(counts) <= MOST_CLASSES_SHOWN else ""
    return matrix + (_pairs(predictions.classes, counts) if len(counts) > 2 else "")


def most_confused(counts: NDArray[np.int64], most: int) -> list[tuple[int, int]]:
    """Return the most frequent pairs of different classes, (true, predicted)."""
    wrong = counts - np.diag(counts.diagonal())
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(index), len(counts)) for index in order]
    return [pair for pair in pairs if wrong[pair] > 0]


def _matrix(classes: tuple[str, ...], counts: NDArray[np.int64]) -> str:
    correct, samples, predicted = counts.diagonal(), counts.sum(1), counts.sum(0)
    rows = []
    for name, of_class, right, total in zip(classes, counts, correct, samples, strict=True):
        # The root of the share, so that a few mistakes among very many samples are visible.
        cells = [shaded(f"{count:,}", math.sqrt(count / max(total, 1))) for count in of_class]
        rows.append((name, *cells, f"{total:,}", _rate(right, total)))
    precisions = [_rate(right, total) for right, total in zip(correct, predicted, strict=True)]
    rows.append(("precision", *precisions, f"{counts.sum():,}", _rate(correct.sum(), counts.sum())))
    head = ("true class", *classes, "all", "recall")
    return paragraph(
        "A row is a true class, a column a predicted class. The last column is the recall, the "
        "share of the class that was recognised; the last row is the precision, the share of the "
        "predictions that are correct, and at its end the accuracy."
    ) + table_of_markup("Samples by class", head, rows, ["number"] * (len(head) - 1))


def _pairs(classes: tuple[str, ...], counts: NDArray[np.int64]) -> str:
    rows = [
        (
            classes[true],
            classes[predicted],
            f"{counts[true, predicted]:,}",
            _rate(counts[true, predicted], counts[true].sum()),
        )
        for true, predicted in most_confused(counts, PAIRS_SHOWN)
    ]
    caption = "The most confused pairs of classes"
    head = ("true class", "predicted class", "samples", "share of the class")
    return table(caption, head, rows, ["text", "number", "number"])


def _rate(part: np.int64, whole: np.int64) -> str:
    return f"{part / whole:.1%}" if whole else ""
