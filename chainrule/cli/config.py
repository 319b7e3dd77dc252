"""The configuration of `chainrule train`: options from the command line over those of a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, field_validator

from chainrule.data.columns.vocabulary import Role, Task, format_roles, parse_roles
from chainrule.data.read_options import UNREADABLE_SHARE, Decimal, ReadOptions
from chainrule.data.reading.databases.postgresql import is_server, without_password
from chainrule.data.streaming.memory import parse_bytes
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.layers.initialisers import INITIALISERS
from chainrule.networks import NETWORKS, network_named
from chainrule.networks.blocks import Normalisation
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.training.settings.presets import PRESETS, merge_preset, preset
from chainrule.training.settings.settings import BelowOne, Positive, Settings, Share
from chainrule.training.settings.validation import (
    COMMAND_LINE,
    AnyOptions,
    Expected,
    OneOf,
    validate,
)

# What the flags of the command line are short for.
PRESET_OF_FLAG = {"quick": "quick", "best": "ensemble"}


def _path_or_url(given: Path | str | None) -> Path | str | None:
    """A path, but the URL of a server as it is: a path would lose one of its slashes."""
    return given if given is None or is_server(str(given)) else Path(given)


def _size(given: str | None) -> str | None:
    if given is not None:
        parse_bytes(given)
    return given


class Config(Settings):
    """All that a run is made from; config.toml of a run folder holds these by name."""

    # What to learn
    data: Annotated[
        Path | str | None,
        AfterValidator(_path_or_url),
        Expected("the path of a file as text", "houses.csv"),
    ] = None
    target: Annotated[str | None, Expected("the name of a column as text", "price")] = None
    test_data: Annotated[
        Path | str | None,
        AfterValidator(_path_or_url),
        Expected("the path of a file as text", "houses-test.csv"),
    ] = None
    validation_data: Annotated[
        Path | str | None,
        AfterValidator(_path_or_url),
        Expected("the path of a file as text", "houses-validation.csv"),
    ] = None
    memory: Annotated[str | None, AfterValidator(_size), Expected("a size as text", "2GiB")] = None
    task: Annotated[Task | None, OneOf(get_args(Task))] = None
    missing: Annotated[tuple[str, ...], Expected("texts", '["unknown"]')] = ()
    categorical: Annotated[tuple[str, ...], Expected("names of columns", '["postcode"]')] = ()
    role: Annotated[
        dict[str, Role],
        BeforeValidator(parse_roles),
        PlainSerializer(format_roles),
        Expected("columns with their roles", "day=date"),
    ] = Field(default_factory=dict)
    query: Annotated[str | None, Expected("SQL as text", "select * from houses")] = None
    text_encoding: Annotated[str | None, Expected("the name of an encoding", "cp949")] = None
    decimal: Annotated[Decimal | None, OneOf(get_args(Decimal))] = None
    picture_size: Annotated[Positive | None, Expected("a whole number of at least 1", "64")] = None
    unreadable_share: Annotated[Share, Expected("a number from 0 to 1", "0.05")] = UNREADABLE_SHARE
    path_column: Annotated[str | None, Expected("the name of a column as text", "path")] = None

    preset: Annotated[str | None, AfterValidator(OneOf(PRESETS))] = None

    # The network; what is not given is as usual for the network
    network: Annotated[str, AfterValidator(OneOf(NETWORKS))] = "mlp"
    layers: Annotated[
        tuple[Positive, ...] | None, Expected("whole numbers of at least 1", "128,64")
    ] = None
    filters: Annotated[
        tuple[Positive, ...] | None, Expected("whole numbers of at least 1", "32,64")
    ] = None
    units: Annotated[Positive | None, Expected("a whole number of at least 1", "128")] = None
    blocks: Annotated[Positive | None, Expected("a whole number of at least 1", "3")] = None
    activation: Annotated[str | None, AfterValidator(OneOf(ACTIVATIONS))] = None
    initialiser: Annotated[str | None, AfterValidator(OneOf(INITIALISERS))] = None
    normalisation: Annotated[Normalisation | None, OneOf(get_args(Normalisation))] = None
    dropout: Annotated[BelowOne | None, Expected("a share from 0 to below 1", "0.5")] = None

    @field_validator("layers", "filters", "split", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return given.split(",") if given.strip() else []

    @property
    def read_options(self) -> ReadOptions:
        """The options of reading that were given."""
        names = self.model_fields_set & set(ReadOptions.model_fields)
        return ReadOptions(**{name: getattr(self, name) for name in names})

    def made_network(self, outputs: int) -> Network:
        """The network as configured, with an output layer of that many scores.

        Raises:
            InputError: a setting was given that it does not have.
        """
        initialiser = INITIALISERS[self.initialiser] if self.initialiser else None
        return network_named(
            self.network,
            outputs,
            layers=self.layers,
            filters=self.filters,
            units=self.units,
            blocks=self.blocks,
            activation=self.activation,
            initialiser=initialiser,
            normalisation=self.normalisation,
            dropout=self.dropout,
        )

    def as_toml(self) -> dict[str, Any]:
        """What TOML can hold of it: everything that has a value, paths made absolute.

        Of the URL of a server the password is left out, for the file may be shown to others.
        """
        values = self.model_dump(exclude_none=True)
        for name in ("data", "validation_data", "test_data"):
            if name in values:
                place = values[name]
                values[name] = (
                    without_password(place) if isinstance(place, str) else str(place.resolve())
                )
        return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def merged(given: Mapping[str, Any], file: Path | None) -> Config:
    """The options of a file, with those given on the command line in their place.

    Raises:
        InputError: the file is none or no TOML, or an option is unknown or can't be used.
    """
    typed = _preset_of_flags({name: value for name, value in given.items() if value is not None})
    if file is None:
        return from_options(Config, typed)
    from_file = _toml(file)
    validate(Config, from_file, f"{file}, ")
    if "epochs" in typed and "iterations" not in typed:
        from_file.pop("iterations", None)  # they would count instead of the epochs
    return from_options(Config, from_file | typed)


def with_preset(config: Config, name: str, task: Task, samples: int) -> Config:
    """The configuration with the settings of a preset, where none was given.

    Args:
        config: as it was given.
        name: of the preset.
        task: what is learned.
        samples: to learn from.
    """
    given = {name: getattr(config, name) for name in config.model_fields_set}
    return validate(Config, merge_preset(preset(name, task, samples), {**given, "preset": name}))


def _preset_of_flags(typed: dict[str, Any]) -> dict[str, Any]:
    """The options with the preset that --quick or --best stands for in place of these."""
    asked = [flag for flag in PRESET_OF_FLAG if typed.pop(flag, False)]
    if not asked:
        return typed
    if len(asked) > 1 or "preset" in typed:
        options = " and ".join(
            f"--{name}" for name in [*asked, *(["preset"] * ("preset" in typed))]
        )
        raise InputError(
            f"got {options}, expected one of them: each is a preset of its own. Leave out all but "
            "one."
        )
    return {**typed, "preset": PRESET_OF_FLAG[asked[0]]}


def from_options(kind: type[AnyOptions], given: Mapping[str, Any]) -> AnyOptions:
    """The configuration that options of the command line make.

    Raises:
        InputError: an option can't be used; all such options are told of at once.
    """
    return validate(kind, {n: v for n, v in given.items() if v is not None}, COMMAND_LINE)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            f"{file}: got no such file, expected a TOML file for --config. "
            "Give one, such as the config.toml of a run."
        ) from None
    except IsADirectoryError:
        raise InputError(
            f"{file}: got a folder, expected a TOML file for --config. "
            f"Give a file, such as {file / 'config.toml'}."
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            f"{file}: got bytes that are not UTF-8, expected TOML. Save the file as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{file}: got text that is no TOML ({error}), expected lines such as epochs = 20. "
            "Correct that line."
        ) from None
