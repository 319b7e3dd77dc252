"""The file of what was said of each held-out sample."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.data.dataset import Images
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.table import Column, RowLocations, Table
from chainrule.insight.predictions import (
    ClassPredictions,
    NumberPredictions,
    Predictions,
    predict_with_truth,
)
from chainrule.insight.predictions_file import write_predictions
from chainrule.insight.report import Evidence
from chainrule.training.model.prediction_columns import predicted_columns, without_noise
from tests.training import toys


def lines(predictions: Predictions, folder: Path) -> list[dict[str, str]]:
    path = folder / "test-predictions.csv"
    write_predictions(predictions, "target", path)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_line_has_the_truth_of_its_row_in_the_file(
    of_two_classes: Evidence, tmp_path: Path
) -> None:
    assert of_two_classes.predictions is not None
    found = lines(of_two_classes.predictions, tmp_path)
    target = toys.table("binary", 200).target
    assert target is not None
    assert len(found) == of_two_classes.run.sizes["test"]
    for line in found:
        assert line["true target"] == target.values[int(line["row"]) - 1]


def test_the_share_of_right_lines_is_the_accuracy(
    of_three_classes: Evidence, tmp_path: Path
) -> None:
    assert of_three_classes.predictions is not None
    found = lines(of_three_classes.predictions, tmp_path)
    right = [line["true target"] == line["predicted target"] for line in found]
    assert np.mean(right) == pytest.approx(of_three_classes.run.test["accuracy"])
    for line in found:
        probabilities = [float(line[f"probability {name}"]) for name in "abc"]
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)  # each of six digits


def test_numbers_stand_beside_the_true_ones(of_numbers: Evidence, tmp_path: Path) -> None:
    assert of_numbers.predictions is not None
    found = lines(of_numbers.predictions, tmp_path)
    errors = [float(line["predicted target"]) - float(line["true target"]) for line in found]
    assert np.abs(errors).mean() == pytest.approx(of_numbers.run.test["mae"], rel=1e-4)


@pytest.mark.parametrize(("middle", "spread"), [(1e6, 3.0), (0.0, 1e-9), (-4e10, 0.5), (7.0, 1e6)])
def test_numbers_keep_the_digits_that_tell_rows_apart(
    tmp_path: Path, middle: float, spread: float
) -> None:
    x = np.random.default_rng(0).normal(size=200)
    y = middle + spread * x
    table = Table("numbers", (Column("x", x),), Column("target", y))
    model = cr.train(
        cr.Network(cr.Dense(1)), table, task="regression", epochs=5, progress=False
    ).model
    found = lines(predict_with_truth(model, table), tmp_path)
    assert [float(line["true target"]) for line in found] == y.tolist()
    predicted = [float(line["predicted target"]) for line in found]
    assert len(set(predicted)) == len(set(model.predict(table).flatten().tolist())) == 200
    np.testing.assert_allclose(predicted, model.predict(table)[:, 0], rtol=0, atol=1e-6 * spread)
    (written,) = predicted_columns(model, table)
    assert written.values.tolist() == predicted


def test_numbers_have_no_digits_of_noise() -> None:
    target = NumberTarget.standardised("price", Standardisation(mean=1e6, deviation=3.0))
    z = np.array([0.1, -1.7, 1e-5], np.float32)
    rounded = without_noise(target.inverse_transform(z), target)
    assert rounded.tolist() == [1000000.3, 999994.9, 1000000.00003]


@pytest.mark.parametrize("transform", ["none", "log", "yeo_johnson"])
def test_numbers_keep_their_digits_beside_an_outlier_and_behind_a_transform(transform: str) -> None:
    values = 1e6 + 3 * np.random.default_rng(0).normal(size=500)
    target = NumberTarget.fit("price", values, transform=transform)
    z = target.transform(values, lambda _: "").astype(np.float32)
    predicted = target.inverse_transform(z)
    assert len(set(without_noise(predicted, target))) == len(set(predicted.tolist()))
    np.testing.assert_allclose(without_noise(predicted, target), predicted, rtol=0, atol=1e-5)

    small = NumberTarget.fit("price", np.append(values - 1e6, 1e7))
    predicted = small.inverse_transform(np.linspace(-0.0446, -0.0444, 9).astype(np.float32))
    np.testing.assert_allclose(without_noise(predicted, small), predicted, rtol=1e-3)


def test_of_several_files_each_row_is_named_with_its_own(tmp_path: Path) -> None:
    rows = Table("two files", (Column("a", np.zeros(2)),), None)
    rows = replace(rows, row_locations=RowLocations((("may.csv", 1), ("june.csv", 1))))
    found = lines(NumberPredictions(rows, np.ones(2), np.ones(2)), tmp_path)
    assert [line["row"] for line in found] == ["may.csv, row 1", "june.csv, row 1"]


@pytest.mark.parametrize(
    ("names", "said"), [(["x.png", "y.png"], ["x.png", "y.png"]), (None, ["1", "2"])]
)
def test_pictures_are_told_by_their_file_or_else_by_their_number(
    tmp_path: Path, names: list[str] | None, said: list[str]
) -> None:
    given = None if names is None else np.array(names, object)
    images = Images("photos", np.zeros((2, 3, 3), np.uint8), None, names=given)
    predictions = ClassPredictions(images, ("a", "b"), np.eye(2), np.array([0, 1]))
    assert [line["picture"] for line in lines(predictions, tmp_path)] == said
