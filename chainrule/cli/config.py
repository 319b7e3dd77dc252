"""The configuration of `chainrule train`: options from the command line over those of a file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import Field, ValidationError, field_validator

from chainrule.data import Task
from chainrule.errors import InputError, nearest, unknown_name
from chainrule.layers import Dense, Network
from chainrule.layers.activations import ACTIVATIONS
from chainrule.layers.initialisers import INITIALISERS, initialiser_named
from chainrule.training.optimizers import OPTIMIZERS
from chainrule.training.sampling import Sampling
from chainrule.training.settings import Positive, Settings

# What is expected of each option that is no choice between names, with an example that works.
EXPECTED = {
    "data": "the path of a file as text, such as houses.csv",
    "target": "the name of a column as text, such as price",
    "test_data": "the path of a file as text, such as houses-test.csv",
    "missing": "texts, such as unknown",
    "categorical": "names of columns, such as postcode",
    "layers": "whole numbers of at least 1, such as 128,64",
    "epochs": "a whole number of at least 1, such as 100",
    "iterations": "a whole number of at least 1, such as 1000",
    "batch_size": "a whole number of at least 1, such as 32",
    "learning_rate": "a positive number, such as 0.001",
    "patience": "a whole number of at least 0, such as 10; 0 is for never",
    "seed": "a whole number, such as 0",
    "split": "three numbers from 0 to 1 that sum to 1, the first above 0, such as 0.7,0.15,0.15",
    "inputs": "a whole number of at least 1, such as 20",
    "outputs": "a whole number of at least 1, such as 10",
    "coordinates": "a whole number of at least 0, such as 100; 0 is for all",
}
LISTS = ("layers", "split", "missing", "categorical")
CHOICES: Mapping[str, Iterable[str]] = {
    "task": get_args(Task),
    "sampling": get_args(Sampling),
    "activation": ACTIVATIONS,
    "initialiser": INITIALISERS,
    "optimizer": OPTIMIZERS,
}


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
        if not isinstance(given, str):
            return given
        return given.split(",") if given.strip() else []

    @field_validator("split")
    @classmethod
    def _whole(cls, shares: tuple[float, float, float]) -> tuple[float, float, float]:
        if abs(math.fsum(shares) - 1) > 1e-9 or shares[0] == 0:
            raise ValueError
        return shares

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
        """What TOML can hold of it: everything that has a value, paths made absolute.

        So it can be used from any folder. A target that is a file is one of labels.
        """
        values = self.model_dump(exclude_none=True)
        for name in ("data", "test_data", "target"):
            if name in values and (name != "target" or Path(values[name]).is_file()):
                values[name] = str(Path(values[name]).resolve())
        return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}


AnyConfig = TypeVar("AnyConfig", bound=Config)


def merged(given: Mapping[str, Any], file: Path | None) -> Config:
    """The options of a file, with those given on the command line in their place.

    Raises:
        InputError: the file is none or no TOML, or an option is unknown or can't be used.
    """
    typed = {name: value for name, value in given.items() if value is not None}
    if file is None:
        return from_options(Config, typed)
    from_file = _toml(file)
    _checked(Config, from_file, f"{file}, ")
    if "epochs" in typed and "iterations" not in typed:
        from_file.pop("iterations", None)  # they would count instead of the epochs
    return from_options(Config, from_file | typed)


def from_options(kind: type[AnyConfig], given: Mapping[str, Any]) -> AnyConfig:
    """The configuration that options of the command line make.

    Raises:
        InputError: an option can't be used; all such options are told of at once.
    """
    return _checked(kind, {name: v for name, v in given.items() if v is not None}, "--")


def _checked(kind: type[AnyConfig], given: dict[str, Any], where: str) -> AnyConfig:
    try:
        return kind(**given)
    except ValidationError as error:
        raise InputError("\n".join(_problems(error, kind, given, where))) from None


def _problems(
    error: ValidationError, kind: type[Config], given: dict[str, Any], where: str
) -> Iterator[str]:
    """What is wrong, a line for each option: what was given, what is expected, an example.

    Args:
        where: stands before the name: "--", or the file.
    """
    told = set()
    for problem in error.errors():
        name = str(problem["loc"][0])
        if name in told:
            continue
        told.add(name)
        option = where + (name.replace("_", "-") if where == "--" else name)
        if name not in kind.model_fields:
            near = nearest(name, kind.model_fields)
            question = f" Did you mean '{near}'?" if near else ""
            known = ", ".join(sorted(kind.model_fields))
            yield f"{option}: got an option that is not known.{question} Known are: {known}."
        elif name in CHOICES:
            yield f"{option}: {unknown_name(name, str(given[name]), CHOICES[name])}"
        else:
            yield f"{option}: got {_shown(given[name])}, expected {_expected(name, where)}."


def _expected(name: str, where: str) -> str:
    """What is expected of an option; in a file, lists are written in brackets."""
    expected = EXPECTED[name]
    if where == "--" or name not in LISTS:
        return expected
    before, _, example = expected.rpartition(" such as ")
    items = example.split(",")
    shown = ", ".join(items if name in ("layers", "split") else [f'"{item}"' for item in items])
    return f"{before} such as {name} = [{shown}]"


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str | Path) else str(value)


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
