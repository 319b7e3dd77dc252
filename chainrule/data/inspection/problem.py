"""A problem of data: what was found, what it means, and what to do."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Something in the data that a person should look at before training.

    Attributes:
        kind: in one word, for programs.
        message: what was found and what it means.
        remedy: what to do about it, with the option to copy.
        columns: that it is about.
    """

    kind: str
    message: str
    remedy: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Both sentences."""
        return f"{self.message} {self.remedy}"

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return {**asdict(self), "columns": list(self.columns)}


def role_option(column: str, role: str) -> str:
    """The option that gives a column a role, ready to be copied.

    >>> role_option("post code", "category")
    "--role 'post code=category'"
    """
    return f"--role {shlex.quote(f'{column}={role}')}"
