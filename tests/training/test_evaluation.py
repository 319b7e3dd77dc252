"""Evaluation on fresh data: the scores of the run's own test, on other rows, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics
from sklearn.dummy import DummyClassifier, DummyRegressor

import chainrule as cr
from chainrule.data.preparation.targets import ClassTarget, NumberTarget
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.model.evaluation import Evaluation, evaluate
from chainrule.training.run import Run
from tests.training import toys


@pytest.fixture(scope="module")
def run_of() -> Callable[[Task], Run]:
    """A run of each task, trained once."""
    runs: dict[Task, Run] = {}

    def run(task: Task) -> Run:
        if task not in runs:
            runs[task] = toys.run(task, epochs=3)
        return runs[task]

    return run


def fresh(task: Task, rows: int = 80) -> Table:
    return toys.table(task, rows, seed=9)


@pytest.mark.parametrize("task", toys.TASKS)
def test_scores_are_those_of_the_model(run_of: Callable[[Task], Run], task: Task) -> None:
    model = run_of(task).model
    evaluation = evaluate(model, fresh(task), resamples=40)
    expected = toys.scores(model, fresh(task))
    assert evaluation.scores == pytest.approx({n: v for n, v in expected.items() if n != "loss"})
    assert evaluation.rows == 80


@pytest.mark.parametrize("task", toys.TASKS)
def test_every_score_lies_in_its_interval(run_of: Callable[[Task], Run], task: Task) -> None:
    evaluation = evaluate(run_of(task).model, fresh(task), resamples=300)
    assert list(evaluation.intervals) == list(evaluation.scores)
    for name, interval in evaluation.intervals.items():
        assert interval.low <= evaluation.scores[name] <= interval.high, name


def test_the_interval_of_a_share_of_the_rows_is_that_of_scipy(
    run_of: Callable[[Task], Run],
) -> None:
    evaluation = evaluate(run_of("binary").model, fresh("binary"), resamples=40)
    right = round(evaluation.scores["accuracy"] * 80)
    expected = stats.binomtest(right, 80).proportion_ci(0.95, method="wilson")
    interval = evaluation.intervals["accuracy"]
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_four_times_the_rows_halve_the_interval(run_of: Callable[[Task], Run]) -> None:
    def width(evaluation: Evaluation) -> float:
        return evaluation.intervals["mae"].high - evaluation.intervals["mae"].low

    model = run_of("regression").model
    few = evaluate(model, fresh("regression", 500), resamples=500)
    many = evaluate(model, fresh("regression", 2000), resamples=500)
    assert width(few) / width(many) == pytest.approx(2, rel=0.25)


def test_guessing_numbers_is_their_mean_in_training(run_of: Callable[[Task], Run]) -> None:
    run, data = run_of("regression"), fresh("regression")
    assert data.target is not None
    target = run.model.preparation.target
    assert isinstance(target, NumberTarget)
    guess = DummyRegressor(strategy="constant", constant=target.standardisation.mean)
    predicted = guess.fit(np.zeros((80, 1)), data.target.values).predict(np.zeros((80, 1)))
    evaluation = evaluate(run.model, data, resamples=40)
    assert evaluation.baseline["mae"] == pytest.approx(
        metrics.mean_absolute_error(data.target.values, predicted), rel=1e-5
    )


@pytest.mark.parametrize("task", ["binary", "classification"])
def test_guessing_classes_is_their_share_in_training(
    run_of: Callable[[Task], Run], task: Task
) -> None:
    run, data = run_of(task), fresh(task)
    assert data.target is not None
    target = run.model.preparation.target
    assert isinstance(target, ClassTarget)
    labels = np.array(target.classes).repeat(np.array(target.counts, np.int64))
    guess = DummyClassifier(strategy="prior").fit(np.zeros((len(labels), 1)), labels)
    shares = guess.predict_proba(np.zeros((80, 1)))
    evaluation = evaluate(run.model, data, resamples=40)
    assert evaluation.baseline["log_loss"] == pytest.approx(
        metrics.log_loss(data.target.values, shares, labels=guess.classes_), rel=1e-5
    )


def test_the_confusion_matrix_is_that_of_sklearn(run_of: Callable[[Task], Run]) -> None:
    model, data = run_of("classification").model, fresh("classification")
    assert data.target is not None
    names = np.array(model.preparation.class_names)
    predicted = names[model.predict(data).argmax(1).numpy()]
    evaluation = evaluate(model, data, resamples=40)
    assert evaluation.confusion is not None
    assert (
        evaluation.confusion.tolist()
        == metrics.confusion_matrix(data.target.values, predicted).tolist()
    )


def test_errors_are_predicted_minus_true_with_their_quantiles(
    run_of: Callable[[Task], Run],
) -> None:
    model, data = run_of("regression").model, fresh("regression")
    assert data.target is not None
    errors = model.predict(data).numpy()[:, 0] - data.target.values
    quantiles = evaluate(model, data, resamples=40).errors
    assert quantiles["mean"] == pytest.approx(errors.mean(), rel=1e-4, abs=1e-3)
    assert quantiles["95 %"] == pytest.approx(np.quantile(errors, 0.95), rel=1e-4)


def test_a_path_is_read_as_the_model_needs_it(
    run_of: Callable[[Task], Run], tmp_path: Path
) -> None:
    data = fresh("binary")
    assert data.target is not None
    rows = zip(*(column.values for column in (data.target, *data.columns)), strict=True)
    lines = [",".join(map(str, row)) + ",further" for row in rows]
    (tmp_path / "fresh.csv").write_text("\n".join(["answer,a,b,c,more", *lines]))
    model = run_of("binary").model
    evaluation = cr.evaluate(model, tmp_path / "fresh.csv", target="answer", resamples=40)
    assert evaluation.scores == pytest.approx(evaluate(model, data, resamples=40).scores)
    assert evaluation.notes == (
        "fresh.csv: columns that the model does not need are ignored: 'more'",
    )


def test_classes_that_look_like_numbers_are_met_as_they_were_learned(tmp_path: Path) -> None:
    lines = [f"{i % 10},0{i % 2}" for i in range(100)]
    (tmp_path / "codes.csv").write_text("\n".join(["a,code", *lines]))
    data = cr.read(tmp_path / "codes.csv", target="code", categorical=["code"])
    run = cr.train(cr.Network(cr.Dense(1)), data, epochs=1, progress=False)
    assert run.model.preparation.class_names == ("00", "01")
    assert cr.evaluate(run.model, tmp_path / "codes.csv", resamples=40).rows == 100


def test_data_without_the_truth_are_refused(run_of: Callable[[Task], Run]) -> None:
    with pytest.raises(InputError, match=r"toy\.csv: got no target"):
        evaluate(run_of("binary").model, replace(fresh("binary"), target=None))


def test_too_few_resamples_are_refused(run_of: Callable[[Task], Run]) -> None:
    with pytest.raises(InputError) as error:
        evaluate(run_of("binary").model, fresh("binary"), resamples=10)
    assert str(error.value) == (
        "got 10 resamples, expected at least 40, so that an interval of 95 % leaves out one at "
        "each end. Use 1000."
    )
