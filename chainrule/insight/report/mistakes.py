"""Section on the rows of a table with the worst mistakes."""

from __future__ import annotations

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_four_digits
from chainrule.data.table import Column, Table
from chainrule.insight.predictions import ClassPredictions, Predictions
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, table

MISTAKES = 12
COLUMNS_SHOWN = 5


def mistakes(evidence: Evidence) -> str:
    """Return a table of the worst mistakes: row in the file, prediction, important columns."""
    predictions = evidence.predictions
    if predictions is None or not isinstance(predictions.rows, Table):
        return ""
    worst = predictions.worst_first()[:MISTAKES]
    if not len(worst):
        return paragraph("There are none: every sample was classified correctly.")
    columns = _columns(evidence, predictions.rows)
    cells, heads = _prediction_cells(predictions, worst)
    rows = [
        (
            _location(predictions.rows, int(sample)),
            *of_sample,
            *(_cell(column, int(sample)) for column in columns),
        )
        for sample, of_sample in zip(worst, cells, strict=True)
    ]
    head = ("row", *heads, *(column.name for column in columns))
    return paragraph(
        f"Rows of {predictions.rows.source} are counted from 1, without the header. Check whether "
        "their values are right, and what they have in common."
    ) + table("Worst first", head, rows, ["text"] * (len(head) - 1))


def _location(rows: Table, sample: int) -> str:
    """Return the number of a row, with its file where there are several."""
    several = rows.row_locations is not None and len(rows.row_locations.files) > 1
    return rows.location(sample) if several else f"{rows.row(sample):,}"


def _columns(evidence: Evidence, rows: Table) -> list[Column]:
    """Return the most important columns, or the first ones if the importance is unknown."""
    importances = evidence.importance
    names = evidence.run.model.preparation.columns
    if importances is not None:
        names = tuple(one.column for one in importances.columns)
    return [rows.column(name) for name in islice(names, COLUMNS_SHOWN)]


def _prediction_cells(
    predictions: Predictions, samples: NDArray[np.int64]
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Return the cells of predictions and targets of each sample, and the heads of the columns."""
    if isinstance(predictions, ClassPredictions):
        names = predictions.classes
        cells = zip(
            (names[index] for index in predictions.predicted[samples]),
            (f"{share:.0%}" for share in predictions.confidence[samples]),
            (names[index] for index in predictions.truth[samples]),
            (f"{share:.0%}" for share in predictions.true_probabilities[samples]),
            strict=True,
        )
        return list(cells), ("predicted", "probability", "true", "probability")
    numbers = (predictions.predicted, predictions.truth, predictions.errors)
    columns = [map(format_four_digits, values[samples].tolist()) for values in numbers]
    return list(zip(*columns, strict=True)), ("predicted", "true", "error")


def _cell(column: Column, row: int) -> str:
    value = column.categories()[row : row + 1][0] if column.kind == "category" else None
    if column.kind == "number" and not np.isnan(column.values[row]):
        number = float(column.values[row])
        is_short = number.is_integer() and abs(number) < 10_000  # such as a year
        value = f"{number:.0f}" if is_short else format_four_digits(number)
    return "missing" if value is None else str(value)
