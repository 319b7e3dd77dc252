"""Runs to report on, one of them with column names that attack the page showing them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chainrule.data.dataset import Dataset
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.insight.findings import Finding
from chainrule.insight.provenance import FileMark, Provenance
from chainrule.insight.report import Evidence
from chainrule.layers import Network
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.settings.settings import Settings
from chainrule.training.train import Run, fit
from tests.training import toys

ATTACK = "<script>alert(1)</script>"
FINDINGS = [Finding("not converged", {"epochs": 4}, "The loss was at its <lowest>.")]
MADE_WITH = Provenance({"chainrule": "0.1.0"}, 1, {"/data/toy.csv": FileMark(1234, "ab" * 32)})


def attacked_table() -> Table:
    """Return a table whose target and one column, with a missing value, have attacking names."""
    table = toys.table("regression")
    assert table.target is not None
    values = table.columns[0].values.copy()
    values[0] = float("nan")
    return Table(
        "toy.csv",
        (Column(ATTACK, values), *table.columns[1:]),
        Column(f"y {ATTACK}", table.target.values),
        notes=(f"toy.csv: column '{ATTACK}' has 1 missing value",),
    )


def trained(data: Dataset, network: Network, **settings: Any) -> tuple[Run, Prepared]:
    """Train on data; return the run and its samples."""
    chosen = Settings(**settings)
    prepared = prepare(data, chosen)
    return fit(network, prepared, settings=chosen, progress=SilentProgress()), prepared


def evidence(run: Run, prepared: Prepared, folder: Path = Path("run"), **config: Any) -> Evidence:
    """Return the inputs of the report of a run."""
    return Evidence(run, prepared, FINDINGS, RunConfig(config), folder, MADE_WITH)


def evidence_of(task: Task, *, rows: int = 200, epochs: int = 3, **settings: Any) -> Evidence:
    """Return the evidence of a run on a small table."""
    data = toys.table(task, rows)
    return evidence(*trained(data, toys.network(task), epochs=epochs, **settings))
