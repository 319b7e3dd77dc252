"""Permutation importance: how much the score of a model drops when a column is shuffled.

Shuffling the values of one column among the rows keeps their distribution and removes their
relation to the target. The drop of the score is the importance of the column for the model. Of two
correlated columns each may seem unimportant, as the model still has the other one; and shuffled
rows may combine values that never occur together.

Source: Breiman (2001), Random forests, section 10; Fisher, Rudin & Dominici (2019), All models are
wrong, but many are useful, section 3, as the difference of losses, for any model.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from chainrule.data.columns.sample_weights import with_weights_if_present
from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.pixels import Pixels
from chainrule.errors import InputError, check_type, unknown_name
from chainrule.randomness import generator
from chainrule.ranges import Range
from chainrule.training.metrics import METRICS
from chainrule.training.model.model import HasModel, Model, model_of
from chainrule.training.samples.sample_weights import sample_weights
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.selection import LOWER_IS_BETTER


@dataclass(frozen=True)
class Importance:
    """Importance of one column.

    Attributes:
        column: name of the column.
        mean: mean drop of the score over all permutations; positive where the score got worse.
        deviation: sample standard deviation (n - 1) over the permutations; 0 for a single one.
    """

    column: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class PermutationImportance:
    """Importance of each column of a model.

    Attributes:
        metric: name of the metric.
        score: score with no column shuffled.
        columns: importance of each column, the most important first.
    """

    metric: str
    score: float
    columns: tuple[Importance, ...]


def permutation_importance(
    model: Model | HasModel,
    data: Dataset,
    *,
    metric: str | None = None,
    permutations: int = 5,
    seed: int = 0,
) -> PermutationImportance:
    """Compute the permutation importance of each column.

    A column is shuffled with all its features, before a projection mixes them with others. The same
    permutations are used for all columns. The cost is rows x columns x permutations predictions.
    Args:
        model: model of a table, or a fitted estimator.
        data: at least two rows with their target, which the model was not trained on; with the
            column of sample weights of the model, if it has one, the score is weighted.
        metric: metric such as "rmse"; the first one of the task if not given.
        permutations: number of permutations of each column.
        seed: seed of the permutations.
    Raises:
        InputError: the model is one of pictures, the metric is unknown or not defined for these
            rows, or the data does not fit the model.
    """
    model = model_of(model)
    check_type("permutation_importance", "data", data, Dataset, "data that read gives")
    check_type("permutation_importance", "seed", seed, int, "a whole number")
    check_type("permutation_importance", "permutations", permutations, int, "a whole number")
    Range(1, whole=True, example=5).check("permutation_importance", "permutations", permutations)
    data = with_weights_if_present(data, model.preparation.sample_weight)
    metric = _checked_metric(model, data, metric)
    orders = [
        torch.randperm(len(data), generator=generator(seed, "permutation importance", number))
        for number in range(permutations)
    ]
    features = replace(model.preparation, projection=None).features(data)
    score = _scorer(model, data, metric)
    unshuffled = score(features)
    sign = 1 if metric in LOWER_IS_BETTER else -1
    importances = []
    for column, own_features in _features_of_columns(model.preparation):
        shuffled = features.clone()
        drops = []
        for order in orders:
            shuffled[:, own_features] = features[order, own_features]
            drops.append(sign * (score(shuffled) - unshuffled))
        deviation = statistics.stdev(drops) if len(drops) > 1 else 0.0
        importances.append(Importance(column, statistics.fmean(drops), deviation))
    by_importance = sorted(importances, key=lambda importance: -importance.mean)
    return PermutationImportance(metric, unshuffled, tuple(by_importance))


def _checked_metric(model: Model, data: Dataset, metric: str | None) -> str:
    """Return the metric to use: the first one of the task if None is given.

    Raises:
        InputError: the model is one of pictures, or its task does not have that metric.
    """
    if isinstance(data, Images) or isinstance(model.preparation.inputs, Pixels):
        raise InputError(
            f"{data.source}: got pictures, expected a table: a single pixel says almost nothing "
            "that its neighbours do not. Use a model of a table, and its data."
        )
    metrics = METRICS[model.task]
    metric = next(iter(metrics)) if metric is None else metric
    if str(metric) not in metrics:
        raise unknown_name("metric", metric, metrics)
    return metric


def _scorer(model: Model, data: Dataset, metric: str) -> Callable[[Tensor], float]:
    """Return a function that scores features, which are those before a projection."""
    targets, weights = model.preparation.targets(data), sample_weights(data)

    def score(features: Tensor) -> float:
        samples = Samples(_projected(model.preparation, features), targets, weights, weights)
        scores = model.evaluate_prepared(samples, [metric])
        if metric not in scores:
            raise InputError(
                f"{data.source}: got rows for which {metric} is not defined, expected rows of "
                "all classes. Use more rows, or another metric."
            )
        return scores[metric]

    return score


def _features_of_columns(preparation: Preparation) -> Iterator[tuple[str, slice]]:
    """Yield the name of each column and the slice of its features, before a projection."""
    assert not isinstance(preparation.inputs, Pixels)
    end = 0
    for column in preparation.inputs:
        start, end = end, end + len(column.feature_names)
        yield column.name, slice(start, end)


def _projected(preparation: Preparation, features: Tensor) -> Tensor:
    if preparation.projection is None:
        return features
    return torch.from_numpy(preparation.projection.transform(features.numpy()))
