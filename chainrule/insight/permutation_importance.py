"""Permutation importance: how much worse a model is where a column tells it nothing.

The values of one column are shuffled among the rows, which leaves their distribution and takes away
what they say about the target. How much the score then suffers is what the model owes to the
column. Of two columns that tell the same, each may seem to matter little, as the model still has
the other one; and shuffled values beside the others make rows that nature may not know.

Source: Breiman (2001), Random forests, section 10; Fisher, Rudin & Dominici (2019), All models are
wrong, but many are useful, section 3, as the difference of losses, for any model.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.pixels import Pixels
from chainrule.errors import InputError, unknown_name
from chainrule.insight.better import LOWER_IS_BETTER
from chainrule.randomness import generator
from chainrule.training.metrics import METRICS
from chainrule.training.model.model import Model
from chainrule.training.samples.samples import Samples


@dataclass(frozen=True)
class Importance:
    """What a model owes to one column.

    Attributes:
        column: its name.
        mean: by how much the metric is worse with the column shuffled, over all permutations.
        deviation: between the permutations (of a sample, n - 1); 0 of a single one.
    """

    column: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class PermutationImportance:
    """What a model owes to each of its columns.

    Attributes:
        metric: by which it was measured.
        score: with all columns as they are.
        columns: the most important one first.
    """

    metric: str
    score: float
    columns: tuple[Importance, ...]


def permutation_importance(
    model: Model,
    data: Dataset,
    *,
    metric: str | None = None,
    permutations: int = 5,
    seed: int = 0,
) -> PermutationImportance:
    """How much worse the model is with each column of the data shuffled.

    A column is shuffled with all its features, before a projection mixes them with others. All
    columns are shuffled in the same ways. The work is rows x columns x permutations predictions.
    Args:
        model: that learned from a table.
        data: rows with the target that it did not learn from, at least two.
        metric: such as "rmse"; the first one of the task if not given.
        permutations: how often each column is shuffled.
        seed: of the orders.
    Raises:
        InputError: the model reads pictures, the metric is unknown or not defined for these rows,
            or the data does not fit the model.
    """
    preparation = model.preparation
    if isinstance(data, Images) or isinstance(preparation.inputs, Pixels):
        raise InputError(
            f"{data.source}: got pictures, expected a table: a single pixel tells next to "
            "nothing that those around it don't. Give a model of a table, and its data."
        )
    metrics = METRICS[model.task]
    metric = metric or next(iter(metrics))
    if metric not in metrics:
        raise unknown_name("metric", metric, metrics)
    orders = [
        torch.randperm(len(data), generator=generator(seed, "permutation importance", number))
        for number in range(permutations)
    ]
    features = replace(preparation, projection=None).features(data)
    targets = preparation.targets(data)

    def score(changed: Tensor) -> float:
        samples = Samples(_projected(preparation, changed), targets)
        measured = model.evaluate_prepared(samples, [metric])
        if metric not in measured:
            raise InputError(
                f"{data.source}: got rows for which {metric} is not defined, expected rows of "
                "all classes. Give more rows, or another metric."
            )
        return measured[metric]

    before = score(features)
    sign = 1 if metric in LOWER_IS_BETTER else -1
    found = []
    for column, place in _places_of_columns(preparation):
        shuffled = features.clone()
        worse = []
        for order in orders:
            shuffled[:, place] = features[order, place]
            worse.append(sign * (score(shuffled) - before))
        deviation = statistics.stdev(worse) if len(worse) > 1 else 0.0
        found.append(Importance(column, statistics.fmean(worse), deviation))
    by_importance = sorted(found, key=lambda importance: -importance.mean)
    return PermutationImportance(metric, before, tuple(by_importance))


def _places_of_columns(preparation: Preparation) -> Iterator[tuple[str, slice]]:
    """Each column's name, and where its features stand among all, before a projection."""
    assert not isinstance(preparation.inputs, Pixels)
    end = 0
    for column in preparation.inputs:
        start, end = end, end + len(column.feature_names)
        yield column.name, slice(start, end)


def _projected(preparation: Preparation, features: Tensor) -> Tensor:
    if preparation.projection is None:
        return features
    return torch.from_numpy(preparation.projection.transform(features.numpy()))
