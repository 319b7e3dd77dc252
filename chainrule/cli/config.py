"""The configuration of `chainrule train`: options from the command line over those of a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from chainrule.data import Task
from chainrule.errors import InputError
from chainrule.layers import Dense, Network
from chainrule.layers.initialisers import initialiser_named
from chainrule.training.settings import Positive, Settings, checked


class Config(Settings):
    """All that a run is made from; config.toml of a run folder holds these by name."""

    data: Path | None = Field(None, description="File to learn from.")
    target: str | None = Field(None, description="Column to predict, or file of labels.")
    test_data: Path | None = Field(None, description="File of its own for the test.")
    task: Task | None = Field(None, description="What is learned; by the target if not given.")
    missing: tuple[str, ...] = Field((), description="Texts that mean a missing value.")
    categorical: tuple[str, ...] = Field((), description="Columns to read as categories.")
    layers: tuple[Positive, ...] = Field((128, 64), description="Units of each hidden layer.")
    activation: str = Field("relu", description="Of the hidden layers.")
    initialiser: str | None = Field(None, description="Of the weights; by activation if not given.")

    @field_validator("layers", "split", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        return (
            [part.strip() for part in given.split(",") if part] if isinstance(given, str) else given
        )

    @field_validator("activation")
    @classmethod
    def _known_activation(cls, name: str) -> str:
        Dense(1, name)
        return name

    @field_validator("initialiser")
    @classmethod
    def _known_initialiser(cls, name: str | None) -> str | None:
        if name is not None:
            initialiser_named(name)
        return name

    def network(self, outputs: int) -> Network:
        """Dense layers as configured, and an output layer of that many scores."""
        initialiser = initialiser_named(self.initialiser) if self.initialiser else None
        hidden = [Dense(units, self.activation, initialiser) for units in self.layers]
        return Network(*hidden, Dense(outputs, None, initialiser))

    def as_toml(self) -> dict[str, Any]:
        """What TOML can hold of it: everything that has a value, paths made absolute."""
        values = self.model_dump(exclude_none=True)
        for name in ("data", "test_data"):
            if name in values:
                values[name] = str(Path(values[name]).resolve())
        return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def merged(given: Mapping[str, Any], file: Path | None) -> Config:
    """The options of a file, with those given on the command line in their place.

    Raises:
        InputError: the file is none or no TOML, or an option is unknown or can't be used.
    """
    typed = {name: value for name, value in given.items() if value is not None}
    if file is None:
        config: Config = checked(Config, typed, "options")
        return config
    from_file = _toml(file)
    checked(Config, from_file, str(file))
    merged: Config = checked(Config, from_file | typed, "options")
    return merged


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{file}: there is no such file; expected TOML, for --config.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: this is no TOML: {error}; expected lines such as epochs = 20."
        ) from None
