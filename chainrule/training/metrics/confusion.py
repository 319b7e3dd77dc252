"""The confusion matrix, and the metrics that are ratios of its counts.

All functions take probabilities (n, classes) with class indices (n,); or, for two classes,
probabilities of the positive class (n, 1) with 0 and 1 (n, 1). With sample weights, (n,), a sample
of weight 2 counts as two.
"""

import torch
from torch import Tensor

from chainrule.training.metrics.mean import mean


def predicted_classes(probabilities: Tensor) -> Tensor:
    """Return the index of the most probable class of each sample, (n,); the first of equal ones."""
    if probabilities.shape[-1] == 1:
        return (probabilities[:, 0] > 0.5).long()
    return probabilities.argmax(-1)


def confusion_matrix(
    probabilities: Tensor, classes: Tensor, weights: Tensor | None = None
) -> Tensor:
    """Return the number of samples by true class (rows) and predicted class (columns).

    Integers, (classes, classes); for two classes (2, 2), the negative class first. With weights the
    sums of these, float64.
    """
    count = max(2, probabilities.shape[-1])
    pairs = classes.flatten().long() * count + predicted_classes(probabilities)
    weights = None if weights is None else weights.double()
    return torch.bincount(pairs, weights, minlength=count**2).view(count, count)


def accuracy(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float:
    """Return the share of samples whose most probable class is the true one."""
    return mean(predicted_classes(probabilities) == classes.flatten(), weights)


def balanced_accuracy(
    probabilities: Tensor, classes: Tensor, weights: Tensor | None = None
) -> float:
    """Return the mean recall of the classes.

    All classes count equally, however rare; those without samples are left out. A constant
    prediction gives 1 / classes.
    """
    matrix = confusion_matrix(probabilities, classes, weights)
    return _mean_of_present(_recalls(matrix), matrix)


def precision(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float:
    """Return the share of the predictions of a class that are true: TP / (TP + FP).

    For two classes that of the positive one, for more their mean. It is 0 for a class that is never
    predicted; of more than two classes, those without samples are left out.
    """
    matrix = confusion_matrix(probabilities, classes, weights)
    return _of_positive_or_mean(_ratio(matrix.diagonal(), matrix.sum(0)), matrix, probabilities)


def recall(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float:
    """Return the share of the samples of a class that are recognised: TP / (TP + FN).

    For two classes that of the positive one, 0 without positive samples; for more the mean over the
    classes with samples, which equals the balanced accuracy.
    """
    matrix = confusion_matrix(probabilities, classes, weights)
    return _of_positive_or_mean(_recalls(matrix), matrix, probabilities)


def f1(probabilities: Tensor, classes: Tensor, weights: Tensor | None = None) -> float:
    """Return the harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    For two classes that of the positive one, for more the mean over the classes with samples. It is
    0 for a class without true positives.
    """
    matrix = confusion_matrix(probabilities, classes, weights)
    scores = _ratio(2 * matrix.diagonal(), matrix.sum(0) + matrix.sum(1))
    return _of_positive_or_mean(scores, matrix, probabilities)


def _recalls(matrix: Tensor) -> Tensor:
    return _ratio(matrix.diagonal(), matrix.sum(1))


def _ratio(part: Tensor, whole: Tensor) -> Tensor:
    """Return part / whole of counts, float64; 0 where both are 0."""
    return part.double() / torch.where(whole > 0, whole, 1)


def _of_positive_or_mean(scores: Tensor, matrix: Tensor, probabilities: Tensor) -> float:
    if probabilities.shape[-1] == 1:
        return float(scores[1])
    return _mean_of_present(scores, matrix)


def _mean_of_present(scores: Tensor, matrix: Tensor) -> float:
    """Return the mean score of the classes that have samples."""
    return float(scores[matrix.sum(1) > 0].mean())
