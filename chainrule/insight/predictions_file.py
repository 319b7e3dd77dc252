"""The CSV file of the predictions for held-out samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from chainrule.data.table import Column, Table
from chainrule.data.write import write_file
from chainrule.insight.predictions import ClassPredictions, Predictions
from chainrule.training.model.prediction_columns import to_six_digits


def write_predictions(predictions: Predictions, target: str, path: Path) -> None:
    """Write a line of CSV for each sample: row or file, true target, prediction.

    Args:
        predictions: predictions of the model.
        target: name of the target.
        path: path of the file.
    """
    columns = [_sample_column(predictions), *_prediction_columns(predictions, target)]
    write_file([columns], path, "csv")


def _sample_column(predictions: Predictions) -> Column:
    """Return the row in the file, or the name of the picture, of each sample."""
    rows = predictions.rows
    if isinstance(rows, Table):
        if rows.row_locations is None or len(rows.row_locations.files) == 1:
            return Column("row", np.array([float(rows.row(i)) for i in range(len(rows))]))
        return Column("row", np.array([*map(rows.location, range(len(rows))), None], object)[:-1])
    if rows.names is None:
        return Column("picture", np.arange(1.0, len(rows) + 1))
    return Column("picture", rows.names)


def _prediction_columns(predictions: Predictions, target: str) -> list[Column]:
    true, predicted = f"true {target}", f"predicted {target}"
    if not isinstance(predictions, ClassPredictions):
        numbers = {true: predictions.truth, predicted: predictions.predicted}
        return [Column(name, values) for name, values in numbers.items()]
    names = np.array([*predictions.classes, None], object)  # None keeps it an array of objects
    probabilities = zip(predictions.classes, predictions.probabilities.T, strict=True)
    return [
        Column(true, names[predictions.truth]),
        Column(predicted, names[predictions.predicted]),
        *(
            Column(f"probability {name}", to_six_digits(of_class))
            for name, of_class in probabilities
        ),
    ]
