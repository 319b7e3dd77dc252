"""chainrule train: train and test a model, and write its run folder and report."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import torch

from chainrule.cli.config import Config
from chainrule.cli.exit_status import DIVERGED
from chainrule.cli.folder import check_writable
from chainrule.cli.json_result import json_result
from chainrule.cli.prepare_run import prepare_run
from chainrule.data.formatting import format_score, metric_label
from chainrule.data.preparation import Preparation
from chainrule.insight.augmentation_preview import write_preview
from chainrule.insight.explain import explain
from chainrule.insight.findings import Finding
from chainrule.insight.summary import baseline_note, positive_class_note, run_summary
from chainrule.insight.text_table import text_table
from chainrule.training.fit import run_job
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.progress import progress_for
from chainrule.training.objective.mixed_precision import notes_on
from chainrule.training.run_folder import RunFolder, check_new
from chainrule.training.train import Run


def train_command(config: Config, out: Path | None, *, as_json: bool) -> Run:
    """Train as configured, write the run folder, and print the result.

    Raises:
        InputError: the configuration or the data is invalid, or training diverged in its first
            epoch.
        SystemExit: training diverged later; the model has the best weights before that.
        KeyboardInterrupt: the user interrupted before the first epoch ended.
    """
    path = out or _new_folder(config.data or Path("run"))
    check_new(path)
    check_writable(path)
    prepared_run = prepare_run(config, "train")
    recipe, job = prepared_run.recipe, prepared_run.job
    validated = prepared_run.prepared.is_validated
    print(recipe.summary(validated=validated), file=sys.stderr)
    for note in notes_on(recipe.settings.precision):
        print(note, file=sys.stderr)
    folder = RunFolder(path, prepared_run.run_config)
    with _removed_without_epochs(path):
        run = run_job(job, progress=progress_for(show=True), watch=folder)
    folder.finished(run)
    findings = explain(run, prepared_run.prepared, prepared_run.run_config, folder.path)
    if recipe.augmentation is not None:
        source = BatchSource.of(prepared_run.prepared, recipe.settings)
        preview(source, folder.path / "augmentation.png")
    print(_as_json(run, findings, path) if as_json else _as_text(run, findings, path))
    if run.diverged:
        sys.exit(DIVERGED)
    return run


@contextmanager
def _removed_without_epochs(folder: Path) -> Iterator[None]:
    """Remove the run folder on an error before the first epoch ended, to free its name."""
    created = [
        path for path in (folder / "checkpoints", folder, *folder.parents) if not path.exists()
    ]
    try:
        yield
    except BaseException as error:
        if not (folder / "metrics.jsonl").exists():
            (folder / "config.toml").unlink(missing_ok=True)
            for path in created:
                with suppress(OSError):  # a parent folder may hold another run by now
                    path.rmdir()
        if isinstance(error, KeyboardInterrupt):
            print("Interrupted before the first epoch ended: nothing was saved.", file=sys.stderr)
        raise


def preview(source: BatchSource, path: Path, samples: int = 6) -> None:
    """Draw some training samples as augmented in the first epochs."""
    assert source.augmentation is not None
    rows = torch.arange(min(samples, len(source.samples)))
    write_preview(
        source.samples.features[rows],
        rows,
        source.augmentation,
        path,
        seed=source.seed,
        low=source.low,
        high=source.high,
    )


def _new_folder(data: Path | str) -> Path:
    """Return the path of a new folder, named after the file or the database of the data."""
    source = Path(urlsplit(data).path or "run") if isinstance(data, str) else data
    name = f"{source.name.split('.')[0]}-{time.strftime('%Y%m%d-%H%M%S')}"
    candidates = (Path("runs") / (name if n == 1 else f"{name}-{n}") for n in count(1))
    return next(path for path in candidates if not path.exists())


def _as_json(run: Run, findings: list[Finding], folder: Path) -> str:
    preparation = run.model.preparation
    result = {
        "folder": str(folder),
        "model": str(folder / "model.safetensors"),
        "target": preparation.target.name,
        "task": preparation.task,
        "classes": list(preparation.class_names),
        "test": run.test,
        "baseline": run.baseline,
        "metric": run.metric,
        "best": run.best,
        "best_epochs": run.best_epochs,
        "stopped": run.stopped,
        "diverged": run.diverged,
        "members": [member.test for member in run.members],
        "samples": run.sizes,
        "seconds": run.seconds,
        "leaks": list(run.leaks),
        "notes": list(run.notes),
        "findings": [finding.as_json() for finding in findings],
    }
    return json_result(result)


def _as_text(run: Run, findings: list[Finding], folder: Path) -> str:
    lines = [f"note: {note}" for note in run.notes if note not in run.leaks]
    lines += [f"finding: {finding.text}" for finding in findings]
    lines += ["", _task_sentence(run.model.preparation), run_summary(run), ""]
    if run.test:
        rows = [
            (
                metric_label(name),
                format_score(score),
                format_score(run.baseline[name]) if name in run.baseline else "",
            )
            for name, score in run.test.items()
        ]
        lines.append(text_table(("", "test", "baseline"), rows))
        lines.append(f"(baseline: {baseline_note(run.model.preparation)})")
        lines += [f"caution: {leak}" for leak in run.leaks]
        lines += filter(None, [_member_scores(run), positive_class_note(run.model.preparation)])
    else:
        lines.append(
            "Not tested: there are no test samples. Use --test-data, or a test share in --split."
        )
    predict = shlex.join(["chainrule", "predict", str(folder)])
    lines += ["", f"report   {folder / 'report.html'}", f"curves   {folder / 'curves.png'}"]
    if (augmented := folder / "augmentation.png").exists():
        lines.append(f"augmented samples   {augmented}")
    lines.append(f"predict  {predict} NEW-DATA")
    return "\n".join(lines)


def _task_sentence(preparation: Preparation) -> str:
    """Describe the target and the task, so that the user can check an inferred task."""
    target, classes = preparation.target.name, preparation.class_names
    if classes:
        return f"Predicts '{target}' as one of {len(classes):,} classes (task {preparation.task})."
    return f"Predicts '{target}' as a number (task {preparation.task})."


def _member_scores(run: Run) -> str | None:
    """Describe the first test score of each member; None for a single network."""
    if not run.members:
        return None
    name = next(iter(run.test))
    scores = ", ".join(format_score(member.test[name]) for member in run.members)
    return f"Test {metric_label(name)} of each member alone: {scores}."
