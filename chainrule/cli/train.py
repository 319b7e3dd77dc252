"""chainrule train: from a file to a tested model, with a report."""

from __future__ import annotations

import json
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
from chainrule.cli.folder import check_writable
from chainrule.cli.prepare_run import prepare_run
from chainrule.data.preparation import Preparation
from chainrule.insight.augmentation_preview import write_preview
from chainrule.insight.explain import explain
from chainrule.insight.findings import Finding
from chainrule.insight.report import format_score, positive_class_note, run_summary
from chainrule.training.fit import run_job
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.progress import metric_label, progress_for
from chainrule.training.objective.mixed_precision import notes_on
from chainrule.training.run_folder import RunFolder, check_new
from chainrule.training.train import Run


def train_command(config: Config, out: Path | None, *, as_json: bool) -> Run:
    """Train as configured, write the run folder, and print what came of it.

    Raises:
        InputError: something in the configuration or the data can't be used, or training diverged.
        KeyboardInterrupt: it came before there was anything to keep.
    """
    path = out or _new_folder(config.data or Path("run"))
    check_new(path)
    check_writable(path)
    ready = prepare_run(config, "train")
    settings, fit = ready.recipe.settings, ready.fit
    print(ready.recipe.summary(ready.task), file=sys.stderr)
    for note in notes_on(settings.precision):
        print(note, file=sys.stderr)
    folder = RunFolder(path, ready.run_config)
    with _no_folder_without_an_epoch(path):
        run = run_job(fit, progress=progress_for(show=True), watch=folder)
    folder.finished(run)
    found = explain(run, ready.prepared, ready.run_config, folder.path)
    if ready.recipe.augmentation is not None:
        preview(BatchSource.of(ready.prepared, settings), folder.path / "augmentation.png")
    print(_as_json(run, found, path) if as_json else _as_text(run, found, path))
    return run


@contextmanager
def _no_folder_without_an_epoch(folder: Path) -> Iterator[None]:
    """Take a folder away again in which training left nothing, so that its name can be used."""
    made = [path for path in (folder / "checkpoints", folder, *folder.parents) if not path.exists()]
    try:
        yield
    except BaseException as error:
        if not (folder / "metrics.jsonl").exists():
            (folder / "config.toml").unlink(missing_ok=True)
            for path in made:
                with suppress(OSError):  # of another run that is under way beside it
                    path.rmdir()
        if isinstance(error, KeyboardInterrupt):
            print("Interrupted before the first epoch ended: nothing to keep.", file=sys.stderr)
        raise


def preview(feeding: BatchSource, path: Path, samples: int = 6) -> None:
    """Draw some training samples as they are in the first epochs."""
    assert feeding.augmentation is not None
    rows = torch.arange(min(samples, len(feeding.samples)))
    write_preview(
        feeding.samples.features[rows],
        rows,
        feeding.augmentation,
        path,
        seed=feeding.seed,
        low=feeding.low,
        high=feeding.high,
    )


def _new_folder(data: Path | str) -> Path:
    """A folder that is not there yet, named like the file or the database of the data."""
    source = Path(urlsplit(data).path or "run") if isinstance(data, str) else data
    name = f"{source.name.split('.')[0]}-{time.strftime('%Y%m%d-%H%M%S')}"
    tries = (Path("runs") / (name if n == 1 else f"{name}-{n}") for n in count(1))
    return next(path for path in tries if not path.exists())


def _as_json(run: Run, found: list[Finding], folder: Path) -> str:
    preparation = run.model.preparation
    result = {
        "folder": str(folder),
        "model": str(folder / "model.safetensors"),
        "target": preparation.target.name,
        "task": preparation.task,
        "classes": list(preparation.class_names),
        "test": run.test,
        "baseline": run.baseline,
        "best": run.best,
        "stopped": run.stopped,
        "members": [member.test for member in run.members],
        "samples": run.sizes,
        "seconds": run.seconds,
        "leaks": list(run.leaks),
        "notes": list(run.notes),
        "findings": [finding.as_json() for finding in found],
    }
    return json.dumps(result, allow_nan=False)


def _as_text(run: Run, found: list[Finding], folder: Path) -> str:
    lines = [f"note: {note}" for note in run.notes if note not in run.leaks]
    lines += [f"finding: {finding.text}" for finding in found]
    lines += ["", _learned(run.model.preparation), run_summary(run), ""]
    if run.test:
        lines.append(f"{'':18}{'test':>14}{'guessing':>14}")
        for name, score in run.test.items():
            guess = format_score(run.baseline[name]) if name in run.baseline else ""
            lines.append(f"{metric_label(name):18}{format_score(score):>14}{guess:>14}".rstrip())
        guess = "the most frequent class" if run.model.preparation.class_names else "the mean"
        lines.append(f"(guessing: always answering {guess} of the training samples)")
        lines += [f"caution: {leak}" for leak in run.leaks]
        lines += filter(None, [_of_members(run), positive_class_note(run)])
    else:
        lines.append("Not tested: there are no test samples. Give --test-data or a test share.")
    predict = shlex.join(["chainrule", "predict", str(folder)])
    lines += ["", f"report   {folder / 'report.html'}", f"curves   {folder / 'curves.png'}"]
    if (augmented := folder / "augmentation.png").exists():
        lines.append(f"augmented samples   {augmented}")
    lines.append(f"predict  {predict} NEW-DATA")
    return "\n".join(lines)


def _learned(preparation: Preparation) -> str:
    """What was predicted; where the task was found out, this shows whether it was meant."""
    target, classes = preparation.target.name, preparation.class_names
    if classes:
        kinds = f"{len(classes):,} classes"
        return f"Predicts '{target}' as one of {kinds} (task {preparation.task})."
    return f"Predicts '{target}' as a number (task {preparation.task})."


def _of_members(run: Run) -> str | None:
    """The first score of each member alone; None of a single network."""
    if not run.members:
        return None
    name = next(iter(run.test))
    scores = ", ".join(format_score(member.test[name]) for member in run.members)
    return f"Test {metric_label(name)} of each member alone: {scores}."
