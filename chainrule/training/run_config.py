"""The configuration of a run: the options that were given, and what they were resolved to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The tables of config.toml. A file of a user's own has options alone.
GIVEN, RESOLVED = "given", "resolved"
# Networks that had another name in the files of earlier versions, by that name.
RENAMED_NETWORKS = {"table": "realmlp_simple"}


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
        """Make the configuration of the content of a TOML file; options alone were given.

        Runs of earlier versions have options alone, all of them with what they were resolved to.
        """
        if isinstance(content.get(GIVEN), dict):
            return cls(content[GIVEN], content.get(RESOLVED, {}))
        network = content.get("network")
        if isinstance(network, str) and network in RENAMED_NETWORKS:
            return cls({**content, "network": RENAMED_NETWORKS[network]})
        return cls(content)

    @property
    def values(self) -> dict[str, Any]:
        """All options that have a value, resolved where they were."""
        return {**self.given, **self.resolved}

    def as_toml(self) -> dict[str, Any]:
        """The content of config.toml."""
        return {GIVEN: dict(self.given), RESOLVED: dict(self.resolved)}
