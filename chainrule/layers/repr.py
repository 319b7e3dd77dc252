"""Text form of layers: the constructor call."""

import dataclasses
from typing import Any


def constructor_repr(layer: Any) -> str:
    """Return the call that makes a layer, without arguments that have their default.

    Arguments without a default come first, without names.
    Args:
        layer: a dataclass.
    """
    parts = []
    for field in dataclasses.fields(layer):
        value = getattr(layer, field.name)
        if field.default is dataclasses.MISSING:
            parts.append(repr(value))
        elif repr(value) != repr(field.default):  # == of arrays gives an array
            parts.append(f"{field.name}={value!r}")
    return f"{type(layer).__name__}({', '.join(parts)})"
