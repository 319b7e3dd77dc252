"""Ranges: the numbers that a setting takes, declared with the setting and checked in one way.

    @optimizer("momentum")
    @dataclass(frozen=True)
    class Momentum:
        momentum: Share = 0.9

        def __post_init__(self) -> None:
            check_settings(self)

One message then says for all settings what was given, what is expected, and a value that works.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Integral, Real
from typing import Annotated, Any, get_type_hints

from chainrule.errors import InputError, invalid_value


@dataclass(frozen=True)
class Range:
    """The finite numbers from `lowest` to `highest` and between `above` and `below`.

    Attributes:
        lowest, highest: bounds that are numbers of the range themselves.
        above, below: bounds that are not.
        whole: whether the numbers are whole.
        example: one of them, for messages about a setting without a default.
    """

    lowest: float = -math.inf
    highest: float = math.inf
    _: dataclasses.KW_ONLY
    above: float = -math.inf
    below: float = math.inf
    whole: bool = False
    example: object = None

    def __contains__(self, value: object) -> bool:
        """Whether a value is one of the numbers; of a tuple, whether each part is."""
        if isinstance(value, tuple):
            return all(part in self for part in value)
        if not isinstance(value, Integral if self.whole else Real):
            return False
        number = float(value)  # nan is in no range
        return self.lowest <= number <= self.highest and self.above < number < self.below

    def __str__(self) -> str:
        """Describe the numbers.

        >>> for numbers in Range(0, below=1), Range(1, whole=True), Range(above=0), Range(0, 0.5):
        ...     print(numbers)
        a number from 0 to below 1
        a whole number of at least 1
        a positive number
        a number from 0 to 0.5
        """
        kind = "whole number" if self.whole else "number"
        bounds = [f"above {self.above:g}"] if math.isfinite(self.above) else []
        bounds += [f"at most {self.highest:g}"] if math.isfinite(self.highest) else []
        bounds += [f"below {self.below:g}"] if math.isfinite(self.below) else []
        if bounds == ["above 0"]:
            return f"a positive {kind}"
        if not math.isfinite(self.lowest):
            return f"a {kind} {' and '.join(bounds)}"
        if not bounds:
            return f"a {kind} of at least {self.lowest:g}"
        return f"a {kind} from {self.lowest:g} to {' and '.join(bounds).removeprefix('at most ')}"

    def check(self, owner: str, name: str, value: object) -> None:
        """Refuse an argument of a function that is none of the numbers.

        Args:
            owner: the function, by its name.
            name: of the argument.
            value: of the argument.
        Raises:
            InputError: it is none of the numbers.
        """
        if value not in self:
            raise invalid_value(owner, name, value, str(self), self.example)


# Types of settings, to be written in place of float and int.
Share = Annotated[float, Range(0, below=1, example=0.5)]
UpToOne = Annotated[float, Range(above=0, highest=1, example=0.5)]
Positive = Annotated[float, Range(above=0, example=1)]
NotNegative = Annotated[float, Range(0, example=0)]
Count = Annotated[int, Range(1, whole=True, example=32)]


def check_settings(record: object) -> None:
    """Refuse a setting outside its range, in the `__post_init__` of a dataclass.

    A setting whose default is None may be None.
    Args:
        record: a dataclass; its fields of type Annotated[..., Range(...)] are checked.
    Raises:
        InputError: a setting is outside its range.

    >>> @dataclass(frozen=True)
    ... class Huber:
    ...     delta: Positive = 1.0
    ...
    ...     def __post_init__(self) -> None:
    ...         check_settings(self)
    >>> Huber(delta=-1)
    Traceback (most recent call last):
    chainrule.errors.InputError: Huber: got delta=-1, expected a positive number, such as delta=1.0.
    """
    kind: Any = type(record)
    defaults = _defaults(kind)
    for setting, numbers in ranges_of(kind).items():
        value = getattr(record, setting)
        if value not in numbers and not (value is None and defaults.get(setting, ...) is None):
            raise invalid_setting(record, setting, str(numbers), numbers.example)


def invalid_setting(
    record: object, setting: str, expected: str, example: object = None
) -> InputError:
    """Make the error for a setting that can't be used.

    Args:
        record: a dataclass that has the setting.
        setting: its name.
        expected: the values that it takes, in words.
        example: one of them; the default of the setting is preferred where it has one.
    """
    kind: Any = type(record)
    default = _defaults(kind).get(setting)
    return invalid_value(
        kind.__name__,
        setting,
        getattr(record, setting),
        expected,
        example if default is None else default,
    )


@cache
def ranges_of(kind: type) -> Mapping[str, Range]:
    """Return the ranges of the settings that have one, by name, of a dataclass."""
    return {
        name: numbers
        for name, hint in get_type_hints(kind, include_extras=True).items()
        for numbers in getattr(hint, "__metadata__", ())
        if isinstance(numbers, Range)
    }


@cache
def _defaults(kind: Any) -> Mapping[str, object]:
    return {
        field.name: field.default
        for field in dataclasses.fields(kind)
        if field.default is not dataclasses.MISSING
    }
