"""Reading: from the configuration to prepared samples and a network, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from chainrule.cli.config import Config, with_preset
from chainrule.cli.large_data import scan_if_large
from chainrule.data.augmentation import PRESETS, default_augmentation
from chainrule.data.columns.task import infer_task
from chainrule.data.columns.vocabulary import Task
from chainrule.data.dataset import Dataset, Images
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.data.streaming.stored_rows import StoredRows
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.networks import default_network
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.prepare_streamed import prepare_rows
from chainrule.training.settings.presets import CHOICES_FOR_A_NETWORK, preset


@dataclass(frozen=True, eq=False)
class Ready:
    """What a run needs.

    Attributes:
        config: with what the data decides filled in.
        prepared: the samples.
        network: that fits them.
    """

    config: Config
    prepared: Prepared
    network: Network


def ready(config: Config, command: str) -> Ready:
    """Read and prepare the data of a configuration, and make its network.

    Args:
        config: of the run.
        command: for whom, such as "train", for messages.
    Raises:
        InputError: there is no data, or something in it or in the configuration can't be used.
    """
    large = scan_if_large(config)
    if large is None:
        config, data = read_data(config, command)
        return _ready(config, data, data)
    with large.opened() as rows:
        # Elsewhere as much memory may be free as here, or not: the config says what was allowed.
        config = config.model_copy(update={"memory": f"{large.memory}B"})
        return _ready(_preset(config, rows.preview), rows, rows.preview)


def _ready(config: Config, rows: Dataset | StoredRows, data: Dataset) -> Ready:
    """What a run on these rows needs; `data` are all of them, or some that show what they are."""

    def of_its_own(place: Path | str | None) -> Dataset | None:
        return None if place is None else _read_like(data, place)

    prepared = prepare_rows(
        rows,
        config,
        validation=of_its_own(config.validation_data),
        test=of_its_own(config.test_data),
        task=config.task,
        show=True,
    )
    config = limited(config, data, prepared.training_size)
    return Ready(config, prepared, config.made_network(prepared.outputs))


def read_data(config: Config, command: str) -> tuple[Config, Dataset]:
    """Read the data of a configuration; with it, the configuration that this data makes.

    Args:
        config: of the run.
        command: for whom, such as "train", for messages.
    Raises:
        InputError: there is no data, or something in it can't be used.
    """
    if config.data is None:
        raise InputError(
            "got no data, expected a file to learn from. Name it, such as in: "
            f"chainrule {command} houses.csv --target price. "
            f"All options: chainrule {command} --help"
        )
    data = read_dataset(config.data, config.read_options)
    if _is_file_of_labels(data, config):
        # It is found from any folder by its whole path.
        config = config.model_copy(update={"target": str(Path(str(config.target)).resolve())})
    return _usual(_preset(config, data), data)


def _read_like(data: Dataset, place: Path | str) -> Dataset:
    """Further data of the same kind, for validation or test."""
    return read_dataset(place, data.read_options, given=ReadOptions())


def _is_file_of_labels(data: Dataset, config: Config) -> bool:
    """Whether the target is a file, as for IDX pictures, and no column or array."""
    return isinstance(data, Images) and config.target is not None and Path(config.target).is_file()


def _usual(config: Config, data: Dataset) -> tuple[Config, Dataset]:
    """The configuration with what is usual for such data where nothing was given, and a note."""
    if not isinstance(data, Images):
        return config, data
    usual: dict[str, object] = {}
    if "network" not in config.model_fields_set:
        usual["network"] = default_network(data)
    notes = data.notes
    augmentation = default_augmentation(data)
    if "augment" not in config.model_fields_set and PRESETS[augmentation]:
        usual["augment"] = (augmentation,)
        notes = (
            *notes,
            f"{data.source}: training pictures are changed at random as {augmentation} may be "
            f"({', '.join(PRESETS[augmentation])}); turn that off with --augment none",
        )
    return config.model_copy(update=usual), replace(data, notes=notes)


def limited(config: Config, data: Dataset, samples: int) -> Config:
    """The configuration with no more samples in a batch than there are, if its preset chose them.

    Args:
        config: that `read_data` gave.
        data: likewise.
        samples: to learn from, of all that there are.
    """
    if config.preset is None or not isinstance(config.batch_size, int):
        return config
    chosen = preset(config.preset, _task(config, data), len(data)).get("batch_size")
    if config.batch_size != chosen:
        return config
    return config.model_copy(update={"batch_size": min(config.batch_size, samples)})


def _preset(config: Config, data: Dataset) -> Config:
    """The configuration with the settings of its preset.

    Where none is named, tables are learned by strong, unless something was chosen for a network.
    """
    name = config.preset
    if name is None:
        chose = config.model_fields_set & CHOICES_FOR_A_NETWORK
        name = "plain" if chose or isinstance(data, Images) else "strong"
    if data.target is None:
        return config  # which is refused, with more to say, when the samples are prepared
    return with_preset(config, name, _task(config, data), len(data))


def _task(config: Config, data: Dataset) -> Task:
    assert data.target is not None
    return config.task or infer_task(data.target)
