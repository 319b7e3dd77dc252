"""Ensemble: several members, trained from different seeds, that predict together.

Each finds another of the many ways to fit the samples, and errs elsewhere. Their mean errs less
than they do on average: for the squared error by the variance between them, and never more.
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
from chainrule.training.loop.record import Record
from chainrule.training.members.trainer import TrainingJob
from chainrule.training.model.model import Model
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared


def member_jobs(one: TrainingJob) -> list[TrainingJob]:
    """Return the training of each member: seed, seed + 1, ... for weights, order and dropout.

    With folds, each member learns from all but its own fold, on which it validates.
    """
    settings = one.settings
    return [
        replace(
            one,
            settings=settings.model_copy(update={"seed": settings.seed + number, "members": 1}),
            prepared=one.prepared.of_member(number),
        )
        for number in range(settings.members)
    ]


def ensemble(runs: Sequence[Run], prepared: Prepared) -> Run:
    """Return the run of an ensemble: a model of all members, tested as a whole.

    Args:
        runs: of the members, all on these samples.
        prepared: samples.
    """
    first = runs[0]
    graph = first.model.graph
    parameters = Parameters.zeros(graph, members=len(runs))
    for number, run in enumerate(runs):
        parameters.member(number).load(run.model.parameters.values)
    model = Model(graph, parameters, first.model.preparation)
    test, confusion = model.test(prepared.test)
    return Run(
        model=model,
        history=mean_history([run.history for run in runs]),
        test=test,
        confusion=confusion,
        baseline=first.baseline,
        stopped=Counter(run.stopped for run in runs).most_common(1)[0][0],
        sizes=first.sizes,
        seconds=first.seconds,
        notes=first.notes,
        members=tuple(runs),
        best_by=first.best_by,
        leaks=first.leaks,
    )


def mean_history(histories: Sequence[Sequence[Record]]) -> list[Record]:
    """Return the mean of each figure, epoch by epoch, until the first member ends."""
    return [
        {name: fmean(record[name] for record in records) for name in records[0]}
        for records in zip(*histories, strict=False)  # they need not be equally long
    ]
