"""The rule that a setting of an operation keeps, such as being positive."""

from chainrule.errors import InputError


def check_setting(operation: str, name: str, value: object, fits: bool, expected: str) -> None:
    """Refuse the value of a setting.

    Raises:
        InputError: it doesn't fit.

    >>> check_setting("huber", "delta", -1, fits=False, expected="a positive number such as 1")
    Traceback (most recent call last):
    chainrule.errors.InputError: huber got delta -1; expected a positive number such as 1.
    """
    if not fits:
        raise InputError(f"{operation} got {name} {value}; expected {expected}.")
