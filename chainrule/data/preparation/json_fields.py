"""Strict reading of the JSON objects that store a preparation in a model file."""

import sys
from collections.abc import Mapping
from typing import Any, TypeVar

from chainrule.errors import InputError

Json = dict[str, Any]
T = TypeVar("T")

LARGEST = sys.float_info.max
DAMAGED = "The model file is damaged or from another version: write it again."


def read_fields(subject: str, value: object, expected: Mapping[str, type | str]) -> Json:
    """Return the fields of a JSON object: exactly the expected ones, each of its type.

    Args:
        subject: what the object describes, for messages.
        value: any value that was read from JSON.
        expected: the type of each field, or its only value if that is a str. float allows whole
            numbers and no NaN, list is a list of str; the caller checks what is in dict and object.
    Raises:
        InputError: a field is missing, unknown or of another type.

    >>> read_fields("pixels", {"height": 28}, {"height": int})
    {'height': 28}
    """
    if not isinstance(value, dict):
        raise damaged(subject, _show(value), "an object with fields")
    missing = [name for name in expected if name not in value]
    unknown = [str(name) for name in value if name not in expected]
    if missing or unknown:
        got = f"unknown {', '.join(unknown)}" if unknown else f"no {', '.join(missing)}"
        raise damaged(subject, got, f"the fields {', '.join(expected)}")
    for name, kind in expected.items():
        if not _fits(value[name], kind):
            wanted = repr(kind) if isinstance(kind, str) else _with_article(kind)
            raise damaged(subject, f"{_show(value[name])} as {name}", wanted)
    return {name: float(value[name]) if expected[name] is float else value[name] for name in value}


def stored_class(subject: str, value: object, classes: Mapping[str, type[T]]) -> type[T]:
    """Return the class of the object that JSON describes, by its field kind.

    Args:
        subject: what the object is, for messages.
        value: any value that was read from JSON.
        classes: by kind.
    Raises:
        InputError: the kind is unknown.
    """
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in classes:
        got = _show(value) if kind is None else f"{_show(kind)} as kind"
        raise damaged(subject, got, f"an object whose kind is {' or '.join(classes)}")
    return classes[kind]


def damaged(subject: str, got: str, expected: str) -> InputError:
    """Return the error for a part of a model file with unexpected content."""
    return InputError(f"{subject}: got {got}, expected {expected}. {DAMAGED}")


def _fits(value: object, kind: type | str) -> bool:
    if isinstance(kind, str):
        return value == kind
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(value, bool):
        return kind in (bool, object)
    if kind is float:
        return isinstance(value, int | float) and -LARGEST <= value <= LARGEST  # so no NaN
    return isinstance(value, kind)


def _with_article(kind: type) -> str:
    if kind is list:
        return "a list of texts"
    return f"an {kind.__name__}" if kind is int else f"a {kind.__name__}"


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
