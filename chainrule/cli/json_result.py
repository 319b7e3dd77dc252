"""The result of a command as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping


def json_result(value: object) -> str:
    """Return a value as JSON; numbers that are not finite, which JSON does not have, are null.

    >>> json_result({"rmse": float("inf"), "rows": [1, 2]})
    '{"rmse": null, "rows": [1, 2]}'
    """
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
