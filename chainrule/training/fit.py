"""Fitting: steps 2 to 9 of the nine, from prepared samples to tested models, one or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from chainrule.data.augmentation import Augmentation
from chainrule.layers import Network
from chainrule.training.loop.loop import DivergedError
from chainrule.training.loop.progress import Progress, Work
from chainrule.training.loop.record import Record
from chainrule.training.members.ensemble import ensemble, member_jobs
from chainrule.training.members.member_group import MemberGroup, group_members
from chainrule.training.members.trainer import Trainer, TrainingJob
from chainrule.training.model.model import Model
from chainrule.training.optimizers import Optimizer
from chainrule.training.run import Run, Watcher
from chainrule.training.samples.prepare import Prepared
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import Settings

__all__ = ["TrainingJob", "completed_runs", "fit", "run_job", "run_jobs"]


def fit(
    network: Network,
    prepared: Prepared,
    *,
    settings: Settings,
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
    augmentation: Augmentation | None = None,
    progress: Progress,
    watch: Watcher | None = None,
) -> Run:
    """Take steps 2 to 9: initialise, train until the validation no longer improves, test once.

    Args:
        network: that fits the task.
        prepared: samples.
        settings: of the run.
        optimizer: in place of the one that the settings name.
        schedule: in place of the one that the settings name.
        augmentation: in place of the one that the settings name.
        progress: shows how it goes.
        watch: is given each epoch's record with the model.
    Raises:
        InputError: the network or a setting does not fit the task or the samples.
        DivergedError: a loss became nan or infinite.
    """
    one = TrainingJob(network, prepared, settings, optimizer, schedule, augmentation)
    return run_job(one, progress=progress, watch=watch)


def run_job(fit: TrainingJob, *, progress: Progress, watch: Watcher | None = None) -> Run:
    """Do one training.

    Raises:
        InputError: the network or a setting does not fit the task or the samples.
        DivergedError: a loss became nan or infinite.
    """
    (run,) = completed_runs(run_jobs([fit], progress=progress, watch=watch))
    return run


def completed_runs(outcomes: Sequence[Run | DivergedError]) -> list[Run]:
    """Return the runs.

    Raises:
        DivergedError: one of them diverged.
    """
    for outcome in outcomes:
        if isinstance(outcome, DivergedError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Run)]


def run_jobs(
    fits: Sequence[TrainingJob], *, progress: Progress, watch: Watcher | None = None
) -> list[Run | DivergedError]:
    """Do several trainings, in one plan those whose networks have one shape.

    Each is what it would be by itself; of one that diverged there is the error.
    Args:
        fits: at least one. One that asks for members gives their ensemble.
        progress: shows how they go.
        watch: is given each epoch's record with the model.
    Raises:
        InputError: a network or a setting does not fit the task or the samples; raised before
            any training begins.
    """
    of_each = [[Trainer(of_member) for of_member in member_jobs(one)] for one in fits]
    trainers = [trainer for of_one in of_each for trainer in of_one]
    outcomes = iter(_outcomes(trainers, progress, watch))
    return [
        _outcome_of(one, [next(outcomes) for _ in of_one])
        for one, of_one in zip(fits, of_each, strict=True)
    ]


def _outcome_of(one: TrainingJob, outcomes: Sequence[Run | DivergedError]) -> Run | DivergedError:
    """Return the run of a single network, the ensemble of several, or the first error."""
    for outcome in outcomes:
        if len(outcomes) == 1 or isinstance(outcome, DivergedError):
            return outcome
    return ensemble(completed_runs(outcomes), one.prepared)


class _EpochReporter:
    """Reports the epochs of members to a watcher, with their numbers where there are several."""

    def __init__(self, watch: Watcher | None, members: int) -> None:
        self._watch, self._several = watch, members > 1
        self._lowest = math.inf

    def seen(self, number: int, record: Record, model: Model, best: bool) -> None:
        """Report an epoch of a member."""
        if self._watch is None:
            return
        if self._several:
            loss = record.get("validation_loss", record["training_loss"])
            best = best and loss <= self._lowest
            self._lowest = min(self._lowest, loss)
            record = {"member": number + 1, **record}
        self._watch.epoch(record, model, best)


def _outcomes(
    trainers: Sequence[Trainer], progress: Progress, watch: Watcher | None
) -> list[Run | DivergedError]:
    """Train all, group by group, and return what came of each."""
    reporter = _EpochReporter(watch, len(trainers))
    groups = [
        MemberGroup(numbered, progress, reporter.seen) for numbered in group_members(trainers)
    ]
    if watch is not None:
        watch.started()
    progress.start(_sum_of_work([group.work for group in groups]))
    try:
        for group in groups:
            group.learn()
            if group.was_interrupted and group is not groups[-1]:
                raise KeyboardInterrupt  # of the others nothing was learned that could be shown
    finally:
        progress.stop()
    outcomes = {number: of_one for group in groups for number, of_one in group.runs().items()}
    return [outcomes[number] for number in range(len(trainers))]


def _sum_of_work(parts: Sequence[Work]) -> Work:
    """Return the work of all parts, one after the other, in batches of the first."""
    first = parts[0]
    visits = sum(work.samples_seen for work in parts)
    return replace(first, iterations=-(-visits // first.batch_size))
