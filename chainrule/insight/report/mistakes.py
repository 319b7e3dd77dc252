"""The rows of a table that the network was most wrong about."""

from __future__ import annotations

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column, Table
from chainrule.insight.answers import Answers, ClassAnswers
from chainrule.insight.in_words import rounded
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph, table

MISTAKES = 12
COLUMNS_SHOWN = 5


def mistakes(evidence: Evidence) -> str:
    """Where they stand in the file, what was said, and what the most important columns hold."""
    answers = evidence.answers
    if answers is None or not isinstance(answers.rows, Table):
        return ""
    worst = answers.mistakes()[:MISTAKES]
    if not len(worst):
        return paragraph("There is none: every sample was recognised.")
    columns = _columns(evidence, answers.rows)
    said, heads = _said(answers, worst)
    rows = [
        (
            _place(answers.rows, int(sample)),
            *of_sample,
            *(_spelled(column, int(sample)) for column in columns),
        )
        for sample, of_sample in zip(worst, said, strict=True)
    ]
    head = ("row", *heads, *(column.name for column in columns))
    return paragraph(
        f"Rows of {answers.rows.source} are counted from 1, the header is not counted. Look "
        "whether what they say is right, and what they have in common."
    ) + table("The worst first", head, rows, ["text"] * (len(head) - 1))


def _place(rows: Table, sample: int) -> str:
    """Where a row stands: its number, with its file where there are several."""
    several = rows.places is not None and len(rows.places.files) > 1
    return rows.place(sample) if several else f"{rows.row(sample):,}"


def _columns(evidence: Evidence, rows: Table) -> list[Column]:
    """The most important columns; the first ones where nobody knows."""
    found = evidence.importance
    names = evidence.run.model.preparation.columns
    if found is not None:
        names = tuple(one.column for one in found.columns)
    return [rows.column(name) for name in islice(names, COLUMNS_SHOWN)]


def _said(
    answers: Answers, samples: NDArray[np.int64]
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """What was said of each of the samples, and what stands above it."""
    if isinstance(answers, ClassAnswers):
        names = answers.classes
        said = zip(
            (names[place] for place in answers.said[samples]),
            (f"{share:.0%}" for share in answers.confidence[samples]),
            (names[place] for place in answers.truth[samples]),
            (f"{share:.0%}" for share in answers.of_truth[samples]),
            strict=True,
        )
        return list(said), ("said", "probability", "true", "probability")
    numbers = (answers.predicted, answers.truth, answers.errors)
    of_samples = zip(*(map(rounded, values[samples].tolist()) for values in numbers), strict=True)
    return list(of_samples), ("predicted", "true", "error")


def _spelled(column: Column, row: int) -> str:
    value = column.categories()[row : row + 1][0] if column.kind == "category" else None
    if column.kind == "number" and not np.isnan(column.values[row]):
        value = rounded(float(column.values[row]))
    return "missing" if value is None else str(value)
