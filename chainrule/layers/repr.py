"""Layers as text, for people: as they would be written."""

import dataclasses
from typing import Any


def constructor_repr(layer: Any) -> str:
    """The call that makes a layer, without what was left at its default.

    What has no default comes first and unnamed.
    Args:
        layer: a dataclass.
    """
    parts = []
    for field in dataclasses.fields(layer):
        value = getattr(layer, field.name)
        if field.default is dataclasses.MISSING:
            parts.append(repr(value))
        elif value != field.default:
            parts.append(f"{field.name}={value!r}")
    return f"{type(layer).__name__}({', '.join(parts)})"
