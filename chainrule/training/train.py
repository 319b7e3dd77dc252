"""Training as a whole: nine steps from a dataset to a tested model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from chainrule.data import Dataset, Task
from chainrule.data.augmentation import Augmentation
from chainrule.layers import Network
from chainrule.training.asked import Asked
from chainrule.training.fit import fit, run_of
from chainrule.training.given import Given
from chainrule.training.optimizers import Optimizer
from chainrule.training.prepare import prepare
from chainrule.training.progress import progress_for
from chainrule.training.run import Run, Watcher
from chainrule.training.schedules import Schedule

__all__ = ["Run", "Watcher", "fit", "train"]


def train(
    network: Network,
    data: Dataset,
    *,
    test: Dataset | None = None,
    task: Task | None = None,
    optimizer: str | Optimizer = "adam",
    schedule: str | Schedule = "constant",
    augment: Sequence[str] | Augmentation = (),
    progress: bool = True,
    **settings: Unpack[Given],
) -> Run:
    """Train a network on data, and test it once.

    Args:
        network: whose last layer has an output for each class, or one.
        data: that `read` gave, with its target.
        test: data of its own for the test; `split` then gives training and validation alone.
        task: regression, binary or classification; found out from the target if not given.
        optimizer: by name, as "adam:beta1=0.8", or an object such as Adam(beta1=0.8).
        schedule: of the learning rate, by name or as an object.
        augment: pictures, by names such as "flip" and "shift:0.1", or as an object.
        progress: whether to show a live bar, or lines where there is no terminal.
        settings: the rest of `Settings`, such as epochs=20, learning_rate=0.01 or members=5.
    Raises:
        InputError: a setting, the data or the network does not fit; said before training begins.
        Diverged: a loss became nan or infinite.
    """
    asked = Asked.of(settings, optimizer, schedule, augment)
    # Step 1: split and prepare.
    prepared = prepare(data, asked.settings, test=test, task=task)
    return run_of(asked.fit(network, prepared), progress=progress_for(progress))
