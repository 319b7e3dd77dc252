"""Range checks for the settings of optimizers and updates."""

import math

from chainrule.errors import InputError


def check_share(record: object, name: str, example: float) -> None:
    """Check that a share is from 0 to below 1.

    Args:
        record: the dataclass with the setting.
        name: name of the setting.
        example: valid value, suggested in the error message.
    Raises:
        InputError: the value is outside its range.
    """
    value = getattr(record, name)
    _check(0 <= value < 1, record, name, "a number from 0 to below 1", example)


def check_positive(record: object, name: str, example: float) -> None:
    """Check that a setting is a positive, finite number; arguments as in `check_share`.

    Raises:
        InputError: the value is outside its range.
    """
    value = getattr(record, name)
    _check(0 < value < math.inf, record, name, "a positive number", example)


def check_not_negative(record: object, name: str, example: float) -> None:
    """Check that a setting is a finite number of at least 0; arguments as in `check_share`.

    Raises:
        InputError: the value is outside its range.
    """
    value = getattr(record, name)
    _check(0 <= value < math.inf, record, name, "a number of at least 0", example)


def _check(fits: bool, record: object, name: str, expected: str, example: float) -> None:
    if not fits:
        raise InputError(
            f"{type(record).__name__}: got {name}={getattr(record, name)}, expected {expected}. "
            f"Use {name}={example:g} if in doubt."
        )
