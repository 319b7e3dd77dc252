"""Explaining a run: pictures, findings and report, written into its folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chainrule import durable
from chainrule.insight.curves import write_curves
from chainrule.insight.findings import Finding, findings
from chainrule.insight.report import write_report
from chainrule.training.train import Run


def explain(run: Run, config: Mapping[str, Any], folder: Path, pictures: str = "") -> list[Finding]:
    """Write curves.png, findings.json and report.html beside the model, and return the findings.

    Args:
        run: that is explained.
        config: of the run.
        folder: of the run.
        pictures: HTML that shows pictures of the test, or nothing.
    """
    found = findings(run)
    members = [member.history for member in run.members]
    write_curves(run.history, int(run.best["epoch"]), folder / "curves.png", members)
    texts = json.dumps([finding.as_json() for finding in found], indent=2)
    durable.write_text(folder / "findings.json", texts + "\n")
    write_report(run, found, config, folder, pictures)
    return found
