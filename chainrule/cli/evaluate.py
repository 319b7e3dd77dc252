"""chainrule evaluate: scores of a model on new labelled data, with confidence intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from chainrule import durable
from chainrule.cli.command_options import EvaluateOptions
from chainrule.cli.json_result import json_result
from chainrule.cli.model_path import resolve_model_file
from chainrule.cli.new_rows import as_file
from chainrule.cli.out_file import check_out_file
from chainrule.data.formatting import format_score, metric_label, pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.insight.provenance import FileMark, Provenance
from chainrule.insight.stored_run import PROVENANCE, StoredRun, stored_run
from chainrule.insight.summary import baseline_note, positive_class_note
from chainrule.insight.text_table import text_table
from chainrule.training.model.evaluation import Evaluation, evaluate, read_labelled
from chainrule.training.model.model import Model
from chainrule.training.model.model_file import load

MOST_CLASSES_SHOWN = 12  # as many columns as a terminal has room for


def evaluate_command(
    model: Path, data: str, out: Path | None, options: EvaluateOptions, *, as_json: bool
) -> Evaluation:
    """Print the scores of a model on labelled data, with confidence intervals.

    Args:
        model: file of a model, or folder of a run.
        data: as for `chainrule predict`, with the target.
        out: JSON file to write in addition, or None.
        options: how the rows are read and the intervals computed.
        as_json: whether to print JSON instead of text.
    Raises:
        InputError: a file cannot be used, or the data does not fit the model.
    """
    if out is not None:
        check_out_file(out, "evaluation.json")
    loaded = load(resolve_model_file(model))
    explicit = options.subset(ReadOptions)
    with as_file(data) as source:
        rows = read_labelled(loaded, source, explicit, options.sample_weight)
    evaluation = evaluate(loaded, rows, resamples=options.resamples, seed=options.seed)
    test_scores = {}
    if model.is_dir():
        run = stored_run(model)
        test_scores = run.test
        if run.problem:
            note = f"the test scores of the run can't be shown: {run.problem}"
            evaluation = replace(evaluation, notes=(*evaluation.notes, note))
        leaks = (f"the test of the run: {leak}" for leak in run.leaks)
        evaluation = replace(evaluation, notes=(*evaluation.notes, *leaks))
        if _was_trained_on(run, Path(data)):
            note = _training_data_note(evaluation.source)
            evaluation = replace(evaluation, notes=(*evaluation.notes, note))
    if out is not None or as_json:
        result = json_result(_as_json(evaluation, loaded, test_scores))
    if out is not None:
        durable.write_text(out, result + "\n")
    print(result if as_json else "\n".join(_as_text(evaluation, loaded, test_scores)))
    return evaluation


def _was_trained_on(run: StoredRun, data: Path) -> bool:
    """Return whether this is the file of a run, with the content that it had, under any name."""
    trained_on = run.config.given.get("data")
    if not data.is_file() or not (run.path / PROVENANCE).is_file():
        return trained_on == str(data.resolve())
    mark = Provenance.read(run.path).files.get(str(trained_on))
    return mark is not None and mark == FileMark.of(data, digest=bool(mark.sha256))


def _training_data_note(source: str) -> str:
    return (
        f"{source}: the model was trained on rows of this file, so these scores are too good; use "
        "the test scores of the run"
    )


def _as_json(evaluation: Evaluation, model: Model, test_scores: dict[str, float]) -> dict[str, Any]:
    return {
        "data": evaluation.source,
        "rows": evaluation.rows,
        "target": model.preparation.target.name,
        "task": model.task,
        "classes": list(model.preparation.class_names),
        "scores": evaluation.scores,
        "intervals": {name: [each.low, each.high] for name, each in evaluation.intervals.items()},
        "test": test_scores,
        "baseline": evaluation.baseline,
        "confusion": None if evaluation.confusion is None else evaluation.confusion.tolist(),
        "errors": evaluation.errors,
        "notes": list(evaluation.notes),
    }


def _as_text(evaluation: Evaluation, model: Model, test_scores: dict[str, float]) -> Iterator[str]:
    yield from (f"note: {note}" for note in evaluation.notes)
    target = model.preparation.target.name
    rows_read = pluralised(evaluation.rows, "row")
    yield f"\n{evaluation.source}: {rows_read}, '{target}' predicted and compared.\n"
    rows = [
        (
            metric_label(name),
            format_score(score),
            f"{format_score(interval.low)} to {format_score(interval.high)}" if interval else "",
            format_score(test_scores[name]) if name in test_scores else "",
            format_score(evaluation.baseline[name]) if name in evaluation.baseline else "",
        )
        for name, score in evaluation.scores.items()
        for interval in [evaluation.intervals.get(name)]
    ]
    yield text_table(("", "score", "95 % interval", "test of the run", "baseline"), rows)
    yield f"(baseline: {baseline_note(model.preparation)})"
    if positive_class := positive_class_note(model.preparation):
        yield positive_class
    if evaluation.errors:
        yield "\nErrors, predicted - true: their mean and quantiles over the rows."
        yield text_table(
            [*evaluation.errors], [[format_score(error) for error in evaluation.errors.values()]]
        )
    if evaluation.confusion is not None and len(evaluation.confusion) <= MOST_CLASSES_SHOWN:
        names = model.preparation.class_names
        yield "\nConfusion matrix: rows are true classes, columns are predicted classes."
        counts = zip(names, evaluation.confusion.tolist(), strict=True)
        yield text_table(("", *names), [(name, *map(str, row)) for name, row in counts])
