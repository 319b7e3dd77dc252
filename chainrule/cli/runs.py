"""chainrule runs: the runs that there are, or some of them beside one another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from chainrule.cli.out_file import check_out_file
from chainrule.errors import InputError
from chainrule.insight import run_comparison, run_list
from chainrule.insight.stored_run import StoredRun, is_run, runs_in

USUAL_FOLDER = Path("runs")
PICTURES = (".png", ".svg", ".pdf")


def runs_command(
    folders: Sequence[Path], sort: str | None, out: Path | None, *, as_json: bool
) -> None:
    """List the runs in the folders; compare the runs themselves, if several are given.

    Args:
        folders: of runs, or such that hold the folders of runs; the usual one if there are none.
        sort: a metric, by which the best comes first; by default the newest does.
        out: picture of the curves, where runs are compared.
        as_json: print JSON, and not text.
    Raises:
        InputError: a folder holds no run, or an option is for the other of the two.
    """
    folders = folders or [USUAL_FOLDER]
    for folder in folders:
        _check(folder)
    runs = [run for folder in folders for run in runs_in(folder)]
    if len(folders) > 1 and all(is_run(folder) for folder in folders):
        if sort is not None:
            raise InputError(
                f"--sort: got '{sort}' for runs to compare, which stand in the order in which they "
                "are given; expected it for a list. Leave it out."
            )
        _compare(runs, out, as_json=as_json)
        return
    if out is not None:
        raise InputError(
            f"--out: got {out} for a list of runs, expected it for a comparison. Name the runs to "
            "compare, as in: chainrule runs runs/A runs/B --out compared.svg"
        )
    ordered = run_list.best_first(runs, sort) if sort else run_list.newest_first(runs)
    if as_json:
        print(json.dumps([run_list.as_record(run) for run in ordered]))
    else:
        print(run_list.as_text(ordered, sort))


def _compare(runs: Sequence[StoredRun], out: Path | None, *, as_json: bool) -> None:
    if out is not None:
        check_out_file(out, "compared.svg")
        if out.suffix.lower() not in PICTURES:
            raise InputError(
                f"--out: got {out}, expected a picture whose name ends in {', '.join(PICTURES)}. "
                "Name it so, such as compared.svg."
            )
        run_comparison.write_curves(runs, out)
    print(json.dumps(run_comparison.as_record(runs)) if as_json else run_comparison.as_text(runs))
    if out is not None and not as_json:
        print(f"curves   {out}")


def _check(folder: Path) -> None:
    """Refuse what holds no run."""
    if not folder.is_dir():
        raise InputError(
            f"{folder}: got no such folder, expected one that holds runs, or a run. Name it, or "
            "make a first run: chainrule train houses.csv --target price"
        )
    if not runs_in(folder):
        raise InputError(
            f"{folder}: got a folder without a run in it, expected one that holds runs, such as "
            "runs, or a run, such as runs/NAME-DATE-TIME. Name another."
        )
