"""The best epoch: by the metric that selects it."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.metrics import METRICS
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.selection import (
    LOWER_IS_BETTER,
    SELECTION_METRICS,
    SelectionMetric,
)
from chainrule.training.settings.settings import Settings
from tests.training import toys

BOTH: tuple[SelectionMetric, ...] = ("loss", "accuracy")
FITTING = [(task, m) for task in toys.TASKS for m in SELECTION_METRICS if m in METRICS[task]]


@pytest.mark.parametrize("task", ["binary", "classification"])
def test_by_accuracy_it_is_the_last_of_those_with_the_most_right_answers(task: Task) -> None:
    run = toys.run(task, epochs=30, patience=0, metric="accuracy", learning_rate=0.02)
    highest = max(record["validation_accuracy"] for record in run.history)
    last = [r for r in run.history if r["validation_accuracy"] == highest][-1]
    assert run.best is last


def test_by_loss_it_is_the_first_with_the_lowest() -> None:
    run = toys.run("binary", epochs=30, patience=0, learning_rate=0.02)
    assert run.best is min(run.history, key=lambda record: record["validation_loss"])


@pytest.mark.parametrize(("task", "metric"), FITTING)
def test_every_metric_of_a_task_selects_the_epoch_and_is_the_first_score(
    task: Task, metric: SelectionMetric
) -> None:
    run = toys.run(task, epochs=20, patience=0, metric=metric, learning_rate=0.02)
    values = [record[f"validation_{metric}"] for record in run.history]
    best = min(values) if metric in LOWER_IS_BETTER else max(values)
    assert run.best[f"validation_{metric}"] == best
    assert run.selected_by == f"validation_{metric}"
    assert next(iter(run.test)) == next(iter(run.baseline)) == metric
    assert set(run.test) - {"loss"} <= set(METRICS[task])


@pytest.mark.parametrize("metric", BOTH)
def test_the_model_has_the_weights_of_the_best_epoch(metric: SelectionMetric) -> None:
    watch = toys.Watch()
    run = toys.run("binary", epochs=30, patience=0, metric=metric, learning_rate=0.02, watch=watch)
    place = run.history.index(run.best)
    assert run.model.parameters.weights.equal(watch.weights[place])


@pytest.mark.parametrize(
    ("task", "metric", "fitting"),
    [
        ("regression", "accuracy", "loss, rmse, mae, mape, r2"),
        (
            "binary",
            "rmse",
            "loss, accuracy, balanced_accuracy, f1, roc_auc, average_precision, log_loss",
        ),
    ],
)
def test_a_metric_of_another_task_is_refused_with_those_that_fit(
    task: Task, metric: SelectionMetric, fitting: str
) -> None:
    with pytest.raises(InputError, match=rf"^metric: got '{metric}', .* expected one of {fitting}"):
        toys.run(task, metric=metric)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_a_metric_that_the_validation_does_not_define_is_refused(metric: SelectionMetric) -> None:
    parts = np.array(["train"] * 40 + ["validation"] * 10 + ["test"] * 10, dtype=object)
    labels = np.array(["no", "yes"] * 20 + ["no"] * 10 + ["no", "yes"] * 5, dtype=object)
    a = Column("a", np.random.default_rng(0).normal(size=60))
    table = Table("toy.csv", (a, Column("part", parts)), Column("target", labels))
    with pytest.raises(InputError, match=r"not defined for the 10 validation samples: it needs"):
        toys.run_on(table, split_column="part", metric=metric)
    assert toys.run_on(table, split_column="part", metric="log_loss", epochs=1).history


def test_a_share_of_targets_that_are_0_is_refused_and_the_others_are_measured() -> None:
    a = np.random.default_rng(0).normal(size=100)
    table = Table("toy.csv", (Column("a", a),), Column("y", np.where(a > 0, 3 + a, 0.0)))
    with pytest.raises(InputError, match=r"^metric: got 'mape', .* it needs targets other than 0"):
        toys.run("regression", on=prepare(table, Settings()), metric="mape")
    run = toys.run("regression", on=prepare(table, Settings()), metric="mae", epochs=1)
    assert "mape" not in run.test


def test_of_members_each_has_its_own() -> None:
    run = toys.run("binary", epochs=20, patience=0, metric="f1", learning_rate=0.02, members=3)
    assert run.best_epochs == tuple(member.best["epoch"] for member in run.members)
    best = [max(record["validation_f1"] for record in member.history) for member in run.members]
    assert run.best["validation_f1"] == pytest.approx(np.mean(best))


def test_a_watcher_is_told_of_the_best_of_all_members_by_the_metric() -> None:
    watch = toys.Watch()
    toys.run("binary", epochs=10, patience=0, metric="roc_auc", members=3, watch=watch)
    highest = -np.inf
    for record, best in zip(watch.records, watch.best, strict=True):
        assert best <= (record["validation_roc_auc"] >= highest)
        highest = max(highest, record["validation_roc_auc"])


def test_patience_runs_out_though_later_epochs_are_as_good() -> None:
    run = toys.run("binary", epochs=200, patience=5, metric="accuracy", learning_rate=0.02)
    assert run.stopped == "patience"
    highest = run.best["validation_accuracy"]
    first = next(r for r in run.history if r["validation_accuracy"] == highest)
    assert run.history[-1]["epoch"] == first["epoch"] + 5
