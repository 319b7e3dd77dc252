"""The best epoch: by the loss of the validation, or by its accuracy."""

from __future__ import annotations

import pytest

from chainrule.data.vocabulary import Task
from chainrule.training.settings.settings import BestBy
from tests.training import toys


@pytest.mark.parametrize("task", ["binary", "classification"])
def test_by_accuracy_it_is_the_last_of_those_with_the_most_right_answers(task: Task) -> None:
    run = toys.run(task, epochs=30, patience=0, best_by="accuracy", learning_rate=0.02)
    highest = max(record["validation_accuracy"] for record in run.history)
    last = [r for r in run.history if r["validation_accuracy"] == highest][-1]
    assert run.best is last


def test_by_loss_it_is_the_first_with_the_lowest() -> None:
    run = toys.run("binary", epochs=30, patience=0, learning_rate=0.02)
    assert run.best is min(run.history, key=lambda record: record["validation_loss"])


@pytest.mark.parametrize("best_by", ["loss", "accuracy"])
def test_the_model_has_the_weights_of_the_best_epoch(best_by: BestBy) -> None:
    watch = toys.Watch()
    run = toys.run(
        "binary", epochs=30, patience=0, best_by=best_by, learning_rate=0.02, watch=watch
    )
    place = run.history.index(run.best)
    assert run.model.parameters.weights.equal(watch.weights[place])


def test_of_numbers_it_is_the_loss_either_way() -> None:
    runs = [toys.run("regression", epochs=5, best_by=by) for by in ("loss", "accuracy")]
    assert runs[0].best["epoch"] == runs[1].best["epoch"]
    assert runs[0].model.parameters.weights.equal(runs[1].model.parameters.weights)


def test_patience_runs_out_though_later_epochs_are_as_good() -> None:
    run = toys.run("binary", epochs=200, patience=5, best_by="accuracy", learning_rate=0.02)
    assert run.stopped == "patience"
    highest = run.best["validation_accuracy"]
    first = next(r for r in run.history if r["validation_accuracy"] == highest)
    assert run.history[-1]["epoch"] == first["epoch"] + 5
