"""Training: the nine steps from a dataset to a tested model."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Unpack

from chainrule.data.augmentation import Augmentation
from chainrule.data.dataset import Dataset, data_kind
from chainrule.data.vocabulary import Task
from chainrule.errors import check_type
from chainrule.layers import Network
from chainrule.training.choose_transform import with_chosen_transform
from chainrule.training.fit import TrainingJob, fit, run_job
from chainrule.training.loop.progress import progress_for
from chainrule.training.optimizers import Optimizer
from chainrule.training.recipe.recipe import Request, resolve
from chainrule.training.run import Run, Watcher
from chainrule.training.samples.prepare import target_and_task
from chainrule.training.samples.prepare_streamed import prepare_rows, rows_by_weight
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import SettingsKwargs

if TYPE_CHECKING:  # this imports DuckDB, which not every training needs
    from chainrule.data.streaming.scan import Scan

__all__ = ["Run", "Watcher", "fit", "train"]


def train(
    network: Network | str,
    data: Dataset | Scan,
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    task: Task | None = None,
    optimizer: str | Optimizer | None = None,
    schedule: str | Schedule | None = None,
    augment: Sequence[str] | Augmentation | None = None,
    progress: bool = True,
    **settings: Unpack[SettingsKwargs],
) -> Run:
    """Train a network on data, and test it once.

    Args:
        network: a network whose last layer has one output, or one for each class; or the name of a
            preset, such as "strong", with a network and settings, which other settings override.
        data: labelled data from `read`; or from `scan`, if it is larger than memory.
        validation: a validation set; `split` then applies to the other parts only.
        test: a test set; `split` then applies to the other parts only.
        task: regression, binary or classification; by default inferred from the target.
        optimizer: a name such as "adam:beta1=0.8", or an object such as Adam(beta1=0.8); by default
            that of the preset, or adam.
        schedule: schedule of the learning rate, a name or an object; by default that of the preset,
            or constant.
        augment: augmentation of pictures, names such as "flip" and "shift:0.1", or an object; by
            default a preset augments photographs.
        progress: whether to print a summary of the run, and to show a live bar, or lines if there
            is no terminal.
        settings: the other fields of `Settings`, such as epochs=20, learning_rate=0.01 or
            members=5.
    Raises:
        InputError: a setting, the data or the network is invalid; raised before training begins.
        DivergedError: a loss became nan or infinite in the first epoch. Later, the best weights are
            kept, and `Run.diverged` says so.
    """
    if not hasattr(data, "opened"):  # a Scan, which is not imported here
        check_type("train", "data", data, Dataset, "data that read or scan gives")
    for name, own in (("validation", validation), ("test", test)):
        check_type("train", name, own, Dataset | None, "data that read gives, or None")
    request = Request.of(network, settings, optimizer, schedule, augment)
    with nullcontext(data) if isinstance(data, Dataset) else data.opened() as all_rows:
        rows = rows_by_weight(all_rows, settings.get("sample_weight"))
        preview = rows if isinstance(rows, Dataset) else rows.preview
        _, task = target_and_task(preview, task)
        recipe = resolve(request, task, len(rows), data_kind(preview))
        # Step 1: split and prepare.
        prepare = partial(
            prepare_rows, rows, validation=validation, test=test, task=task, show=progress
        )
        recipe = with_chosen_transform(recipe, prepare)
        prepared = prepare(recipe.settings)
    prepared = replace(prepared, notes=(*prepared.notes, *recipe.notes))
    recipe = recipe.for_samples(prepared.training_size)
    if progress:
        print(recipe.summary(validated=prepared.is_validated), file=sys.stderr)
    return run_job(TrainingJob.of(recipe, prepared), progress=progress_for(progress))
