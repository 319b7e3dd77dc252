"""chainrule runs: a list of runs, or a comparison of several."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from chainrule.cli.out_file import check_out_file
from chainrule.errors import InputError
from chainrule.insight import run_comparison, run_list
from chainrule.insight.stored_run import StoredRun, is_run, runs_in

DEFAULT_FOLDER = Path("runs")
PLOT_ENDINGS = (".png", ".svg", ".pdf")


def runs_command(
    folders: Sequence[Path], sort: str | None, out: Path | None, *, as_json: bool
) -> None:
    """List the runs in folders, or compare several runs.

    Args:
        folders: the folders of several runs, to compare them; or folders of runs, to list them, by
            default `DEFAULT_FOLDER`.
        sort: validation metric of the list, the best run first; by default the newest is first.
        out: plot of the learning curves of a comparison.
        as_json: whether to print JSON instead of text.
    Raises:
        InputError: a folder has no run, `sort` is given for a comparison, or `out` for a list.
    """
    folders = folders or [DEFAULT_FOLDER]
    for folder in folders:
        _check(folder)
    runs = [run for folder in folders for run in runs_in(folder)]
    if len(folders) > 1 and all(is_run(folder) for folder in folders):
        if sort is not None:
            raise InputError(
                f"--sort: got '{sort}' for a comparison, which keeps the order of the runs; "
                "expected it for a list. Leave it out."
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
        if out.suffix.lower() not in PLOT_ENDINGS:
            raise InputError(
                f"--out: got {out}, expected a name that ends in {', '.join(PLOT_ENDINGS)}. Use "
                "one of them, such as compared.svg."
            )
        run_comparison.write_curves(runs, out)
    print(json.dumps(run_comparison.as_record(runs)) if as_json else run_comparison.as_text(runs))
    if out is not None and not as_json:
        print(f"curves   {out}")


def _check(folder: Path) -> None:
    """Refuse a folder that has no run."""
    if not folder.is_dir():
        raise InputError(
            f"{folder}: got a folder that does not exist, expected a folder of runs or of a run. "
            "Name another, or train a first run: chainrule train houses.csv --target price"
        )
    if not runs_in(folder):
        raise InputError(
            f"{folder}: got a folder without a run, expected a folder of runs, such as runs, or of "
            "a run, such as runs/NAME-DATE-TIME. Name another."
        )
