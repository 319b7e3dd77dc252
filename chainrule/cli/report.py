"""chainrule report: the report of a run, made again."""

from __future__ import annotations

from pathlib import Path

from chainrule.cli.config import load_config
from chainrule.cli.folder import check_writable
from chainrule.cli.prepare_run import prepare_run
from chainrule.insight.explain import explain
from chainrule.insight.provenance import Provenance
from chainrule.insight.restored_run import finished_run, restored_run
from chainrule.insight.stored_run import CONFIG


def report_command(folder: Path, data: str | None) -> None:
    """Read the run and its data, and write curves, findings and report again.

    Args:
        folder: of a run that has ended.
        data: where its data lie now; None for where they lay then.
    Raises:
        InputError: the folder holds no such run, or the data are gone, or other ones.
    """
    stored = finished_run(folder)
    check_writable(folder)
    ready = prepare_run(load_config({"data": data}, folder / CONFIG), "report")
    run = restored_run(stored, ready.prepared)
    explain(run, ready.prepared, ready.run_config, folder, Provenance.read(folder))
    print(f"report   {folder / 'report.html'}")
