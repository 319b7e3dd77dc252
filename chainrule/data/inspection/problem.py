"""A problem of the data: a message and a remedy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A possible problem of the data that the user should look at before training.

    Attributes:
        kind: an identifier for programs, such as "rare_classes".
        message: the problem and its effect.
        remedy: how to solve it, with the option to use.
        columns: the affected columns.
    """

    kind: str
    message: str
    remedy: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the message and the remedy."""
        return f"{self.message} {self.remedy}"

    def as_json(self) -> dict[str, Any]:
        """Return the fields as a JSON object."""
        return {**asdict(self), "columns": list(self.columns)}
