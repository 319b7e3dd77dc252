"""Metrics of many resamples of the same rows, for many classes.

What a row contributes is computed once. A resample is then a number of times that each row was
drawn, multiplied by its sample weight if it has one, and its metrics are sums over the rows,
weighted by these numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from chainrule.training.metrics.confusion import predicted_classes
from chainrule.training.metrics.scoring_rules import brier_scores, log_losses

# Comparisons of pairs of rows that are in memory at a time, 8 MB of float32.
PAIRS = 2**21

# Above this number of rows for each class, sorting each resample is faster than comparing pairs.
ROWS_OF_A_CLASS = 1000


class ResampledClasses:
    """Rows with probabilities of three or more classes, and their metrics in resamples.

    Args:
        probabilities: (n, classes).
        classes: index of the true class of each row, (n,).
        weights: sample weights (n,) above 0; None if all are 1.
    Attributes:
        names: the metrics that are computed; their values are those of `METRICS`.
    """

    def __init__(
        self, probabilities: Tensor, classes: Tensor, weights: Tensor | None = None
    ) -> None:
        self._count = probabilities.shape[1]
        order = classes.argsort(stable=True)
        self._order, self._classes = order, classes[order]
        weights = torch.ones(len(classes)) if weights is None else weights / weights.mean()
        self._weights = weights[order].float()
        self._probabilities = probabilities[order]
        self._predicted = predicted_classes(self._probabilities)
        self._means = {
            "log_loss": log_losses(self._probabilities, self._classes),
            "brier_score": brier_scores(self._probabilities, self._classes),
        }
        self._ranks = len(classes) <= ROWS_OF_A_CLASS * self._count
        of_ranks = ("roc_auc", "average_precision") if self._ranks else ()
        counted = ("balanced_accuracy", "precision", "recall", "f1")
        self.names = frozenset((*counted, *self._means, *of_ranks))

    def measure(self, draws: Tensor) -> Iterator[dict[str, float]]:
        """Yield the metrics of each resample; undefined ones are left out.

        Args:
            draws: indices of the rows of each resample, (resamples, rows).
        """
        rows = len(self._classes)
        times = torch.stack([torch.bincount(draw, minlength=rows) for draw in draws])
        # Whole numbers without weights, which float32 adds without rounding.
        times = times[:, self._order].float() * self._weights
        metrics = self._of_counts(times) | self._of_means(times)
        if self._ranks:
            metrics |= self._of_ranks(times)
        for resample in range(len(draws)):
            scores = {name: float(values[resample]) for name, values in metrics.items()}
            yield {name: score for name, score in scores.items() if score == score}  # not nan

    def _sum_of_classes(self, values: Tensor, classes: Tensor) -> Tensor:
        """Return the sum of the values (resamples, rows) of each class, float64."""
        sums = values.new_zeros(len(values), self._count, dtype=torch.float64)
        return sums.index_add_(1, classes, values.double())

    def _of_counts(self, times: Tensor) -> dict[str, Tensor]:
        """Return the metrics of the confusion matrix, from its diagonal and its sums."""
        true = self._sum_of_classes(times, self._classes)
        predicted = self._sum_of_classes(times, self._predicted)
        hits = self._sum_of_classes(times * (self._classes == self._predicted), self._classes)
        recall = _mean(hits / true, true > 0)
        return {
            "balanced_accuracy": recall,
            "precision": _mean(hits / predicted.where(predicted > 0, 1), true > 0),
            "recall": recall,
            "f1": _mean(2 * hits / (true + predicted), true > 0),
        }

    def _of_means(self, times: Tensor) -> dict[str, Tensor]:
        shares = times.double() / times.double().sum(1, keepdim=True)
        return {name: shares @ values for name, values in self._means.items()}

    def _of_ranks(self, times: Tensor) -> dict[str, Tensor]:
        """Return the metrics that compare the probability of a class between its rows and others.

        For each row, the rows below it and level with it are counted in all resamples by matrix
        products; those of its own class are a block, as the rows are in the order of the classes.
        """
        positives = self._sum_of_classes(times, self._classes)
        total = times.double().sum(1, keepdim=True)
        negatives = total - positives
        right, precisions = torch.zeros_like(positives), torch.zeros_like(positives)
        size = max(1, PAIRS // times.shape[1])
        for start in range(0, times.shape[1], size):
            chunk = slice(start, start + size)
            classes = self._classes[chunk]
            block = _span(self._classes, classes)
            own = self._probabilities[chunk].gather(1, classes.unsqueeze(1))[:, 0]
            of_class = self._probabilities[:, classes]
            below, level = (of_class < own).float(), (of_class == own).float()
            same = (self._classes[block].unsqueeze(1) == classes).float()
            all_below, own_below = times @ below, times[:, block] @ (below[block] * same)
            all_level, own_level = times @ level, times[:, block] @ (level[block] * same)
            won = all_below - own_below + (all_level - own_level) / 2
            right += self._sum_of_classes(times[:, chunk] * won, classes)
            of_own = positives[:, classes] - own_below
            # A row that was drawn is among those of at least its probability.
            passed = (total - all_below).maximum(self._weights[chunk])
            precision = of_own / passed
            precisions += self._sum_of_classes(times[:, chunk] * precision, classes)
        return {
            "roc_auc": _mean(right / (positives * negatives), (positives > 0) & (negatives > 0)),
            "average_precision": _mean(precisions / positives, positives > 0),
        }


def _span(all_classes: Tensor, classes: Tensor) -> slice:
    """Return the rows of all classes that occur in a part of the sorted ones."""
    first = torch.searchsorted(all_classes, classes[:1])
    last = torch.searchsorted(all_classes, classes[-1:], right=True)
    return slice(int(first), int(last))


def _mean(scores: Tensor, counted: Tensor) -> Tensor:
    """Return the mean score of the classes that are counted, (resamples,); nan if none is."""
    return scores.where(counted, torch.zeros(())).sum(1) / counted.sum(1)
