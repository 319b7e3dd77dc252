"""The configuration of `chainrule train`: options from the command line over those of a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, Field, field_validator

from chainrule.data import Task
from chainrule.errors import InputError
from chainrule.layers import Dense, Network
from chainrule.layers.activations import ACTIVATIONS
from chainrule.layers.initialisers import INITIALISERS, initialiser_named
from chainrule.training.options import COMMAND_LINE, AnyOptions, Expected, OneOf, checked
from chainrule.training.settings import Positive, Settings


class Config(Settings):
    """All that a run is made from; config.toml of a run folder holds these by name."""

    data: Annotated[Path | None, Expected("the path of a file as text", "houses.csv")] = Field(
        None, description="File to learn from."
    )
    target: Annotated[str | None, Expected("the name of a column as text", "price")] = Field(
        None, description="Column to predict, or file of labels."
    )
    test_data: Annotated[Path | None, Expected("the path of a file as text", "houses-test.csv")] = (
        Field(None, description="File of its own for the test.")
    )
    task: Annotated[Task | None, OneOf(get_args(Task))] = Field(
        None, description="What is learned; by the target if not given."
    )
    missing: Annotated[tuple[str, ...], Expected("texts", '["unknown"]')] = Field(
        (), description="Texts that mean a missing value."
    )
    categorical: Annotated[tuple[str, ...], Expected("names of columns", '["postcode"]')] = Field(
        (), description="Columns to read as categories."
    )
    layers: Annotated[tuple[Positive, ...], Expected("whole numbers of at least 1", "128,64")] = (
        Field((128, 64), description="Units of each hidden layer.")
    )
    activation: Annotated[str, AfterValidator(OneOf(ACTIVATIONS))] = Field(
        "relu", description="Of the hidden layers."
    )
    initialiser: Annotated[str | None, AfterValidator(OneOf(INITIALISERS))] = Field(
        None, description="Of the weights; by activation if not given."
    )

    @field_validator("layers", "split", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return given.split(",") if given.strip() else []

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
        return from_options(Config, typed)
    from_file = _toml(file)
    checked(Config, from_file, f"{file}, ")
    if "epochs" in typed and "iterations" not in typed:
        from_file.pop("iterations", None)  # they would count instead of the epochs
    return from_options(Config, from_file | typed)


def from_options(kind: type[AnyOptions], given: Mapping[str, Any]) -> AnyOptions:
    """The configuration that options of the command line make.

    Raises:
        InputError: an option can't be used; all such options are told of at once.
    """
    return checked(kind, {n: v for n, v in given.items() if v is not None}, COMMAND_LINE)


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
