"""Record: what a model file stores of a preparation, read back strictly."""

import math
from collections.abc import Mapping
from typing import Any

from chainrule.errors import InputError

Json = dict[str, Any]


def read_record(what: str, given: object, expected: Mapping[str, type | str]) -> Json:
    """The fields of a record: exactly the expected ones, each of its type.

    Args:
        what: the record is, for messages.
        given: anything that was read from JSON.
        expected: the type of each field, or its one value if that is a text; float admits whole
            numbers and no NaN, list is one of texts, dict and object are left to the reader.
    Raises:
        InputError: a field is missing, unknown or of another type.

    >>> read_record("pixels", {"height": 28}, {"height": int})
    {'height': 28}
    """
    remedy = "The model file is damaged or from another version: write it again."
    if not isinstance(given, dict):
        raise InputError(f"{what}: got {_show(given)}, expected an object with fields. {remedy}")
    lacking = [name for name in expected if name not in given]
    unknown = [str(name) for name in given if name not in expected]
    if lacking or unknown:
        got = f"unknown {', '.join(unknown)}" if unknown else f"no {', '.join(lacking)}"
        raise InputError(f"{what}: got {got}, expected the fields {', '.join(expected)}. {remedy}")
    for name, kind in expected.items():
        if not _fits(given[name], kind):
            wanted = repr(kind) if isinstance(kind, str) else f"a {kind.__name__}"
            raise InputError(
                f"{what}: got {_show(given[name])} as {name}, expected {wanted}"
                f"{' of texts' if kind is list else ''}. {remedy}"
            )
    return {name: float(given[name]) if expected[name] is float else given[name] for name in given}


def _fits(value: object, kind: type | str) -> bool:
    if isinstance(kind, str):
        return value == kind
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if isinstance(value, bool):
        return kind in (bool, object)
    if kind is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, kind)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
