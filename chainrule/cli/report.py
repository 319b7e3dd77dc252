"""chainrule report: write the report of a run again."""

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
    """Read a run and its data, and write its curves, findings and report again.

    Args:
        folder: the folder of a finished run.
        data: path of its data; None if it was not moved.
    Raises:
        InputError: the folder has no finished run, or the data is missing or not that of the run.
    """
    stored = finished_run(folder)
    check_writable(folder, "Or copy it to where files can be written.")
    prepared_run = prepare_run(load_config({"data": data}, folder / CONFIG), "report")
    run = restored_run(stored, prepared_run.prepared)
    explain(run, prepared_run.prepared, prepared_run.run_config, folder, Provenance.read(folder))
    print(f"report   {folder / 'report.html'}")
