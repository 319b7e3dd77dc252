"""Ensemble: several members, trained with different seeds, that predict by their mean.

Members fit the samples in different ways and make different errors. The error of their mean is at
most their mean error: the squared error is smaller by the variance between them.
Source: Hansen & Salamon (1990), Neural network ensembles; Krogh & Vedelsby (1995), Neural network
ensembles, cross validation, and active learning, equation 7; Lakshminarayanan et al. (2017), Simple
and scalable predictive uncertainty estimation using deep ensembles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from chainrule.plan import Parameters
from chainrule.training.loop.record import Record, mean_record
from chainrule.training.members.trainer import TrainingJob
from chainrule.training.model.model import Model
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared


def member_jobs(job: TrainingJob) -> list[TrainingJob]:
    """Return the job of each member: seed, seed + 1, ... for weights, order and dropout.

    With folds, each member is trained on all folds but its own, on which it is validated.
    """
    settings = job.settings
    return [
        replace(
            job,
            settings=settings.model_copy(update={"seed": settings.seed + number, "members": 1}),
            prepared=job.prepared.of_member(number),
        )
        for number in range(settings.members)
    ]


def ensemble(runs: Sequence[Run], prepared: Prepared) -> Run:
    """Return the run of an ensemble: a model of all members, and its test scores.

    Args:
        runs: the runs of the members on these samples.
        prepared: the prepared samples.
    """
    first = runs[0]
    diverged = tuple(
        f"member {number}: {run.diverged}" for number, run in enumerate(runs, 1) if run.diverged
    )
    graph = first.model.graph
    parameters = Parameters.zeros(graph, members=len(runs))
    for number, run in enumerate(runs):
        parameters.member(number).load(run.model.parameters.values)
    model = Model(graph, parameters, first.model.preparation)
    test, confusion = model.test(prepared.test, first.metric)
    return Run(
        model=model,
        history=mean_history([run.history for run in runs]),
        test=test,
        confusion=confusion,
        baseline=first.baseline,
        stopped=Counter(run.stopped for run in runs).most_common(1)[0][0],
        sizes=first.sizes,
        seconds=first.seconds,
        notes=(*diverged, *(note for note in first.notes if note != first.diverged)),
        diverged=" ".join(diverged),
        members=tuple(runs),
        metric=first.metric,
        leaks=first.leaks,
        constant_loss=_mean([run.constant_loss for run in runs]),
        not_drawn=first.not_drawn,
        fingerprints=first.fingerprints,
    )


def _mean(losses: Sequence[float | None]) -> float | None:
    known = [loss for loss in losses if loss is not None]
    return fmean(known) if known else None


def mean_history(histories: Sequence[Sequence[Record]]) -> list[Record]:
    """Return the mean of each figure over the members, for as many epochs as all of them had."""
    return [
        mean_record(records)
        for records in zip(*histories, strict=False)  # ends with the shortest history
    ]
