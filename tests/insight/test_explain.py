"""Explaining a run writes pictures, findings and report beside the model."""

import json
from pathlib import Path

from chainrule.insight.explain import explain
from chainrule.insight.findings import findings
from chainrule.training.train import Run


def test_the_three_files_are_written(run: Run, tmp_path: Path) -> None:
    explain(run, {"epochs": 4}, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {
        "curves.png",
        "findings.json",
        "report.html",
    }


def test_the_findings_are_given_back_and_stand_in_the_file(run: Run, tmp_path: Path) -> None:
    found = explain(run, {"epochs": 4}, tmp_path)
    assert [finding.name for finding in found] == [finding.name for finding in findings(run)]
    assert "still learning" in [finding.name for finding in found]
    content = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert content == [finding.as_json() for finding in found]


def test_the_report_tells_the_findings(run: Run, tmp_path: Path) -> None:
    found = explain(run, {"epochs": 4}, tmp_path)
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(finding.text in report for finding in found)
