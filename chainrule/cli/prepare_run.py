"""Prepare a run: from the configuration to a recipe and prepared samples."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from chainrule.cli.config import Config, tuples_to_lists
from chainrule.cli.large_data import scan_if_large
from chainrule.data.dataset import Dataset, Images, data_kind
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.data.streaming.stored_rows import StoredRows
from chainrule.data.table import Table
from chainrule.errors import InputError
from chainrule.training.choose_transform import with_chosen_transform
from chainrule.training.members.trainer import TrainingJob
from chainrule.training.recipe.recipe import Recipe, Request, resolve
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared, target_and_task
from chainrule.training.samples.prepare_streamed import prepare_rows, rows_by_weight
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """A run that is ready to be trained.

    Attributes:
        config: the options that were set explicitly.
        recipe: the recipe resolved from them.
        prepared: the prepared samples.
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
        """The given options, and the resolved ones."""
        resolved = {"task": self.recipe.task, **self.recipe.resolved()}
        return RunConfig(self.config.as_toml(), tuples_to_lists(resolved))


def prepare_run(config: Config, command: str) -> PreparedRun:
    """Read the data of a configuration, resolve its recipe and prepare its samples.

    Args:
        config: the configuration.
        command: name of the command, such as "train", for messages.
    Raises:
        InputError: no data is named, or the data or the configuration is invalid.
    """
    large = scan_if_large(config)
    if large is not None:
        # The free memory may differ when the run is repeated, so the limit is stored.
        config = config.model_copy(update={"memory": f"{large.memory}B"})
    with nullcontext(read_data(config, command)) if large is None else large.opened() as all_rows:
        rows = rows_by_weight(all_rows, config.sample_weight)
        preview = rows.preview if isinstance(rows, StoredRows) else rows
        config = _with_absolute_label_path(config, preview)
        _, task = target_and_task(preview, config.task)
        recipe = resolve(make_request(config), task, len(rows), data_kind(preview))
        prepare = partial(
            prepare_rows,
            rows,
            validation=_read_like(preview, config.validation_data),
            test=_read_like(preview, config.test_data),
            task=task,
            show=True,
        )
        recipe = with_chosen_transform(recipe, prepare)
        if config.target_transform == "auto":
            # So that a repeated run, or its report, need not choose again.
            chosen = recipe.settings.target_transform
            config = config.model_copy(update={"target_transform": chosen})
        prepared = prepare(recipe.settings)
    notes = (*prepared.notes, *(f"{preview.source}: {note}" for note in recipe.notes))
    recipe = recipe.for_samples(prepared.training_size)
    return PreparedRun(config, recipe, replace(prepared, notes=notes))


def make_request(config: Config) -> Request:
    """Return the request of a configuration: its options of training and its preset."""
    training_options = {*Settings.model_fields, *NetworkOptions.model_fields}
    options = {name: value for name, value in config.explicit().items() if name in training_options}
    return Request(options, config.preset)


def read_data(config: Config, command: str) -> Dataset:
    """Read the data of a configuration.

    Args:
        config: the configuration.
        command: name of the command, such as "train", for messages.
    Raises:
        InputError: no data is named, or it is invalid.
    """
    if config.data is None:
        raise InputError(
            "got no data, expected a file to train on. Name it, such as in: "
            f"chainrule {command} houses.csv --target price. "
            f"All options: chainrule {command} --help-all"
        )
    return read_dataset(config.data, config.subset(ReadOptions))


def _read_like(data: Dataset, source: Path | str | None) -> Dataset | None:
    """Read validation or test data with the read options of the data."""
    if source is None:
        return None
    options = data.read_options
    other = read_dataset(source, options.for_further_data(), explicit=ReadOptions())
    # It need not have the columns that are dropped.
    return other.without(options.drop) if isinstance(other, Table) else other


def _with_absolute_label_path(config: Config, data: Dataset) -> Config:
    """Return the configuration with an absolute path of a file of labels."""
    target = config.target
    if isinstance(data, Images) and target is not None and Path(target).is_file():
        return config.model_copy(update={"target": str(Path(target).resolve())})
    return config
