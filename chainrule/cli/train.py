"""chainrule train: from a file to a tested model, with a report."""

from __future__ import annotations

import json
import time
from pathlib import Path

from chainrule.cli.config import Config
from chainrule.data import read
from chainrule.errors import InputError
from chainrule.insight.explain import explain
from chainrule.insight.findings import Finding
from chainrule.insight.report import in_one_sentence
from chainrule.training.optimizers import optimizer_named
from chainrule.training.prepare import prepare
from chainrule.training.progress import progress_for, words
from chainrule.training.run_folder import RunFolder
from chainrule.training.train import Run, fit


def train_command(config: Config, out: Path | None, *, as_json: bool) -> Run:
    """Train as configured, write the run folder, and print what came of it."""
    if config.data is None:
        raise InputError(
            "No data was given; expected a file, such as: chainrule train houses.csv "
            "--target price. See chainrule train --help."
        )
    data = read(
        config.data, target=config.target, missing=config.missing, categorical=config.categorical
    )
    test = None
    if config.test_data is not None:
        target = config.target if not _is_label_file(config) else None
        test = read(
            config.test_data, target=target, missing=config.missing, categorical=config.categorical
        )
    folder = RunFolder(out or _new_folder(config.data), config.as_toml())
    prepared = prepare(data, test=test, task=config.task, split=config.split, seed=config.seed)
    run = fit(
        config.network(prepared.outputs),
        prepared,
        settings=config,
        optimizer=optimizer_named(config.optimizer),
        progress=progress_for(show=True),
        watch=folder,
    )
    folder.finished(run)
    found = explain(run, config.as_toml(), folder.path)
    print(_as_json(run, folder.path) if as_json else _as_text(run, found, folder.path))
    return run


def _is_label_file(config: Config) -> bool:
    return config.target is not None and Path(config.target).is_file()


def _new_folder(data: Path) -> Path:
    name = data.name.split(".")[0]
    return Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"


def _as_json(run: Run, folder: Path) -> str:
    return json.dumps(
        {"folder": str(folder), "test": run.test, "baseline": run.baseline, "best": run.best}
    )


def _as_text(run: Run, found: list[Finding], folder: Path) -> str:
    lines = [f"note: {note}" for note in run.notes]
    lines += [f"finding: {finding.text}" for finding in found]
    lines += ["", in_one_sentence(run), ""]
    if run.test:
        lines.append(f"{'':12}{'test':>14}{'guessing':>14}")
    for name, score in run.test.items():
        guess = f"{run.baseline[name]:>14,.4f}" if name in run.baseline else ""
        lines.append(f"{words(name):12}{score:>14,.4f}{guess}")
    lines += [
        "",
        f"report  {folder / 'report.html'}",
        f"curves  {folder / 'curves.png'}",
        f"model   {folder / 'model.safetensors'}",
        f"        chainrule predict {folder / 'model.safetensors'} NEW-DATA",
    ]
    return "\n".join(lines)
