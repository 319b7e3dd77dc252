"""Cross-validation: each sample is tested once, by a network that has not seen it.

One split is one draw, and of few samples a test on few: its score has a spread that nobody sees.
With K folds K networks are trained, each tested on the fold that it was not shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Unpack

from chainrule.data.augmentation import Augmentation
from chainrule.data.dataset import Dataset, data_kind
from chainrule.data.vocabulary import Task
from chainrule.layers import Network
from chainrule.training.fit import TrainingJob, completed_runs, run_jobs
from chainrule.training.loop.progress import progress_for
from chainrule.training.optimizers import Optimizer
from chainrule.training.recipe.recipe import Recipe, Request, resolve
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared, prepare, target_and_task
from chainrule.training.samples.split import split_into_folds
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import Settings, SettingsKwargs


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What cross-validation gave.

    Attributes:
        runs: one a fold, whose `test` is on that fold and whose model has not seen it.
    """

    runs: tuple[Run, ...]

    @property
    def mean(self) -> dict[str, float]:
        """Of each metric over the folds; of those that all folds define."""
        return _over_folds(fmean, [run.test for run in self.runs])

    @property
    def deviation(self) -> dict[str, float]:
        """The standard deviation between the folds, of a sample (K - 1).

        It is no standard error of the mean: the training samples of two folds are mostly the same.
        Source: Bengio & Grandvalet (2004), No unbiased estimator of the variance of K-fold
        cross-validation.
        """
        return _over_folds(stdev, [run.test for run in self.runs])

    @property
    def baseline(self) -> dict[str, float]:
        """The mean score of guessing, as of a `Run`."""
        return _over_folds(fmean, [run.baseline for run in self.runs])


def cross_validate(
    network: Network | str,
    data: Dataset,
    *,
    folds: int = 5,
    task: Task | None = None,
    optimizer: str | Optimizer | None = None,
    schedule: str | Schedule | None = None,
    augment: Sequence[str] | Augmentation | None = None,
    progress: bool = True,
    **settings: Unpack[SettingsKwargs],
) -> CrossValidation:
    """Train a network once for each fold of the data, on the others, and test it on that fold.

    Whatever is fitted to samples, preparation included, is fitted anew for each fold to the
    others. The validation samples that end training are taken from the others, too: the shares of
    the first two parts of `split`. The rows of a `group` are all in one fold; with a `time`, each
    fold is tested by a network that was trained on what came before it. Networks of one shape are
    trained in one plan.
    Args:
        network: a network or the name of a preset, as for `train`.
        data: as for `train`.
        folds: how many, at least 2; drawn by the seed, classes with equal shares in each.
        task, optimizer, schedule, augment, progress, settings: as for `train`.
    Raises:
        InputError: a setting, the data or the network does not fit; said before training begins.
        DivergedError: a loss became nan or infinite.
    """
    _, task = target_and_task(data, task)
    request = Request.of(network, settings, optimizer, schedule, augment)
    recipe = resolve(request, task, len(data), data_kind(data))
    return cross_validate_recipe(recipe, data, folds, task, show=progress)


def cross_validate_recipe(
    recipe: Recipe, data: Dataset, folds: int, task: Task, *, show: bool
) -> CrossValidation:
    """Train a recipe once for each fold; as `cross_validate` otherwise."""
    prepared = prepare_folds(data, recipe.settings, folds, task)
    recipe = recipe.for_samples(min(one.training_size for one in prepared))
    if show:
        print(recipe.summary(validated=prepared[0].is_validated), file=sys.stderr)
    fits = [TrainingJob.of(recipe, samples) for samples in prepared]
    runs = completed_runs(run_jobs(fits, progress=progress_for(show)))
    return CrossValidation(tuple(runs))


def prepare_folds(
    data: Dataset, settings: Settings, folds: int, task: Task | None = None
) -> list[Prepared]:
    """The samples of each fold: its own rows for the test, all others for the rest.

    Args:
        data: with its target.
        settings: as for `prepare`.
        folds: how many, at least 2.
        task: found out from the target if not given.
    Raises:
        InputError: as `prepare`; or there are fewer rows, groups or times than the folds need, or
            fewer than 2 folds.
    """
    target, task = target_and_task(data, task)
    return [
        prepare(data.take(fold.train), settings, test=data.take(fold.test), task=task)
        for fold in split_into_folds(data, target, task, settings, folds)
    ]


def _over_folds(
    summary: Callable[[Sequence[float]], float], scores: Sequence[dict[str, float]]
) -> dict[str, float]:
    common = [name for name in scores[0] if all(name in one for one in scores)]
    return {name: summary([one[name] for one in scores]) for name in common}
