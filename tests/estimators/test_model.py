"""A fitted estimator is a model: saved, evaluated, explained, and predicting alike afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import NotFittedError

import chainrule as cr
from chainrule import NeuralClassifier, NeuralRegressor
from tests.insight.page import Page

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

QUICK: dict[str, Any] = {"learning_rate_init": 0.01, "max_iter": 30, "random_state": 0}
SPECIES = np.array(["setosa", "versicolor", "virginica"])


def flowers() -> pd.DataFrame:
    """Four columns of numbers, and the species as text."""
    features, kinds = load_iris(return_X_y=True)
    frame = pd.DataFrame(features, columns=["a", "b", "c", "d"])
    return frame.assign(species=SPECIES[kinds])


def houses() -> pd.DataFrame:
    """A column of numbers and one of text, with missing values, and the price."""
    rooms = np.arange(60.0) % 5
    rooms[7] = np.nan
    place = np.array(["north", "south", "west"], dtype=object)[np.arange(60) % 3]
    place[11] = None
    price = 1e5 * (np.arange(60) % 3) + 1e4 * np.nan_to_num(rooms)
    return pd.DataFrame({"rooms": rooms, "place": place, "price": price})


def fitted(frame: pd.DataFrame, target: str, **parameters: Any) -> Any:
    kind = NeuralRegressor if target == "price" else NeuralClassifier
    return kind(**{**QUICK, **parameters}).fit(frame.drop(columns=target), frame[target])


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("preset", [None, "fast"])
def test_a_saved_classifier_predicts_the_same_probabilities(
    tmp_path: Path, members: int, preset: str | None
) -> None:
    estimator = fitted(flowers(), "species", members=members, preset=preset)
    cr.save(estimator, tmp_path / "model.safetensors")
    model = cr.load(tmp_path / "model.safetensors")
    rows = flowers().drop(columns="species")
    predicted = model.predict(cr.read(rows)).numpy()
    assert model.preparation.class_names == tuple(estimator.classes_)
    assert model.preparation.target.name == "species"
    assert len(model.members) == members
    np.testing.assert_allclose(predicted, estimator.predict_proba(rows), atol=1e-5)


@pytest.mark.parametrize("scaling", [None, "none"])
def test_a_saved_regressor_predicts_the_same_numbers(tmp_path: Path, scaling: str | None) -> None:
    estimator = fitted(houses(), "price", scaling=scaling)
    cr.save(estimator, tmp_path / "model.safetensors")
    model = cr.load(tmp_path / "model.safetensors")
    rows = houses().drop(columns="price")
    predicted = model.predict(cr.read(rows)).numpy()[:, 0]
    np.testing.assert_allclose(predicted, estimator.predict(rows), rtol=1e-4, atol=1)


def test_two_classes_keep_their_order(tmp_path: Path) -> None:
    features, kinds = load_breast_cancer(return_X_y=True)
    estimator = NeuralClassifier(**QUICK).fit(features, np.where(kinds, "benign", "malignant"))
    cr.save(estimator, tmp_path / "model.safetensors")
    model = cr.load(tmp_path / "model.safetensors")
    assert model.preparation.class_names == ("benign", "malignant")
    rows = pd.DataFrame(features, columns=[f"x{place}" for place in range(30)])
    predicted = model.predict(cr.read(rows)).numpy()
    np.testing.assert_allclose(predicted, estimator.predict_proba(features), atol=1e-5)


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        ([3, 10], ("3", "10")),
        ([1.0, 2.0], ("1", "2")),
        ([False, True], ("false", "true")),
        (["10", "9"], ("10", "9")),
    ],
    ids=str,
)
def test_class_names_are_as_they_are_read_from_data(
    classes: list[Any], names: tuple[str, ...]
) -> None:
    labels = np.array(classes)[np.arange(40) % 2]
    features = pd.DataFrame({"a": np.arange(40) % 2 + 0.0})
    estimator = NeuralClassifier(**QUICK).fit(features, labels)
    assert estimator.model_.preparation.class_names == names
    assert cr.evaluate(estimator, features.assign(y=labels), progress=False).rows == 40


def test_an_estimator_is_evaluated_on_data_with_its_target() -> None:
    estimator = fitted(flowers().iloc[::2], "species")
    fresh = flowers().iloc[1::2]
    evaluation = cr.evaluate(estimator, fresh, progress=False)
    expected = estimator.score(fresh.drop(columns="species"), fresh["species"])
    assert evaluation.scores["accuracy"] == pytest.approx(expected)
    assert evaluation.baseline["accuracy"] == pytest.approx(1 / 3, abs=0.01)


def test_a_regressor_is_evaluated_in_the_unit_of_its_target() -> None:
    estimator = fitted(houses(), "price")
    evaluation = cr.evaluate(estimator, houses(), progress=False)
    expected = estimator.score(houses().drop(columns="price"), houses()["price"])
    assert evaluation.scores["r2"] == pytest.approx(expected, abs=1e-4)


def test_the_importance_of_its_columns_is_measured() -> None:
    estimator = fitted(flowers(), "species")
    measured = cr.permutation_importance(estimator, cr.read(flowers(), target="species"))
    assert {column.column for column in measured.columns} == {"a", "b", "c", "d"}


def test_the_run_has_the_history_and_the_epoch_whose_weights_are_kept() -> None:
    estimator = fitted(flowers(), "species", early_stopping=True, n_iter_no_change=4, max_iter=100)
    run = estimator.run_
    assert run.best["epoch"] == estimator.best_epoch_
    assert run.best["validation_score"] == max(estimator.validation_scores_)
    assert run.sizes == {"training": 135, "validation": 15, "test": 0}
    assert (run.stopped, run.test) == ("patience", {})


def test_the_report_judges_it_by_data_that_it_did_not_learn_from(tmp_path: Path) -> None:
    estimator = fitted(flowers().iloc[::2], "species", early_stopping=True)
    run = cr.report(estimator, flowers().iloc[1::2], tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    score = estimator.score(
        flowers().iloc[1::2].drop(columns="species"), flowers().iloc[1::2]["species"]
    )
    assert run.test["accuracy"] == pytest.approx(score)
    assert run.sizes["test"] == 75
    assert run.confusion is not None
    for section in ("scores", "learning", "confusion", "calibration", "importance", "data"):
        assert section in page.every("id")


def test_the_report_of_a_run_in_python_is_the_same(tmp_path: Path) -> None:
    network = cr.Network(cr.Dense(8, "relu"), cr.Dense(1))
    run = cr.train(
        network, cr.read(houses(), target="price"), epochs=3, split=(0.8, 0.2, 0), progress=False
    )
    judged = cr.report(run, houses(), tmp_path / "report.html")
    assert judged.test["rmse"] > 0
    assert "errors" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [NeuralClassifier, NeuralRegressor])
def test_several_targets_of_a_sample_are_refused(kind: Any, tmp_path: Path) -> None:
    features, kinds = load_iris(return_X_y=True)
    both = np.column_stack([kinds == 0, kinds == 1]).astype(int)
    estimator = kind(**QUICK).fit(features, both)
    with pytest.raises(cr.InputError) as error:
        cr.save(estimator, tmp_path / "model.safetensors")
    assert str(error.value) == (
        f"{kind.__name__}: got 2 numbers or labels a sample, expected one, since a model of "
        "chainrule predicts one column. Train an estimator for each, or pickle this one."
    )


def test_before_it_has_learned_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        cr.save(NeuralClassifier(), tmp_path / "model.safetensors")


def test_what_holds_no_model_is_refused_with_what_does(tmp_path: Path) -> None:
    with pytest.raises(cr.InputError, match="got an object of type dict, expected a model, or a"):
        cr.save(json.loads("{}"), tmp_path / "model.safetensors")
