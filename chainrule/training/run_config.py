"""The configuration of a run: the options that the user gave, and all resolved options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The tables of config.toml. A file that a user writes has options without tables.
GIVEN, RESOLVED = "given", "resolved"
# New names of networks, by those in the files of earlier versions.
RENAMED_NETWORKS = {"table": "realmlp_simple"}
# New names of options, by those in the files of earlier versions.
RENAMED_OPTIONS = {"best_by": "metric"}


@dataclass(frozen=True)
class RunConfig:
    """Options by name, in values that TOML can hold.

    Attributes:
        given: options that the user gave, from which the run can be repeated or varied.
        resolved: all options, resolved from these, the preset and the data.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    resolved: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> RunConfig:
        """Make the configuration from the content of a TOML file.

        Options outside of tables are given. The files of earlier versions have all options there,
        with the values that they were resolved to.
        """
        if isinstance(content.get(GIVEN), dict):
            return cls(_renamed(content[GIVEN]), _renamed(content.get(RESOLVED, {})))
        content = _renamed(content)
        network = content.get("network")
        if isinstance(network, str) and network in RENAMED_NETWORKS:
            return cls({**content, "network": RENAMED_NETWORKS[network]})
        return cls(content)

    @property
    def values(self) -> dict[str, Any]:
        """All options that have a value; resolved values take precedence."""
        return {**self.given, **self.resolved}

    def as_toml(self) -> dict[str, Any]:
        """Return the content of config.toml."""
        return {GIVEN: dict(self.given), RESOLVED: dict(self.resolved)}


def _renamed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with their present names."""
    return {RENAMED_OPTIONS.get(name, name): value for name, value in options.items()}
