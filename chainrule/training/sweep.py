"""Sweep: a network trained with several settings, to compare them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from chainrule.data.augmentation import Augmentation
from chainrule.data.columns.sample_weights import with_sample_weights
from chainrule.data.dataset import Dataset, data_kind
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, check_type
from chainrule.layers import Network
from chainrule.training.fit import TrainingJob, run_jobs
from chainrule.training.loop.loop import DivergedError
from chainrule.training.loop.progress import progress_for
from chainrule.training.loop.record import selection_score
from chainrule.training.optimizers import Optimizer
from chainrule.training.recipe.recipe import Request, resolve
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared, prepare, target_and_task
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import Settings, SettingsKwargs


@dataclass(frozen=True, eq=False)
class Trial:
    """One training of a sweep.

    Attributes:
        settings: settings of this trial, by name, in addition to the common ones.
        run: the run; None if it diverged in its first epoch. One that diverged later has the best
            weights before that, and says so in `run.diverged`.
        diverged: the error of one that diverged in its first epoch; None of others.
    """

    settings: Mapping[str, object]
    run: Run | None
    diverged: DivergedError | None = None

    @property
    def validation_loss(self) -> float:
        """Validation loss of the best epoch; infinite if there is no run."""
        return math.inf if self.run is None else self.run.best["validation_loss"]

    @property
    def selection_score(self) -> float:
        """Metric of the validation that selected the best epoch, lower is better.

        That is the validation loss or error, or a score such as the accuracy with the sign changed;
        infinite if there is no run. The metrics of the trials must be the same; losses of different
        functions or target transforms can't be compared, but metric="rmse" can.
        """
        score = None if self.run is None else selection_score(self.run.best, self.run.metric)
        return math.inf if score is None else score


def sweep(
    network: Network | str,
    data: Dataset,
    trials: Sequence[Mapping[str, Any]],
    *,
    test: Dataset | None = None,
    task: Task | None = None,
    optimizer: str | Optimizer | None = None,
    schedule: str | Schedule | None = None,
    augment: Sequence[str] | Augmentation | None = None,
    progress: bool = True,
    **settings: Unpack[SettingsKwargs],
) -> list[Trial]:
    """Train a network with several settings, those of equal shapes in one plan.

    sweep(network, data, [{"learning_rate": rate} for rate in (0.001, 0.01, 0.1)], epochs=20)

    Learning rate, weight decay, clipping, schedule, optimizer, seed and rates of dropout may differ
    within one plan; other shapes or batch sizes need another plan.
    Select a trial by its validation, such as the one of the lowest `selection_score`: its test
    scores are then unbiased, which they are not if the trial is selected by them.
    Args:
        network: a network or the name of a preset, as for `train`; a trial may have another one
            under "network".
        data: as for `train`.
        trials: settings of each trial, by name, which override the common ones.
        test, task, optimizer, schedule, augment, progress, settings: as for `train`.
    Raises:
        InputError: a setting, the data or a network is invalid; raised before training begins.
    """
    check_type("sweep", "data", data, Dataset, "data that read gives")
    check_type("sweep", "test", test, Dataset | None, "data that read gives, or None")
    check_type("sweep", "trials", trials, (list, tuple), "a list of the settings of each trial")
    for trial in trials:
        check_type("sweep", "a trial", trial, Mapping, "its settings by name")
    if not trials:
        raise InputError(
            "trials: got none, expected settings to compare, such as "
            '[{"learning_rate": 0.001}, {"learning_rate": 0.01}].'
        )
    common = {"optimizer": optimizer, "schedule": schedule, "augment": augment, **settings}
    _, task = target_and_task(with_sample_weights(data, settings.get("sample_weight")), task)
    prepared: dict[str, Prepared] = {}
    jobs = []
    for trial in trials:
        options = {"network": network, **common, **trial}
        objects = [options.pop(name) for name in ("network", "optimizer", "schedule", "augment")]
        request = Request.of(objects[0], options, *objects[1:])
        recipe = resolve(request, task, len(data), data_kind(data))
        samples = _settings_of_samples(recipe.settings)
        if samples not in prepared:
            prepared[samples] = prepare(data, recipe.settings, test=test, task=task)
            _check_validation(prepared[samples])
        recipe = recipe.for_samples(prepared[samples].training_size)
        jobs.append(TrainingJob.of(recipe, prepared[samples]))
    outcomes = run_jobs(jobs, progress=progress_for(progress))
    return [
        Trial(trial, None, outcome) if isinstance(outcome, DivergedError) else Trial(trial, outcome)
        for trial, outcome in zip(trials, outcomes, strict=True)
    ]


def _check_validation(prepared: Prepared) -> None:
    if not prepared.is_validated:
        raise InputError(
            "got a split without validation samples, which select the best trial of a sweep; "
            "expected some. Give a second share above 0, such as split=(0.7, 0.15, 0.15), or rows "
            "that the split column marks for validation."
        )


def _settings_of_samples(settings: Settings) -> str:
    """Return the settings that prepared samples depend on, as text, to share samples of trials.

    These are all settings that are not declared as `only_learning`.
    """
    learning = {name for name, option in Settings.declarations().items() if option.only_learning}
    return settings.model_dump_json(exclude=learning)
