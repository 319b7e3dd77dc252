"""Section on reproduction: the command, the configuration, software versions and data."""

from __future__ import annotations

import shlex

import tomli_w

from chainrule.insight.provenance import Provenance
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import code, paragraph, table


def reproduction(evidence: Evidence) -> str:
    """Return all that is needed to repeat the run, and to check that the data are the same."""
    file = evidence.folder / "config.toml"
    command = shlex.join(["chainrule", "train", "--config", str(file)])
    provenance = evidence.provenance
    if not evidence.config.given:  # trained by a program in Python
        return _versions(provenance)
    files = [
        (path, f"{mark.bytes:,}", mark.sha256 or "not computed: more than 1 GiB of data")
        for path, mark in provenance.files.items()
    ]
    repeated = "gives the same weights bit for bit"
    if "interrupted" in {run.stopped for run in (evidence.run, *evidence.run.members)}:
        repeated = "repeats the run, which was interrupted, and trains it to its end"
    return (
        code(command)
        + paragraph(
            "With the same data, versions, machine and number of threads, this command "
            f"{repeated}. It reads this file:"
        )
        + code(tomli_w.dumps(evidence.config.as_toml()))
        + _versions(provenance)
        + table(
            "Data files; a file with another SHA-256 has other contents",
            ("file", "bytes", "SHA-256"),
            files,
            ["number", "text"],
        )
    )


def _versions(provenance: Provenance) -> str:
    versions = [*provenance.versions.items(), ("threads", str(provenance.threads))]
    return table("Software versions", ("program", "version"), versions, ["text"])
