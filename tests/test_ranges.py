"""Ranges: the numbers that a setting takes, and the message for those that it doesn't."""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, fields
from importlib import import_module
from pkgutil import walk_packages
from typing import Annotated, Any, get_args

import numpy as np
import pytest

from chainrule import layers, ops
from chainrule.data import augmentation
from chainrule.errors import InputError
from chainrule.ranges import (
    Count,
    NotNegative,
    Positive,
    Range,
    Share,
    UpToOne,
    check_settings,
    ranges_of,
)
from chainrule.training import optimizers, schedules, update


@dataclass(frozen=True)
class Method:
    units: Count
    share: Share = 0.9
    chunk: Annotated[int | None, Range(1, whole=True, example=16)] = None
    rates: Annotated[tuple[float, ...], Range(0, below=1)] = (0.1, 0.2)
    name: str = "method"

    def __post_init__(self) -> None:
        check_settings(self)


@pytest.mark.parametrize(
    ("numbers", "inside", "outside"),
    [
        (Range(0, 1), (0, 0.5, 1), (-0.1, 1.1, math.nan)),
        (Range(0, below=1), (0, 0.999), (1, -1e-9, math.nan)),
        (Range(above=0, highest=1), (1e-9, 1), (0, 1.1)),
        (Range(above=0), (1e-300, 1e300), (0, math.inf, "1", None)),
        (Range(1, whole=True), (1, np.int64(7)), (0, 1.5, 2.0)),
        (Range(below=0, whole=True), (-1, -2), (0, 1)),
        (Range(0, 1), ((), (0.5, 1)), ((0.5, 2), ("x",))),
    ],
    ids=str,
)
def test_a_range_holds_its_numbers(numbers: Range, inside: Any, outside: Any) -> None:
    assert all(value in numbers for value in inside)
    assert not any(value in numbers for value in outside)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (Range(0, 0.5), "a number from 0 to 0.5"),
        (Range(0, below=1), "a number from 0 to below 1"),
        (Range(above=0, highest=1), "a number above 0 and at most 1"),
        (Range(above=0, below=1), "a number above 0 and below 1"),
        (Range(above=0), "a positive number"),
        (Range(0), "a number of at least 0"),
        (Range(1, whole=True), "a whole number of at least 1"),
        (Range(below=0, whole=True), "a whole number below 0"),
    ],
)
def test_a_range_describes_itself(numbers: Range, words: str) -> None:
    assert str(numbers) == words


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"units": 0},
            "Method: got units=0, expected a whole number of at least 1, such as units=32.",
        ),
        (
            {"units": 4, "share": 1.5},
            "Method: got share=1.5, expected a number from 0 to below 1, such as share=0.9.",
        ),
        (
            {"units": 4, "share": "half"},
            "Method: got share='half', expected a number from 0 to below 1, such as share=0.9.",
        ),
        (
            {"units": 4, "chunk": 0},
            "Method: got chunk=0, expected a whole number of at least 1, such as chunk=16.",
        ),
        (
            {"units": 4, "rates": (0.5, 1)},
            "Method: got rates=(0.5, 1), expected a number from 0 to below 1, such as "
            "rates=(0.1, 0.2).",
        ),
    ],
)
def test_a_setting_outside_its_range_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        Method(**settings)
    assert str(error.value) == message


def test_none_is_a_value_only_where_it_is_the_default() -> None:
    assert Method(units=4).chunk is None
    with pytest.raises(InputError, match="got share=None"):
        Method(4, share=None)  # type: ignore[arg-type]  # as it is refused


def test_the_examples_of_the_types_are_values_that_work() -> None:
    for alias in (Share, UpToOne, Positive, NotNegative, Count):
        (numbers,) = get_args(alias)[1:]
        assert numbers.example in numbers


def kinds_with_ranges() -> list[type]:
    """Every class of the package that declares a range."""
    rooms = [layers, ops, augmentation, optimizers, schedules, update]
    modules = [
        import_module(module.name)
        for room in rooms
        for module in walk_packages(room.__path__, f"{room.__name__}.")
    ]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and ranges_of(kind)
    ]


@pytest.mark.parametrize("kind", kinds_with_ranges(), ids=lambda kind: kind.__name__)
def test_a_range_that_is_declared_is_checked(kind: Any) -> None:
    for setting, numbers in ranges_of(kind).items():
        record = object.__new__(kind)
        for field in fields(kind):
            usual = ranges_of(kind).get(field.name, numbers).example
            value = usual if field.default is MISSING else field.default
            object.__setattr__(record, field.name, value)
        object.__setattr__(record, setting, "nothing")
        with pytest.raises(InputError, match=f"got {setting}='nothing'"):
            record.__post_init__()
