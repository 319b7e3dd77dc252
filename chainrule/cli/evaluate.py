"""chainrule evaluate: what a model is worth on fresh labelled data, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainrule import durable
from chainrule.cli.command_options import EvaluateOptions
from chainrule.cli.model_path import resolve_model_file
from chainrule.cli.new_rows import as_file
from chainrule.cli.out_file import check_out_file
from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.insight.stored_run import stored_run
from chainrule.insight.summary import format_score
from chainrule.insight.text_table import text_table
from chainrule.training.loop.progress import metric_label
from chainrule.training.model.evaluation import (
    Evaluation,
    evaluate,
)
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load

MOST_CLASSES_SHOWN = 12  # as many columns as a terminal has room for


def evaluate_command(
    model: Path, data: str, out: Path | None, options: EvaluateOptions, *, as_json: bool
) -> Evaluation:
    """Print the scores of a model on labelled data, with their intervals of confidence.

    Args:
        model: file of a model, or folder of a run.
        data: as of `chainrule predict`, with the truth.
        out: JSON file to write as well, or None.
        options: of reading the rows and of the intervals.
        as_json: print JSON, and not text.
    Raises:
        InputError: one of the files can't be used, or the data do not fit the model.
    """
    if out is not None:
        check_out_file(out, "evaluation.json")
    loaded = load(resolve_model_file(model))
    explicit = options.subset(ReadOptions)
    with as_file(data) as source:
        read_options = loaded.preparation.read_options.for_labelled_rows(explicit)
        rows = read_dataset(source, read_options, explicit=explicit)
    found = evaluate(loaded, rows, resamples=options.resamples, seed=options.seed)
    tested = {}
    if model.is_dir():
        run = stored_run(model)
        tested = run.test
        leaks = (f"the test of the run: {leak}" for leak in run.leaks)
        found = replace(found, notes=(*found.notes, *leaks))
        if run.config.given.get("data") == str(Path(data).resolve()):
            found = replace(found, notes=(*found.notes, _learned_from(found.source)))
    result = json.dumps(_as_json(found, loaded, tested), allow_nan=False)
    if out is not None:
        durable.write_text(out, result + "\n")
    print(result if as_json else "\n".join(_as_text(found, loaded, tested)))
    return found


def _learned_from(source: str) -> str:
    return (
        f"{source}: most of these rows were learned from, so these scores are too good; that of "
        "the run's own test is the honest one"
    )


def _as_json(found: Evaluation, model: Model, tested: dict[str, float]) -> dict[str, Any]:
    return {
        "data": found.source,
        "rows": found.rows,
        "target": model.preparation.target.name,
        "task": model.task,
        "classes": list(model.preparation.class_names),
        "scores": found.scores,
        "intervals": {name: [each.low, each.high] for name, each in found.intervals.items()},
        "test": tested,
        "baseline": found.baseline,
        "confusion": None if found.confusion is None else found.confusion.tolist(),
        "errors": found.errors,
        "notes": list(found.notes),
    }


def _as_text(found: Evaluation, model: Model, tested: dict[str, float]) -> Iterator[str]:
    yield from (f"note: {note}" for note in found.notes)
    target = model.preparation.target.name
    yield f"\n{found.source}: {pluralised(found.rows, 'row')}, '{target}' predicted and compared.\n"
    rows = [
        (
            metric_label(name),
            format_score(score),
            f"{format_score(interval.low)} to {format_score(interval.high)}" if interval else "",
            format_score(tested[name]) if name in tested else "",
            format_score(found.baseline[name]) if name in found.baseline else "",
        )
        for name, score in found.scores.items()
        for interval in [found.intervals.get(name)]
    ]
    yield text_table(("", "score", "95 % interval", "test of the run", "guessing"), rows)
    yield "(guessing: always answering what was most likely in training)"
    if model.task == "binary":
        yield f"Precision, recall and f1 are those of '{model.preparation.class_names[1]}'."
    if found.errors:
        yield "\nErrors, predicted - true: their mean, and below what those of so many rows are."
        yield text_table(
            [*found.errors], [[format_score(error) for error in found.errors.values()]]
        )
    if found.confusion is not None and len(found.confusion) <= MOST_CLASSES_SHOWN:
        names = model.preparation.class_names
        yield "\nWhat was taken for what: a row is the true class, a column what the model said."
        counts = zip(names, found.confusion.tolist(), strict=True)
        yield text_table(("", *names), [(name, *map(str, row)) for name, row in counts])
