"""Mistakes in what a person gave, said so that they can be mended: given, expected, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """What was given cannot be used. The message names it, says what was expected and what to do.

    The command line prints the message alone, without a traceback, and exits with status 2.
    """


def unknown_name(kind: str, given: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not one of the known ones, with the nearest of them.

    >>> print(unknown_name("optimizer", "adma", ["adam", "momentum"]))
    optimizer 'adma' is not known. Did you mean 'adam'? Known are: adam, momentum.
    """
    names = sorted(known)
    near = nearest(given, names)
    question = f" Did you mean '{near}'?" if near else ""
    return InputError(f"{kind} '{given}' is not known.{question} Known are: {', '.join(names)}.")


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known name most like the given one, whatever its case, or None if none is like it.

    >>> nearest("incom", ["age", "Income"])
    'Income'
    """
    by_lower_case = {name.lower(): name for name in known}
    matches = get_close_matches(given.lower(), by_lower_case, n=1)
    return by_lower_case[matches[0]] if matches else None
