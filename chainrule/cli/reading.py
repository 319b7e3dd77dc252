"""Reading: from the configuration to prepared samples and a network, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainrule.cli.config import Config, with_preset
from chainrule.data import Dataset, Images, infer_task, read
from chainrule.errors import InputError
from chainrule.layers import Network
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
            # Of pictures the target is a file, and that of the test has its own.
            target=None if isinstance(data, Images) else config.target,
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
    data = read(config.data, target=config.target, **_of_reading(config))
    if isinstance(data, Images) and config.target is not None:
        # Of pictures the target is a file, found from any folder by its whole path.
        config = config.model_copy(update={"target": str(Path(config.target).resolve())})
    return _preset(config, data), data


def _of_reading(config: Config) -> dict[str, Any]:
    """The options of a configuration that `read` takes by the same names."""
    names = ("missing", "categorical")
    return {name: getattr(config, name) for name in names}


def _preset(config: Config, data: Dataset) -> Config:
    if config.preset is None or data.target is None:
        return config
    task = config.task or infer_task(data.target)
    training, validation, _ = config.split
    share = training if config.test_data is None else training / (training + validation)
    return with_preset(config, task, samples=int(share * len(data)))
