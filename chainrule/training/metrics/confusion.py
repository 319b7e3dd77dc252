"""The confusion matrix of classes, and the scores that are ratios of its counts.

In all of them probabilities are (n, classes) with class indices (n,), or (n, 1) of yes with 0 for
no and 1 for yes (n, 1). Then yes is the positive class.
"""

import torch
from torch import Tensor


def predicted_classes(probabilities: Tensor) -> Tensor:
    """Index of the most probable class of each sample, (n,); the first of equally probable ones."""
    if probabilities.shape[-1] == 1:
        return (probabilities[:, 0] > 0.5).long()
    return probabilities.argmax(-1)


def confusion_matrix(probabilities: Tensor, classes: Tensor) -> Tensor:
    """How many samples of each true class, a row, were predicted as each class, a column.

    Whole numbers, (classes, classes); of yes and no (2, 2), no first.
    """
    count = max(2, probabilities.shape[-1])
    pairs = classes.flatten().long() * count + predicted_classes(probabilities)
    return torch.bincount(pairs, minlength=count**2).view(count, count)


def accuracy(probabilities: Tensor, classes: Tensor) -> float:
    """Share of samples whose most probable class is the true one."""
    return float((predicted_classes(probabilities) == classes.flatten()).double().mean())


def balanced_accuracy(probabilities: Tensor, classes: Tensor) -> float:
    """Mean over the classes of the share of their samples that was recognised.

    Classes count alike, however rare; those without a sample don't count. Guessing one class
    always gives 1 / classes.
    """
    matrix = confusion_matrix(probabilities, classes)
    return _mean_of_present(_recalls(matrix), matrix)


def precision(probabilities: Tensor, classes: Tensor) -> float:
    """Share of the samples predicted as a class that are of it: TP / (TP + FP).

    Of yes, or the mean over the classes. A class that was never predicted has 0; of more than two,
    those without a sample don't count.
    """
    matrix = confusion_matrix(probabilities, classes)
    return _of_yes_or_mean(_ratio(matrix.diagonal(), matrix.sum(0)), matrix, probabilities)


def recall(probabilities: Tensor, classes: Tensor) -> float:
    """Share of the samples of a class that were predicted as it: TP / (TP + FN).

    Of yes, and 0 if there is no such sample; or the mean over the classes that have a sample,
    which is their balanced accuracy.
    """
    matrix = confusion_matrix(probabilities, classes)
    return _of_yes_or_mean(_recalls(matrix), matrix, probabilities)


def f1(probabilities: Tensor, classes: Tensor) -> float:
    """Harmonic mean of a class's precision and recall: 2 TP / (2 TP + FP + FN).

    Of yes, or the mean over the classes that have a sample. 0 where nothing of a class was
    recognised.
    """
    matrix = confusion_matrix(probabilities, classes)
    scores = _ratio(2 * matrix.diagonal(), matrix.sum(0) + matrix.sum(1))
    return _of_yes_or_mean(scores, matrix, probabilities)


def _recalls(matrix: Tensor) -> Tensor:
    return _ratio(matrix.diagonal(), matrix.sum(1))


def _ratio(part: Tensor, whole: Tensor) -> Tensor:
    """part / whole of counts, float64; 0 where both are."""
    return part.double() / whole.clamp(min=1)


def _of_yes_or_mean(scores: Tensor, matrix: Tensor, probabilities: Tensor) -> float:
    if probabilities.shape[-1] == 1:
        return float(scores[1])
    return _mean_of_present(scores, matrix)


def _mean_of_present(scores: Tensor, matrix: Tensor) -> float:
    """Mean of the scores of those classes that have a sample."""
    return float(scores[matrix.sum(1) > 0].mean())
