"""Explanation of a run: plots, findings and report, written into its folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chainrule import durable
from chainrule.insight.curves import write_curves
from chainrule.insight.findings import Finding, findings
from chainrule.insight.predictions_file import write_predictions
from chainrule.insight.provenance import Provenance
from chainrule.insight.report import Evidence, write_report
from chainrule.training.samples.prepare import Prepared
from chainrule.training.train import Run


def explain(
    run: Run,
    prepared: Prepared,
    config: Mapping[str, Any],
    folder: Path,
    provenance: Provenance | None = None,
) -> list[Finding]:
    """Write plots, findings and report into the folder of a run, and return the findings.

    The files are curves.png, findings.json, report.html, provenance.json, and test-predictions.csv
    or, without test samples, validation-predictions.csv.
    Args:
        run: run to explain.
        prepared: samples that it was trained and tested on.
        config: configuration of the run.
        folder: folder of the run.
        provenance: software and data of the run; the current ones if not given.
    """
    run_findings = findings(run)
    provenance = provenance or Provenance.now(config)
    evidence = Evidence(run, prepared, run_findings, config, folder, provenance)
    members = [member.history for member in run.members]
    write_curves(run.history, int(run.best["epoch"]), folder / "curves.png", members)
    as_json = json.dumps([finding.as_json() for finding in run_findings], indent=2)
    durable.write_text(folder / "findings.json", as_json + "\n")
    provenance.write(folder)
    if evidence.predictions is not None:
        target = run.model.preparation.target.name
        path = folder / f"{evidence.held_out_part}-predictions.csv"
        write_predictions(evidence.predictions, target, path)
    write_report(evidence)
    return run_findings
