"""How to run it again: the command, the configuration, and what it was made with."""

from __future__ import annotations

import shlex

import tomli_w

from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import code, paragraph, table


def again(evidence: Evidence) -> str:
    """All that is needed to make the same run, and to know whether the data are the same."""
    file = evidence.folder / "config.toml"
    command = shlex.join(["chainrule", "train", "--config", str(file)])
    provenance = evidence.provenance
    made_with = [*provenance.versions.items(), ("threads", str(provenance.threads))]
    files = [
        (path, f"{mark.bytes:,}", mark.sha256 or "not computed: more than 1 GiB of data")
        for path, mark in provenance.files.items()
    ]
    return (
        code(command)
        + paragraph(
            "On the same data, and with the same versions, machine and number of threads, it gives "
            "the same weights bit for bit. This is the file that it reads:"
        )
        + code(tomli_w.dumps(dict(evidence.config)))
        + table("What it was made with", ("program", "version"), made_with, ["text"])
        + table(
            "The data that it learned from; another SHA-256 is another file",
            ("file", "bytes", "SHA-256"),
            files,
            ["number", "text"],
        )
    )
