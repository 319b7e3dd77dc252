"""Sweep: one network trained with several settings, to see which suits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from chainrule.data.augmentation import Augmentation
from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.training.fit import fit_all
from chainrule.training.loop.loop import DivergedError
from chainrule.training.loop.progress import progress_for
from chainrule.training.optimizers import Optimizer
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.schedules import Schedule
from chainrule.training.settings.keyword_arguments import SettingsKwargs
from chainrule.training.settings.recipe import Asked
from chainrule.training.settings.settings import Settings

# Settings that no preparation depends on: trials that differ in these alone share their samples.
# One that is missing here costs memory; one too many would give a trial the samples of another.
LEARNING = frozenset(
    {
        "optimizer",
        "learning_rate",
        "schedule",
        "warm_up",
        "epochs",
        "iterations",
        "weight_decay",
        "weight_decay_schedule",
        "dropout_schedule",
        "prediction_range",
        "l1",
        "clip_norm",
        "clip_value",
        "average",
        "patience",
        "best_by",
    }
)


@dataclass(frozen=True, eq=False)
class Trial:
    """One training of a sweep.

    Attributes:
        given: what this one was given.
        run: what came of it; None if it diverged.
        diverged: the error, if it did.
    """

    given: Mapping[str, object]
    run: Run | None
    diverged: DivergedError | None = None

    @property
    def validation_loss(self) -> float:
        """The lowest, by which to choose; infinite if it diverged."""
        return math.inf if self.run is None else self.run.best["validation_loss"]


def sweep(
    network: Network,
    data: Dataset,
    trials: Sequence[Mapping[str, Any]],
    *,
    test: Dataset | None = None,
    task: Task | None = None,
    optimizer: str | Optimizer = "adam",
    schedule: str | Schedule = "constant",
    augment: Sequence[str] | Augmentation = (),
    progress: bool = True,
    **settings: Unpack[SettingsKwargs],
) -> list[Trial]:
    """Train a network with several settings, in one plan those whose shapes are the same.

    sweep(network, data, [{"learning_rate": rate} for rate in (0.001, 0.01, 0.1)], epochs=20)

    Learning rate, weight decay, clipping, schedule, optimizer, seed and rates of dropout may differ
    within one plan; for what changes the shapes or the batch size there is one more.
    Choose by the validation loss. The test then is honest for the trial that was chosen, and for no
    choice among the tests.
    Args:
        network: as for `train`; a trial may have one of its own under "network".
        data: likewise.
        trials: for each, by name, what it is given in place of what all are.
        test: as for `train`; and so are the rest, which all trials are given.
    Raises:
        InputError: a setting, the data or a network does not fit; said before training begins.
    """
    for_all = {"optimizer": optimizer, "schedule": schedule, "augment": augment, **settings}
    if not trials:
        raise InputError(
            "trials: got none, expected settings to compare, such as "
            '[{"learning_rate": 0.001}, {"learning_rate": 0.01}].'
        )
    prepared: dict[str, Prepared] = {}
    fits = []
    for trial in trials:
        given = {"network": network, **for_all, **trial}
        own, *chosen = (given.pop(n) for n in ("network", "optimizer", "schedule", "augment"))
        asked = Asked.of(given, *chosen)
        preparing = _without_learning(asked.settings)
        if preparing not in prepared:
            prepared[preparing] = prepare(data, asked.settings, test=test, task=task)
            _check_validation(prepared[preparing])
        fits.append(asked.fit(own, prepared[preparing]))
    outcomes = fit_all(fits, progress=progress_for(progress))
    return [
        Trial(trial, None, outcome) if isinstance(outcome, DivergedError) else Trial(trial, outcome)
        for trial, outcome in zip(trials, outcomes, strict=True)
    ]


def _check_validation(prepared: Prepared) -> None:
    if prepared.validation is None and not prepared.folds:
        raise InputError(
            "got a split without validation samples, by which the best of a sweep is chosen; "
            "expected some. Give a second share above 0, such as split=(0.7, 0.15, 0.15), or rows "
            "that the split column marks for validation."
        )


def _without_learning(settings: Settings) -> str:
    """All that a preparation depends on, as text."""
    return settings.model_dump_json(exclude=set(LEARNING))
