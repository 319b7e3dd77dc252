"""Training as a whole: nine steps from a dataset to a tested model."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Unpack

from chainrule.data.augmentation import Augmentation, default_augmentation
from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset
from chainrule.layers import Network
from chainrule.networks import default_network
from chainrule.training.fit import fit, run_of
from chainrule.training.loop.progress import progress_for
from chainrule.training.optimizers import Optimizer
from chainrule.training.run import Run, Watcher
from chainrule.training.samples.prepare import target_and_task
from chainrule.training.samples.prepare_streamed import prepare_rows
from chainrule.training.schedules import Schedule
from chainrule.training.settings.keyword_arguments import SettingsKwargs
from chainrule.training.settings.presets import Preset, build_network
from chainrule.training.settings.recipe import Asked

if TYPE_CHECKING:  # it brings DuckDB, which only who reads with it should load
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
        network: whose last layer has an output for each class, or one; or the name of a preset,
            such as "strong", which brings a network and its settings. What is given beside it wins.
        data: that `read` gave, with its target; or `scan`, where it is larger than memory.
        validation: data of its own for the validation; `split` then gives the other parts alone.
        test: likewise for the test.
        task: regression, binary or classification; found out from the target if not given.
        optimizer: by name, as "adam:beta1=0.8", or an object such as Adam(beta1=0.8); adam if not
            given, or the preset's.
        schedule: of the learning rate, by name or as an object; constant if not given, or likewise.
        augment: pictures, by names such as "flip" and "shift:0.1", or as an object; if not given,
            a preset changes photographs as is usual for them.
        progress: whether to show a live bar, or lines where there is no terminal.
        settings: the rest of `Settings`, such as epochs=20, learning_rate=0.01 or members=5.
    Raises:
        InputError: a setting, the data or the network does not fit; said before training begins.
        Diverged: a loss became nan or infinite.
    """
    asked = Asked.of(settings, optimizer, schedule, augment)
    of_network: Preset = {}
    with nullcontext(data) if isinstance(data, Dataset) else data.opened() as rows:
        seen = rows if isinstance(rows, Dataset) else rows.preview
        if isinstance(network, str):
            _, task = target_and_task(seen, task)
            asked, of_network = asked.with_preset(network, task, len(rows))
            if augment is None:
                asked = asked.augmented(default_augmentation(seen))
        # Step 1: split and prepare.
        own = {"validation": validation, "test": test}
        prepared = prepare_rows(rows, asked.settings, **own, task=task, show=progress)
    if isinstance(network, str):
        asked = asked.limited(prepared.training_size)
        network = build_network({"network": default_network(seen), **of_network}, prepared.outputs)
    return run_of(asked.fit(network, prepared), progress=progress_for(progress))
