"""Cases of an operation for inputs with other axes than the registry's samples have."""

from __future__ import annotations

import dataclasses
from typing import Any

from chainrule.graph.operation import OPERATIONS, Sample
from tests.ops.bound import Case


def case_of(operation: str, settings: dict[str, Any] | None = None, **samples: Sample) -> Case:
    """The operation of that name, with these samples instead of its own."""
    kind = OPERATIONS[operation]
    merged = {**kind.samples, **samples}
    return Case(dataclasses.replace(kind, samples=merged), settings or {})
