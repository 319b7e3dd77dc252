"""Errors in the user's input, and warnings: what was given, what was expected, what to do."""

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import TypeAlias


class InputError(ValueError):
    """Error in the input; its message names what was given, what was expected and what to do.

    The command line prints the message alone, without a traceback, and exits with status 2.
    """


class DataWarning(UserWarning):
    """Warning that data is left out, or not taken as it stands.

    It says what the command line prints as a note. `warnings.simplefilter("error", DataWarning)`
    makes it an error.
    """


class SlowWarning(UserWarning):
    """Warning that the same is computed in a slower way. The command line prints it as a note."""


def warn_of(notes: Iterable[str]) -> None:
    """Warn of each note on data, which the command line would print, at the line of the user."""
    between = [__file__]
    if (sklearn := sys.modules.get("sklearn")) is not None and sklearn.__file__ is not None:
        between.append(sklearn.__file__)
    folders = tuple(f"{Path(file).parent}{os.sep}" for file in between)
    frame, level = sys._getframe(0), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(folders):
        frame, level = frame.f_back, level + 1
    for note in notes:
        warnings.warn(f"{note.rstrip('.')}.", DataWarning, stacklevel=level)


Types: TypeAlias = type | UnionType | tuple[type, ...]

_collected: ContextVar[list[InputError] | None] = ContextVar("collected", default=None)


@contextmanager
def collected_errors() -> Iterator[list[InputError]]:
    """Collect the errors that `refuse` raises otherwise, in the list that is yielded.

    So `chainrule inspect` shows all that training would refuse, and the rest of the data.

    >>> with collected_errors() as errors:
    ...     refuse(InputError("got no target"))
    >>> errors
    [InputError('got no target')]
    """
    errors: list[InputError] = []
    token = _collected.set(errors)
    try:
        yield errors
    finally:
        _collected.reset(token)


def refuse(error: InputError) -> None:
    """Raise an error after which the data could still be shown, unless errors are collected.

    The caller goes on without what the error is about, such as the target.
    Raises:
        InputError: the error, outside of `collected_errors`.
    """
    errors = _collected.get()
    if errors is None:
        raise error
    errors.append(error)


def unknown_name(kind: str, name: object, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not a known one, with the nearest known one.

    >>> print(unknown_name("optimizer", "adma", ["adam", "momentum"]))
    optimizer 'adma' is not known. Did you mean 'adam'? Known are: adam, momentum.
    """
    names = sorted(known)
    near = nearest(str(name), names)
    question = f" Did you mean '{near}'?" if near else ""
    return InputError(f"{kind} '{name}' is not known.{question} Known are: {', '.join(names)}.")


def invalid_value(
    owner: str, name: str, value: object, expected: str, example: object = None
) -> InputError:
    """Return the error for a value that can't be used.

    Args:
        owner: of the setting or argument, such as the name of a class.
        name: of the setting or argument.
        value: that it has.
        expected: the values that it takes, in words.
        example: one of them; None for none.

    >>> print(invalid_value("Adam", "beta1", 2.0, "a number from 0 to below 1", 0.9))
    Adam: got beta1=2.0, expected a number from 0 to below 1, such as beta1=0.9.
    """
    got = repr(value) if isinstance(value, str) else value
    such_as = "" if example is None else f", such as {name}={example}"
    return InputError(f"{owner}: got {name}={got}, expected {expected}{such_as}.")


def check_type(owner: str, name: str, value: object, types: Types, expected: str) -> None:
    """Raise an InputError for an argument of a function that has another type than expected.

    Args:
        owner: name of the function or class.
        name: of the argument.
        value: of the argument.
        types: that it may have.
        expected: the values that it takes, in words.

    >>> check_type("train", "data", 3, str, "a dataset, such as read gives")
    Traceback (most recent call last):
    chainrule.errors.InputError: train: got data of the type int, expected a dataset, such as read \
gives.
    """
    if not isinstance(value, types):
        raise InputError(
            f"{owner}: got {name} of the type {type(value).__name__}, expected {expected}."
        )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most similar to a name, ignoring case, or None if none is similar.

    >>> nearest("incom", ["age", "Income"])
    'Income'
    """
    by_lower_case = {candidate.lower(): candidate for candidate in known}
    matches = get_close_matches(name.lower(), by_lower_case, n=1)
    return by_lower_case[matches[0]] if matches else None
