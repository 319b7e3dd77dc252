"""Which classes were taken for which."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.insight.answers import ClassAnswers
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, shaded, table, table_of_markup
from chainrule.training.metrics import confusion_matrix

# More columns fit no page, and the pairs below say more.
MOST_CLASSES_SHOWN = 20
PAIRS_SHOWN = 10


def confusion(evidence: Evidence) -> str:
    """The confusion matrix with its rates, and of several classes the most confused pairs."""
    answers = evidence.answers
    if not isinstance(answers, ClassAnswers):
        return ""
    probabilities, truth = map(torch.from_numpy, (answers.probabilities, answers.truth))
    counts = confusion_matrix(probabilities, truth).numpy()
    matrix = _matrix(answers.classes, counts) if len(counts) <= MOST_CLASSES_SHOWN else ""
    return matrix + (_pairs(answers.classes, counts) if len(counts) > 2 else "")


def most_confused(counts: NDArray[np.int64], most: int) -> list[tuple[int, int]]:
    """The pairs of different classes, (true, said), of which there are most, and at least one."""
    wrong = counts - np.diag(counts.diagonal())
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(counts)) for place in order]
    return [pair for pair in pairs if wrong[pair] > 0]


def _matrix(classes: tuple[str, ...], counts: NDArray[np.int64]) -> str:
    recognised, samples, said = counts.diagonal(), counts.sum(1), counts.sum(0)
    rows = []
    for name, of_class, right, total in zip(classes, counts, recognised, samples, strict=True):
        # Of the share the root: a few mistakes among very many samples have to be seen, too.
        cells = [shaded(f"{count:,}", math.sqrt(count / max(total, 1))) for count in of_class]
        rows.append((name, *cells, f"{total:,}", _rate(right, total)))
    rates = [_rate(right, of) for right, of in zip(recognised, said, strict=True)]
    rows.append(("right", *rates, f"{counts.sum():,}", _rate(recognised.sum(), counts.sum())))
    head = ("true class", *classes, "all", "recognised")
    return paragraph(
        "A row is the true class, a column what the network said. The last column is the share of "
        "the class that was recognised, the last row the share of what was said that is right."
    ) + table_of_markup("Confusion matrix", head, rows, ["number"] * (len(head) - 1))


def _pairs(classes: tuple[str, ...], counts: NDArray[np.int64]) -> str:
    rows = [
        (
            classes[true],
            classes[said],
            f"{counts[true, said]:,}",
            _rate(counts[true, said], counts[true].sum()),
        )
        for true, said in most_confused(counts, PAIRS_SHOWN)
    ]
    caption = "The classes that were most often confused"
    head = ("true class", "taken for", "samples", "share of the class")
    return table(caption, head, rows, ["text", "number", "number"])


def _rate(part: np.int64, whole: np.int64) -> str:
    return f"{part / whole:.1%}" if whole else ""
