"""Prepare a run: from the configuration to a recipe and prepared samples."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from chainrule.cli.config import Config, tuples_to_lists
from chainrule.cli.large_data import scan_if_large
from chainrule.data.dataset import Dataset, Images, data_kind
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.data.streaming.stored_rows import StoredRows
from chainrule.errors import InputError
from chainrule.training.members.trainer import TrainingJob
from chainrule.training.recipe.recipe import Recipe, Request, resolve
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared, target_and_task
from chainrule.training.samples.prepare_streamed import prepare_rows
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """What a run needs.

    Attributes:
        config: what was given.
        recipe: what it was resolved to.
        prepared: the samples.
    """

    config: Config
    recipe: Recipe
    prepared: Prepared

    @property
    def job(self) -> TrainingJob:
        """The training job of the recipe on the prepared samples."""
        return TrainingJob.of(self.recipe, self.prepared)

    @property
    def run_config(self) -> RunConfig:
        """The options that were given, and what they were resolved to."""
        resolved = {"task": self.recipe.task, **self.recipe.resolved()}
        return RunConfig(self.config.as_toml(), tuples_to_lists(resolved))


def prepare_run(config: Config, command: str) -> PreparedRun:
    """Read the data of a configuration, resolve its recipe and prepare its samples.

    Args:
        config: of the run.
        command: that is run, such as "train", for messages.
    Raises:
        InputError: there is no data, or something in it or in the configuration can't be used.
    """
    large = scan_if_large(config)
    if large is not None:
        # Elsewhere as much memory may be free as here, or not: the config says what was allowed.
        config = config.model_copy(update={"memory": f"{large.memory}B"})
    with nullcontext(read_data(config, command)) if large is None else large.opened() as rows:
        seen = rows.preview if isinstance(rows, StoredRows) else rows
        config = _with_path_of_labels(config, seen)
        _, task = target_and_task(seen, config.task)
        recipe = resolve(make_request(config), task, len(rows), data_kind(seen))
        prepared = prepare_rows(
            rows,
            recipe.settings,
            validation=_read_like(seen, config.validation_data),
            test=_read_like(seen, config.test_data),
            task=task,
            show=True,
        )
    notes = (*prepared.notes, *(f"{seen.source}: {note}" for note in recipe.notes))
    recipe = recipe.for_samples(prepared.training_size)
    return PreparedRun(config, recipe, replace(prepared, notes=notes))


def make_request(config: Config) -> Request:
    """What a configuration asks of the training."""
    of_training = {*Settings.model_fields, *NetworkOptions.model_fields}
    options = {name: value for name, value in config.explicit().items() if name in of_training}
    return Request(options, config.preset)


def read_data(config: Config, command: str) -> Dataset:
    """Read the data of a configuration.

    Args:
        config: of the run.
        command: that is run, such as "train", for messages.
    Raises:
        InputError: there is no data, or something in it can't be used.
    """
    if config.data is None:
        raise InputError(
            "got no data, expected a file to learn from. Name it, such as in: "
            f"chainrule {command} houses.csv --target price. "
            f"All options: chainrule {command} --help-all"
        )
    return read_dataset(config.data, config.subset(ReadOptions))


def _read_like(data: Dataset, place: Path | str | None) -> Dataset | None:
    """Read further data, for validation or test, as the data was read."""
    if place is None:
        return None
    return read_dataset(place, data.read_options, explicit=ReadOptions())


def _with_path_of_labels(config: Config, data: Dataset) -> Config:
    """The configuration with the whole path of a file of labels, to find it from any folder."""
    target = config.target
    if isinstance(data, Images) and target is not None and Path(target).is_file():
        return config.model_copy(update={"target": str(Path(target).resolve())})
    return config
