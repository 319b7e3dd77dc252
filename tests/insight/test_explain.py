"""Explaining a run writes pictures, findings and report beside the model."""

import json
from pathlib import Path

from chainrule.insight.explain import explain
from chainrule.insight.findings import findings
from chainrule.insight.provenance import Provenance
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared
from chainrule.training.train import Run
from tests.insight.runs import MADE_WITH


def test_all_files_are_written(run: Run, prepared: Prepared, tmp_path: Path) -> None:
    explain(run, prepared, RunConfig({"epochs": 4}), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {
        "curves.png",
        "findings.json",
        "provenance.json",
        "report.html",
        "test-predictions.csv",
    }


def test_the_findings_are_given_back_and_stand_in_the_file(
    run: Run, prepared: Prepared, tmp_path: Path
) -> None:
    found = explain(run, prepared, RunConfig({"epochs": 4}), tmp_path)
    assert [finding.name for finding in found] == [finding.name for finding in findings(run)]
    assert "not converged" in [finding.name for finding in found]
    content = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert content == [finding.as_json() for finding in found]


def test_the_report_tells_the_findings(run: Run, prepared: Prepared, tmp_path: Path) -> None:
    found = explain(run, prepared, RunConfig({"epochs": 4}), tmp_path)
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(finding.text in report for finding in found)


def test_a_run_of_then_keeps_what_it_was_made_with(
    run: Run, prepared: Prepared, tmp_path: Path
) -> None:
    explain(run, prepared, RunConfig({}), tmp_path, MADE_WITH)
    assert Provenance.read(tmp_path) == MADE_WITH
