"""Explaining a run: pictures, findings and report, written into its folder."""

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
    """Write what explains a run beside its model, and return the findings.

    That is curves.png, findings.json, report.html, provenance.json, and test-predictions.csv or,
    where there is no test, validation-predictions.csv.
    Args:
        run: that is explained.
        prepared: the samples that it learned from and was tested on.
        config: of the run.
        folder: of the run.
        provenance: what the run was made with; that of now if not given.
    """
    found = findings(run)
    provenance = provenance or Provenance.now(config)
    evidence = Evidence(run, prepared, found, config, folder, provenance)
    members = [member.history for member in run.members]
    write_curves(run.history, int(run.best["epoch"]), folder / "curves.png", members)
    texts = json.dumps([finding.as_json() for finding in found], indent=2)
    durable.write_text(folder / "findings.json", texts + "\n")
    provenance.write(folder)
    if evidence.answers is not None:
        target = run.model.preparation.target.name
        path = folder / f"{evidence.held_out_part}-predictions.csv"
        write_predictions(evidence.answers, target, path)
    write_report(evidence)
    return found
