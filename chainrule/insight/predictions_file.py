"""What was said of each sample that was held out, as a file: to be sorted, joined, looked into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.table import Column, Table
from chainrule.data.write import write_file
from chainrule.insight.answers import Answers, ClassAnswers

DIGITS = 6  # float32 has about 7


def write_predictions(answers: Answers, target: str, path: Path) -> None:
    """Write a line of CSV for each sample: which it is, what is true, what was said.

    Args:
        answers: of the model.
        target: the name of what was predicted.
        path: of the file.
    """
    columns = [_which(answers), *_said(answers, target)]
    write_file([columns], path, "csv")


def _which(answers: Answers) -> Column:
    """The row in the file, or the name of the picture, of each sample."""
    rows = answers.rows
    if isinstance(rows, Table):
        if rows.places is None or len(rows.places.files) == 1:
            return Column("row", np.array([float(rows.row(i)) for i in range(len(rows))]))
        return Column("row", np.array([*map(rows.place, range(len(rows))), None], object)[:-1])
    if rows.names is None:
        return Column("picture", np.arange(1.0, len(rows) + 1))
    return Column("picture", rows.names)


def _said(answers: Answers, target: str) -> list[Column]:
    true, predicted = f"true {target}", f"predicted {target}"
    if not isinstance(answers, ClassAnswers):
        numbers = {true: answers.truth, predicted: answers.predicted}
        return [Column(name, _rounded(values)) for name, values in numbers.items()]
    names = np.array([*answers.classes, None], object)  # None: not an array of texts
    of_each = zip(answers.classes, answers.probabilities.T, strict=True)
    return [
        Column(true, names[answers.truth]),
        Column(predicted, names[answers.said]),
        *(Column(f"probability {name}", _rounded(of_class)) for name, of_class in of_each),
    ]


def _rounded(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers.tolist()])
