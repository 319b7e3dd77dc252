"""Reading: from the configuration to prepared samples and a network, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chainrule.cli.config import Config, with_preset
from chainrule.data import Dataset, Images, infer_task
from chainrule.data.augmentation import PRESETS, usual_augmentation
from chainrule.data.read import read
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.networks import usual_network
from chainrule.training.prepare import Prepared, prepare


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
    config, data = read_data(config, command)
    test = None
    if config.test_data is not None:
        test = read(
            config.test_data,
            # Of IDX pictures the target is a file, and that of the test has its own.
            target=None if _is_file_of_labels(data, config) else config.target,
            picture_shape=data.pixels.shape[1:] if isinstance(data, Images) else None,
            **_of_reading(config),
        )
    prepared = prepare(data, config, test=test, task=config.task)
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
    data = read(
        config.data,
        target=config.target,
        picture_size=config.picture_size,
        **_of_reading(config),
    )
    if _is_file_of_labels(data, config):
        # It is found from any folder by its whole path.
        config = config.model_copy(update={"target": str(Path(str(config.target)).resolve())})
    return _usual(_preset(config, data), data)


def _is_file_of_labels(data: Dataset, config: Config) -> bool:
    """Whether the target is a file, as for IDX pictures, and no column or array."""
    return isinstance(data, Images) and config.target is not None and Path(config.target).is_file()


def _usual(config: Config, data: Dataset) -> tuple[Config, Dataset]:
    """The configuration with what is usual for such data where nothing was given, and a note."""
    if not isinstance(data, Images):
        return config, data
    usual: dict[str, object] = {}
    if "network" not in config.model_fields_set:
        usual["network"] = usual_network(data)
    notes = data.notes
    augmentation = usual_augmentation(data)
    if "augment" not in config.model_fields_set and PRESETS[augmentation]:
        usual["augment"] = (augmentation,)
        notes = (
            *notes,
            f"{data.source}: training pictures are changed at random as {augmentation} may be "
            f"({', '.join(PRESETS[augmentation])}); turn that off with --augment none",
        )
    return config.model_copy(update=usual), replace(data, notes=notes)


def _of_reading(config: Config) -> dict[str, Any]:
    """The options of a configuration that `read` takes by the same names."""
    of_tables = ("missing", "categorical", "query", "text_encoding", "decimal")
    names = (*of_tables, "unreadable_share", "path_column")
    return {name: getattr(config, name) for name in names}


def _preset(config: Config, data: Dataset) -> Config:
    if config.preset is None or data.target is None:
        return config
    task = config.task or infer_task(data.target)
    training, validation, _ = config.split
    share = training if config.test_data is None else training / (training + validation)
    return with_preset(config, task, samples=int(share * len(data)))
