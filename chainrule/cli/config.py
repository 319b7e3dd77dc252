"""The configuration of a run: options of the command line, which override those of a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from chainrule.data.read_options import ReadOptions
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.options import COMMAND_LINE, AnyOptions, Option, validate
from chainrule.training.run_config import GIVEN, RESOLVED, RunConfig
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Settings

# Flags of the command line that are short for a preset.
FLAG_PRESETS = {"quick": "quick", "best": "ensemble"}


def _path_or_url(source: Path | str | None) -> Path | str | None:
    """Return a path; the URL of a server stays text, since a path would lose one of its slashes."""
    from chainrule.data.reading.databases.postgresql import is_server

    return source if source is None or is_server(str(source)) else Path(source)


PathOrUrl = Annotated[Path | str | None, AfterValidator(_path_or_url)]


class Config(Settings, NetworkOptions, ReadOptions):
    """All options of a run by name, those of the command line and of TOML files."""

    data: Annotated[
        PathOrUrl,
        Option(
            help="Data to train on.",
            metavar="FILE",
            expects="the path of a file as text",
            example="houses.csv",
        ),
    ] = None
    test_data: Annotated[
        PathOrUrl,
        Option(
            help="Separate file for the test, instead of a share of DATA.",
            metavar="FILE",
            expects="the path of a file as text",
            example="houses-test.csv",
            basic=True,
        ),
    ] = None
    validation_data: Annotated[
        PathOrUrl,
        Option(
            help="Separate file for the validation, instead of a share of DATA.",
            metavar="FILE",
            expects="the path of a file as text",
            example="houses-validation.csv",
        ),
    ] = None
    memory: Annotated[
        str | None,
        Option(
            help="Memory that training may take, such as 2GiB. A CSV or Parquet file that needs "
            "more is read some rows at a time.",
            metavar="SIZE",
            expects="a size as text",
            example="2GiB",
            default="half of what is free",
            parse="chainrule.data.streaming.memory:parse_bytes",
        ),
    ] = None
    task: Annotated[
        Task | None,
        Option(
            help="regression (a number), binary (one of two classes) or classification (one of "
            "several).",
            metavar="NAME",
            default="what the target looks like",
        ),
    ] = None
    preset: Annotated[
        str | None,
        Option(
            help="Settings that belong together; options refine them. strong: a network for tables "
            "that was tuned on many, RealMLP-TD; fast: its simple form; quick; ensemble; sklearn; "
            "plain: an mlp of the textbook.",
            metavar="NAME",
            default="strong for tables, plain for pictures; --network chooses the preset that it "
            "belongs to",
            names="chainrule.training.recipe.presets:PRESETS",
            basic=True,
        ),
    ] = None

    def as_toml(self) -> dict[str, Any]:
        """Return the options that were set explicitly as TOML values, with absolute paths.

        The password in the URL of a server is left out, since the file may be shown to others.
        """
        from chainrule.data.reading.databases.postgresql import without_password

        values = self.model_dump(exclude_unset=True, exclude_none=True)
        for name in ("data", "validation_data", "test_data"):
            if name in values:
                source = values[name]
                values[name] = (
                    without_password(source) if isinstance(source, str) else str(source.resolve())
                )
        return tuples_to_lists(values)


def tuples_to_lists(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with lists in place of tuples, as TOML requires."""
    return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def load_config(values: Mapping[str, Any], file: Path | None) -> Config:
    """Return the options of a file, overridden by those of the command line.

    From the config.toml of a run only the options that its user gave are taken; the others are
    resolved again.
    Args:
        values: of the command line, by name; None where an option was not given.
        file: TOML file of --config; None for none.
    Raises:
        InputError: the file is missing or not TOML, or an option is unknown or invalid.
    """
    typed = _replace_flags({name: value for name, value in values.items() if value is not None})
    if file is None:
        return parse_options(Config, typed)
    content = _read_toml(file)
    _check_outside_tables(content, file)
    from_file = dict(RunConfig.of(content).given)
    validate(Config, from_file, f"{file}, ")
    if "epochs" in typed and "iterations" not in typed:
        from_file.pop("iterations", None)  # which would take precedence over the epochs
    return parse_options(Config, from_file | typed)


def _check_outside_tables(content: Mapping[str, Any], file: Path) -> None:
    """Refuse options beside the table of given options, which alone would be read."""
    for table in (GIVEN, RESOLVED):
        if not isinstance(content.get(table, {}), dict):
            raise InputError(
                f"{file}, {table}: got {content[table]!r}, expected a table of options. Write "
                f"[{table}] above them."
            )
    beside = [name for name in content if name not in (GIVEN, RESOLVED)]
    if isinstance(content.get(GIVEN), dict) and beside:
        raise InputError(
            f"{file}: got {', '.join(beside)} outside of the table [{GIVEN}], expected all options "
            f"in it. Move what stands outside below the line [{GIVEN}]."
        )


def _replace_flags(typed: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the flag --quick or --best replaced by its preset."""
    flags = [flag for flag in FLAG_PRESETS if typed.pop(flag, False)]
    if not flags:
        return typed
    if len(flags) > 1 or "preset" in typed:
        options = " and ".join(
            f"--{name}" for name in [*flags, *(["preset"] * ("preset" in typed))]
        )
        raise InputError(
            f"got {options}, expected one of them, since each chooses a preset. Leave out all but "
            "one."
        )
    return {**typed, "preset": FLAG_PRESETS[flags[0]]}


def parse_options(record: type[AnyOptions], values: Mapping[str, Any]) -> AnyOptions:
    """Make a record of options from the values of the command line.

    Raises:
        InputError: options are invalid; the error lists all of them.
    """
    return validate(record, {n: v for n, v in values.items() if v is not None}, COMMAND_LINE)


def _read_toml(file: Path) -> dict[str, Any]:
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
