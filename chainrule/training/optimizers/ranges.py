"""The ranges in which the settings of an update have to lie."""

import math

from chainrule.errors import InputError


def check_share(record: object, name: str, example: float) -> None:
    """Refuse a share that is not from 0 to below 1.

    Raises:
        InputError: it says the record, the setting, its value, and the example as one that works.
    """
    value = getattr(record, name)
    _check(0 <= value < 1, record, name, "a number from 0 to below 1", example)


def check_positive(record: object, name: str, example: float) -> None:
    """Refuse what is not a positive, finite number.

    Raises:
        InputError: likewise.
    """
    value = getattr(record, name)
    _check(0 < value < math.inf, record, name, "a positive number", example)


def check_not_negative(record: object, name: str, example: float) -> None:
    """Refuse what is not a finite number of at least 0.

    Raises:
        InputError: likewise.
    """
    value = getattr(record, name)
    _check(0 <= value < math.inf, record, name, "a number of at least 0", example)


def _check(fits: bool, record: object, name: str, expected: str, example: float) -> None:
    if not fits:
        raise InputError(
            f"{type(record).__name__}: got {name}={getattr(record, name)}, expected {expected}. "
            f"Use {name}={example:g} if in doubt."
        )
