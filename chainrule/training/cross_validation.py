"""Cross-validation: each sample is tested once, by a network that was not trained on it.

A single split is random, and with few samples its test is small: the score has a large and unknown
variance. With K folds K networks are trained, each tested on the fold that it was not trained on.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import Unpack

from chainrule.data.augmentation import Augmentation
from chainrule.data.columns.roles import check_roles
from chainrule.data.columns.sample_weights import with_sample_weights
from chainrule.data.dataset import Dataset, data_kind
from chainrule.data.formatting import quoted_list
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import check_type
from chainrule.layers import Network
from chainrule.training.fit import TrainingJob, completed_runs, run_jobs
from chainrule.training.loop.progress import progress_for
from chainrule.training.optimizers import Optimizer
from chainrule.training.recipe.recipe import Recipe, Request, resolve
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared, prepare_part, target_and_task
from chainrule.training.samples.split import split_into_folds
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import Settings, SettingsKwargs


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """The result of cross-validation.

    Attributes:
        runs: the run of each fold, whose `test` has the scores on that fold.
    """

    runs: tuple[Run, ...]

    @property
    def mean(self) -> dict[str, float]:
        """Mean over the folds of each metric that all folds have."""
        return _summarise(fmean, [run.test for run in self.runs])

    @property
    def deviation(self) -> dict[str, float]:
        """Sample standard deviation between the folds, with the divisor K - 1.

        It is not the standard error of the mean, since the training samples of folds overlap.
        Source: Bengio & Grandvalet (2004), No unbiased estimator of the variance of K-fold
        cross-validation.
        """
        return _summarise(stdev, [run.test for run in self.runs])

    @property
    def baseline(self) -> dict[str, float]:
        """Mean over the folds of each metric of the baseline, as of a `Run`."""
        return _summarise(fmean, [run.baseline for run in self.runs])


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
    """Train a network for each fold of the data, on the other folds, and test it on that fold.

    Preparation is fitted for each fold to the other folds. The validation samples are taken from
    the other folds, too, by the first two shares of `split`. All rows of a `group` are in one fold;
    with a `time`, the network of each fold is trained on earlier rows only. Networks of equal shape
    are trained in one plan.
    Args:
        network: a network or the name of a preset, as for `train`.
        data: as for `train`.
        folds: number of folds, at least 2; drawn by the seed and stratified by class.
        task, optimizer, schedule, augment, progress, settings: as for `train`.
    Raises:
        InputError: a setting, the data or the network is invalid; raised before training begins.
        DivergedError: a loss became nan or infinite in the first epoch. Later, the best weights are
            kept, and `Run.diverged` says so.
    """
    check_type("cross_validate", "data", data, Dataset, "data that read gives")
    check_type("cross_validate", "folds", folds, int, "a whole number")
    data = with_sample_weights(data, settings.get("sample_weight"))
    _, task = target_and_task(data, task)
    request = Request.of(network, settings, optimizer, schedule, augment)
    recipe = resolve(request, task, len(data), data_kind(data))
    return cross_validate_recipe(recipe, data, folds, task, show=progress)


def cross_validate_recipe(
    recipe: Recipe, data: Dataset, folds: int, task: Task, *, show: bool
) -> CrossValidation:
    """Train a recipe for each fold; otherwise as `cross_validate`."""
    prepared = prepare_folds(data, recipe.settings, folds, task)
    recipe = recipe.for_samples(min(fold.training_size for fold in prepared))
    if show:
        print(recipe.summary(validated=prepared[0].is_validated), file=sys.stderr)
    jobs = [TrainingJob.of(recipe, samples) for samples in prepared]
    runs = completed_runs(run_jobs(jobs, progress=progress_for(show)))
    return CrossValidation(tuple(runs))


def prepare_folds(
    data: Dataset, settings: Settings, folds: int, task: Task | None = None
) -> list[Prepared]:
    """Prepare the samples of each fold: test samples from the fold, all others from the rest.

    Args:
        data: labelled data.
        settings: as for `prepare`.
        folds: number of folds, at least 2.
        task: the task; by default inferred from the target.
    Raises:
        InputError: as `prepare`; or there are too few rows, groups or times for the folds, or fewer
            than 2 folds.
    """
    data = with_sample_weights(data, settings.sample_weight)
    check_roles(data)
    target, task = target_and_task(data, task)
    numbered = enumerate(split_into_folds(data, target, task, settings, folds), start=1)
    prepared = [
        prepare_part(
            data.take(fold.train),
            target.take(fold.train),
            task,
            settings,
            target.categories(),
            test=data.take(fold.test),
            name=f"fold {number}",
        )
        for number, fold in numbered
    ]
    tested = sum(samples.sizes["test"] for samples in prepared)
    note = _note_on_single_rows(data, target) if tested < len(data) and not settings.time else None
    return [replace(each, notes=(*each.notes, *filter(None, [note]))) for each in prepared]


def _note_on_single_rows(data: Dataset, target: Column) -> str:
    """Return a note on the classes of one row, which is in the training of every fold."""
    counts = Counter(target.categories().tolist())
    single = sorted(label for label, count in counts.items() if count == 1)
    subject = "the class" if len(single) == 1 else "the classes"
    has = "has" if len(single) == 1 else "have"
    return (
        f"{data.source}, column '{target.name}': {subject} {quoted_list(single)} {has} one row, "
        "which is in the training of every fold, and never tested"
    )


def _summarise(
    summary: Callable[[Sequence[float]], float], scores: Sequence[dict[str, float]]
) -> dict[str, float]:
    common = [name for name in scores[0] if all(name in fold for fold in scores)]
    return {name: summary([fold[name] for fold in scores]) for name in common}
