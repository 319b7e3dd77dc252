"""Explaining a run writes pictures, findings and report beside the model."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from chainrule.insight.explain import explain
from chainrule.insight.findings import Finding, findings
from chainrule.insight.provenance import Provenance
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared
from chainrule.training.train import Run
from tests.insight.runs import MADE_WITH


@dataclass(frozen=True)
class Explained:
    """The folder of a run that was explained, and the findings that came back."""

    folder: Path
    findings: list[Finding]


@pytest.fixture(scope="module")
def explained(run: Run, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Explained:
    """The run of `run`, explained once."""
    folder = tmp_path_factory.mktemp("explained")
    return Explained(folder, explain(run, prepared, RunConfig({"epochs": 4}), folder))


def test_all_files_are_written(explained: Explained) -> None:
    assert {file.name for file in explained.folder.iterdir()} == {
        "curves.png",
        "findings.json",
        "provenance.json",
        "report.html",
        "test-predictions.csv",
    }


def test_the_findings_are_given_back_and_stand_in_the_file(run: Run, explained: Explained) -> None:
    found = explained.findings
    assert [finding.name for finding in found] == [finding.name for finding in findings(run)]
    assert "not converged" in [finding.name for finding in found]
    content = json.loads((explained.folder / "findings.json").read_text(encoding="utf-8"))
    assert content == [finding.as_json() for finding in found]


def test_the_report_tells_the_findings(explained: Explained) -> None:
    report = (explained.folder / "report.html").read_text(encoding="utf-8")
    assert all(finding.text in report for finding in explained.findings)


def test_a_run_of_then_keeps_what_it_was_made_with(
    run: Run, prepared: Prepared, tmp_path: Path
) -> None:
    explain(run, prepared, RunConfig({}), tmp_path, MADE_WITH)
    assert Provenance.read(tmp_path) == MADE_WITH
