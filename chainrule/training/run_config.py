"""The configuration of a run: the options that were given, and what they were resolved to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The tables of config.toml. A file of a user's own has options alone.
GIVEN, RESOLVED = "given", "resolved"


@dataclass(frozen=True)
class RunConfig:
    """Options by name, in values that TOML can hold.

    Attributes:
        given: options of the user, from which the run can be repeated or varied.
        resolved: what these, the preset and the data made of all settings.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    resolved: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> RunConfig:
        """Make the configuration of the content of a TOML file; options alone were given."""
        if isinstance(content.get(GIVEN), dict):
            return cls(content[GIVEN], content.get(RESOLVED, {}))
        return cls(content)

    @property
    def values(self) -> dict[str, Any]:
        """All options that have a value, resolved where they were."""
        return {**self.given, **self.resolved}

    def as_toml(self) -> dict[str, Any]:
        """The content of config.toml."""
        return {GIVEN: dict(self.given), RESOLVED: dict(self.resolved)}
