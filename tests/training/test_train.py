"""Training as a whole: from a table to a tested model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.reading.read import read
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.layers import Dense, Dropout, Network
from chainrule.training.metrics import METRICS, OF_EPOCHS
from chainrule.training.model.inference import CHUNK
from chainrule.training.optimizers import Adam, Momentum
from chainrule.training.settings.settings import SettingsKwargs
from chainrule.training.train import train
from tests.training import toys


@pytest.mark.parametrize("task", toys.TASKS)
def test_each_task_is_learned_better_than_by_guessing(task: Task) -> None:
    run = toys.run(task, rows=400, epochs=60, learning_rate=0.02)
    name = "r2" if task == "regression" else "accuracy"
    assert run.test[name] > run.baseline[name] + 0.2


def test_digits_are_recognised(demo: Path) -> None:
    data = read(demo / "digits.csv", target="digit")
    network = Network(Dense(50, "relu"), Dense(10))
    run = train(network, data, epochs=20, learning_rate=0.005, progress=False)
    assert run.test["accuracy"] > 0.93  # 0.97 to 0.99 over seeds 0 to 4
    assert run.baseline["accuracy"] < 0.15


@pytest.mark.parametrize("task", toys.TASKS)
def test_the_test_measures_all_that_the_task_has_and_an_epoch_only_what_is_cheap(
    task: Task,
) -> None:
    run = toys.run(task, epochs=1)
    three_classes = [name for name in METRICS[task] if name != "top_5_accuracy"]
    assert list(run.test) == [*three_classes, "loss"]
    assert list(run.baseline) == three_classes
    measured = [name for name in METRICS[task] if f"validation_{name}" in run.history[0]]
    assert measured == list(OF_EPOCHS[task])


def test_the_shares_of_the_split_are_its_sizes() -> None:
    run = toys.run(epochs=1, split=(0.6, 0.3, 0.1))
    assert run.sizes == {"training": 60, "validation": 30, "test": 10}


def test_without_a_test_share_nothing_is_tested() -> None:
    run = toys.run(epochs=1, split=(0.8, 0.2, 0))
    assert (run.test, run.baseline, run.sizes["test"]) == ({}, {}, 0)


def test_test_data_of_its_own_leaves_all_other_rows_to_training_and_validation() -> None:
    data, test = toys.table("regression"), toys.table("regression", rows=33, seed=1)
    run = train(
        toys.network("regression"), data, test=test, epochs=1, split=(0.6, 0.2, 0.2), progress=False
    )
    assert run.sizes == {"training": 75, "validation": 25, "test": 33}
    assert run.test == toys.scores(run.model, test)


def test_the_test_is_on_rows_that_were_not_trained_on() -> None:
    prepared = toys.prepared("regression")
    parts = [prepared.training, prepared.validation, prepared.test]
    rows = [
        tuple(row) for part in parts if part for row in toys.in_memory(part).features[:].tolist()
    ]
    assert len(rows) == len(set(rows)) == 100


def test_scores_are_in_the_unit_of_the_data() -> None:
    run = toys.run("regression", epochs=30)
    target = toys.table("regression").target
    assert target is not None
    # Guessing the mean errs by about the deviation of the targets, of several hundred.
    assert run.baseline["rmse"] == pytest.approx(target.values.std(), rel=0.4)
    assert run.baseline["r2"] == pytest.approx(0, abs=0.3)


def test_the_baseline_of_classes_is_the_share_of_the_most_frequent() -> None:
    labels = np.array(["a"] * 60 + ["b"] * 20 + ["c"] * 20, dtype=object)
    numbers = np.random.default_rng(0).normal(size=100)
    data = Table("toy.csv", (Column("x", numbers),), Column("y", labels))
    run = train(Network(Dense(3)), data, epochs=1, split=(0.5, 0.2, 0.3), progress=False)
    assert run.baseline["accuracy"] == pytest.approx(0.6)


def test_one_network_is_trained_on_two_data_sets_and_keeps_nothing_of_the_first() -> None:
    network = toys.network("regression")
    first = train(network, toys.table("regression"), epochs=1, progress=False)
    wider = toys.table("regression", seed=5)
    wider = Table("wide.csv", (*wider.columns, *renamed(wider, "d")), wider.target)
    second = train(network, wider, epochs=1, progress=False)
    assert second.model.parameters.values["dense_1.weights"].shape == (8, 4)
    again = train(network, toys.table("regression"), epochs=1, progress=False)
    assert again.model.parameters.weights.equal(first.model.parameters.weights)


def renamed(table: Table, name: str) -> tuple[Column, ...]:
    return (Column(name, table.columns[0].values[::-1].copy()),)


def test_an_optimizer_is_given_by_name_or_with_settings_of_its_own() -> None:
    data, network = toys.table("regression"), toys.network("regression")
    runs = [
        train(network, data, epochs=1, optimizer=optimizer, progress=False)
        for optimizer in ("adam", Adam(), Adam(beta1=0.5))
    ]
    by_name, as_usual, other = (run.model.parameters.weights for run in runs)
    assert by_name.equal(as_usual)
    assert not by_name.equal(other)


def test_the_learning_rate_suits_the_optimizer_where_none_is_given() -> None:
    data, network = toys.table("regression"), toys.network("regression")
    run = train(network, data, epochs=1, optimizer="momentum", progress=False)
    assert run.history[0]["learning_rate"] == Momentum.default_learning_rate


def test_an_invalid_setting_is_refused_before_training() -> None:
    with pytest.raises(InputError, match=r"^epochs: got 0, expected a whole number of at least 1"):
        train(toys.network("regression"), toys.table("regression"), epochs=0)


def test_a_batch_larger_than_the_training_samples_is_refused() -> None:
    with pytest.raises(InputError, match=r"^batch_size: got 71, but there are only 70 training"):
        toys.run(batch_size=71)


def test_data_without_a_target_is_refused() -> None:
    table = toys.table("regression")
    with pytest.raises(InputError, match=r"^toy\.csv: got no target, expected the column"):
        train(toys.network("regression"), Table("toy.csv", table.columns, None))


@pytest.mark.parametrize(("task", "classes"), [("binary", 2), ("classification", 3)])
def test_probabilities_of_a_prediction_sum_to_1(task: Task, classes: int) -> None:
    model = toys.run(task, epochs=1).model
    predicted = model.predict(toys.table(task))
    assert predicted.shape == (100, classes)
    torch.testing.assert_close(predicted.sum(1), torch.ones(100))


def test_predictions_of_many_samples_at_a_time_are_those_of_each_alone() -> None:
    model = toys.run("regression", epochs=1).model
    data = toys.table("regression", rows=CHUNK + 3)
    predicted = model.predict(data)
    assert predicted.shape == (CHUNK + 3, 1)
    for row in (0, CHUNK - 1, CHUNK, CHUNK + 2):
        alone = model.predict(data.take(np.array([row])))
        torch.testing.assert_close(predicted[row : row + 1], alone, rtol=1e-4, atol=1e-2)


def test_the_loss_over_many_samples_weighs_each_the_same() -> None:
    run = toys.run("regression", epochs=1)
    data = toys.table("regression", rows=CHUNK + 3, seed=2)
    scores = toys.scores(run.model, data)
    target = run.model.preparation.target
    assert isinstance(target, NumberTarget)
    # The loss is the mean squared error of standardised numbers.
    assert scores["loss"] == pytest.approx(
        (scores["rmse"] / target.standardisation.deviation) ** 2, rel=1e-5
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"schedule": "cosine", "schedule_epochs": 50, "epochs": 20},
            "schedule 'cosine': got a length of 50 epochs, but the run has 20; expected the same. "
            "Use --epochs 50",
        ),
        (
            {"schedule": "one_cycle", "schedule_epochs": 2, "iterations": 20, "batch_size": 10},
            "schedule 'one_cycle': got a length of 14 iterations, but the run has 20",
        ),
    ],
)
def test_a_run_of_another_length_than_its_schedule_is_refused(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as error:
        toys.run(**settings)
    assert str(error.value).startswith(message)


def test_the_learning_rate_follows_the_schedule() -> None:
    run = toys.run(epochs=4, batch_size=10, schedule="exponential:final=0.0001", patience=0)
    rates = [record["learning_rate"] for record in run.history]
    assert rates == pytest.approx([0.001 * 1e-4 ** ((7 * n - 1) / 28) for n in (1, 2, 3, 4)])


def test_the_learning_rate_rises_in_the_warm_up() -> None:
    run = toys.run(epochs=4, batch_size=10, warm_up=0.5, patience=0)
    rates = [record["learning_rate"] for record in run.history]
    assert rates[0] < rates[1] < rates[2] == rates[3] == 0.001


def test_the_learning_rate_is_reduced_where_the_validation_loss_no_longer_falls() -> None:
    run = toys.run(
        "classification",
        epochs=40,
        learning_rate=0.3,
        schedule="reduce_on_plateau:gamma=0.5,patience=2",
        patience=0,
    )
    rates = [record["learning_rate"] for record in run.history]
    losses = [record["validation_loss"] for record in run.history]
    assert rates[0] == 0.3
    assert rates[-1] < 0.1
    first = next(n for n, rate in enumerate(rates) if rate < 0.3)
    assert min(losses[first - 2 : first]) >= min(losses[: first - 2])


def test_the_average_of_the_weights_is_what_is_validated_and_kept() -> None:
    settings: SettingsKwargs = {"epochs": 3, "batch_size": 10, "learning_rate": 0.01}
    watch = toys.Watch()
    averaged = toys.run(**settings, average=0.9, watch=watch)
    plain = toys.run(**settings)
    best = int(averaged.best["epoch"]) - 1
    assert averaged.model.parameters.weights.equal(watch.weights[best])
    assert not averaged.model.parameters.weights.equal(plain.model.parameters.weights)
    # The average does not reach back into training: the losses of the batches are the same.
    assert [r["training_loss"] for r in averaged.history] == [
        r["training_loss"] for r in plain.history
    ]


def test_without_validation_the_average_of_the_weights_is_kept() -> None:
    settings: SettingsKwargs = {"epochs": 3, "split": (0.8, 0.0, 0.2), "learning_rate": 0.01}
    watch = toys.Watch()
    run = toys.run(**settings, average=0.9, watch=watch)
    assert run.model.parameters.weights.equal(watch.weights[-1])


def test_dropout_draws_other_units_in_each_step_and_the_same_in_a_second_run() -> None:
    table, network = (
        toys.table("classification"),
        Network(Dense(64, "relu"), Dropout(0.5), Dense(3)),
    )
    runs = [train(network, table, epochs=3, progress=False) for _ in range(2)]
    assert runs[0].model.parameters.weights.equal(runs[1].model.parameters.weights)
    without = train(Network(Dense(64, "relu"), Dense(3)), table, epochs=3, progress=False)
    assert runs[0].history[-1]["training_loss"] > without.history[-1]["training_loss"]


@pytest.mark.parametrize("optimizer", ["muon", "lion", "adamw:beta1=0.8"])
@pytest.mark.parametrize("task", toys.TASKS)
def test_every_method_together_still_learns(task: Task, optimizer: str) -> None:
    run = toys.run(
        task,
        rows=300,
        epochs=20,
        optimizer=optimizer,
        schedule="cosine",
        warm_up=0.1,
        weight_decay=0.01,
        l1=1e-5,
        clip_norm=1.0,
        clip_value=0.5,
        average=0.9,
        mixup=0.2,
    )
    assert run.history[-1]["validation_loss"] < run.history[0]["validation_loss"]


def test_categories_as_codes_are_embedded() -> None:
    generator = np.random.default_rng(0)
    names = generator.choice(list("abcdefghijkl"), 400).astype(object)
    value = np.array([3.0 * (ord(name) * 7 % 5) for name in names])  # no order in it
    table = Table("t", (Column("name", names),), Column("value", value))
    run = train(
        Network(Dense(1)),
        table,
        task="regression",
        encoding="codes",
        embedding=4,
        epochs=60,
        learning_rate=0.05,
        progress=False,
    )
    embedded = run.model.parameters.values["embedcategories_1.tables"]
    assert embedded.shape == (13, 4)  # a code for what is unknown, too
    assert run.test["r2"] > 0.99
