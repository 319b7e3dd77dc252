"""Fit: steps 2 to 9 of the nine, from prepared samples to one or several tested models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from chainrule.data.augmentation import Augmentation
from chainrule.layers import Network
from chainrule.training.loop.loop import DivergedError
from chainrule.training.loop.progress import Progress, Work
from chainrule.training.loop.record import Record, selection_score
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
    """Take steps 2 to 9: initialise, train with validation and early stopping, test once.

    Args:
        network: the network.
        prepared: the prepared samples.
        settings: the settings of the run.
        optimizer: replaces the optimizer that the settings name.
        schedule: replaces the schedule that the settings name.
        augmentation: replaces the augmentation that the settings name.
        progress: display of the progress.
        watch: receives the record of each epoch with the model.
    Raises:
        InputError: the network or a setting does not fit the task or the samples.
        DivergedError: a loss became nan or infinite before any weights were kept.
    """
    job = TrainingJob(network, prepared, settings, optimizer, schedule, augmentation)
    return run_job(job, progress=progress, watch=watch)


def run_job(job: TrainingJob, *, progress: Progress, watch: Watcher | None = None) -> Run:
    """Run one training job; other arguments as for `fit`.

    Raises:
        InputError: the network or a setting does not fit the task or the samples.
        DivergedError: a loss became nan or infinite before any weights were kept.
    """
    (run,) = completed_runs(run_jobs([job], progress=progress, watch=watch))
    return run


def completed_runs(outcomes: Sequence[Run | DivergedError]) -> list[Run]:
    """Return the runs, if none diverged.

    Raises:
        DivergedError: the error of the first one that diverged.
    """
    for outcome in outcomes:
        if isinstance(outcome, DivergedError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Run)]


def run_jobs(
    jobs: Sequence[TrainingJob], *, progress: Progress, watch: Watcher | None = None
) -> list[Run | DivergedError]:
    """Run training jobs, those of networks with equal shapes in one plan.

    Each result is that of a separate training. A job with several members becomes an ensemble.
    Args:
        jobs: the training jobs, at least one.
        progress: display of the progress.
        watch: receives the record of each epoch with the model.
    Returns:
        The run of each job; the error of one that diverged before any weights were kept.
    Raises:
        InputError: a network or a setting does not fit the task or the samples; raised before
            any training begins.
    """
    trainers = [[Trainer(member) for member in member_jobs(job)] for job in jobs]
    outcomes = iter(
        _train([trainer for members in trainers for trainer in members], progress, watch)
    )
    return [
        _combine(job, [next(outcomes) for _ in members])
        for job, members in zip(jobs, trainers, strict=True)
    ]


def _combine(job: TrainingJob, outcomes: Sequence[Run | DivergedError]) -> Run | DivergedError:
    """Return the run of a single network, the ensemble of several, or the first error."""
    for outcome in outcomes:
        if len(outcomes) == 1 or isinstance(outcome, DivergedError):
            return outcome
    return ensemble(completed_runs(outcomes), job.prepared)


class _EpochReporter:
    """Reports the epochs of members to a watcher, with their numbers if there are several."""

    def __init__(self, watch: Watcher | None, members: int, metric: str) -> None:
        self._watch, self._several, self._metric = watch, members > 1, metric
        self._lowest = math.inf

    def report(self, number: int, record: Record, model: Model, best: bool) -> None:
        """Report an epoch of a member."""
        if self._watch is None:
            return
        if self._several:
            score = selection_score(record, self._metric)
            score = record["training_loss"] if score is None else score
            best = best and score <= self._lowest
            self._lowest = min(self._lowest, score)
            record = {"member": number + 1, **record}
        self._watch.epoch(record, model, best)


def _train(
    trainers: Sequence[Trainer], progress: Progress, watch: Watcher | None
) -> list[Run | DivergedError]:
    """Train all members, group by group; return the run of each, or its error."""
    reporter = _EpochReporter(watch, len(trainers), trainers[0].settings.metric)
    groups = [
        MemberGroup(numbered, progress, reporter.report) for numbered in group_members(trainers)
    ]
    if watch is not None:
        watch.started()
    progress.start(_total_work([group.work for group in groups]))
    try:
        for group in groups:
            group.train()
            if group.was_interrupted and group is not groups[-1]:
                raise KeyboardInterrupt  # the other groups have no results
    finally:
        progress.stop()
    outcomes = {number: run for group in groups for number, run in group.runs().items()}
    return [outcomes[number] for number in range(len(trainers))]


def _total_work(parts: Sequence[Work]) -> Work:
    """Return the work of all parts in sequence, counted in batches of the first."""
    first = parts[0]
    samples = sum(work.samples_seen for work in parts)
    return replace(first, iterations=-(-samples // first.batch_size))
