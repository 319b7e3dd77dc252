"""Record: what a model file stores of a preparation, read back strictly."""

import sys
from collections.abc import Mapping
from typing import Any

from chainrule.errors import InputError

Json = dict[str, Any]

LARGEST = sys.float_info.max


def read_fields(subject: str, value: object, expected: Mapping[str, type | str]) -> Json:
    """The fields of a record: exactly the expected ones, each of its type.

    Args:
        subject: the thing that is read, for messages.
        value: anything that was read from JSON.
        expected: the type of each field, or its one value if that is a text; float admits whole
            numbers and no NaN, list is one of texts, dict and object are left to the reader.
    Raises:
        InputError: a field is missing, unknown or of another type.

    >>> read_fields("pixels", {"height": 28}, {"height": int})
    {'height': 28}
    """
    if not isinstance(value, dict):
        raise damaged(subject, _show(value), "an object with fields")
    lacking = [name for name in expected if name not in value]
    unknown = [str(name) for name in value if name not in expected]
    if lacking or unknown:
        got = f"unknown {', '.join(unknown)}" if unknown else f"no {', '.join(lacking)}"
        raise damaged(subject, got, f"the fields {', '.join(expected)}")
    for name, kind in expected.items():
        if not _fits(value[name], kind):
            wanted = repr(kind) if isinstance(kind, str) else _with_article(kind)
            raise damaged(subject, f"{_show(value[name])} as {name}", wanted)
    return {name: float(value[name]) if expected[name] is float else value[name] for name in value}


def damaged(subject: str, got: str, expected: str) -> InputError:
    """The error for a part of a model file that is not as it was written."""
    return InputError(
        f"{subject}: got {got}, expected {expected}. "
        "The model file is damaged or from another version: write it again."
    )


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
