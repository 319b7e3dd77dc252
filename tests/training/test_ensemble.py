"""Ensembles: members from several seeds that predict their mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.metrics import accuracy, rmse
from chainrule.training.model.model_file import load, save
from chainrule.training.run import Run
from chainrule.training.run_config import RunConfig
from chainrule.training.run_folder import RunFolder
from chainrule.training.train import train
from tests.training import toys
from tests.training.test_model_file import content_of, rewrite


def ensemble(task: Task = "classification", **settings: Any) -> Run:
    return toys.run(task, **({"members": 3, "epochs": 5, "learning_rate": 0.01} | settings))


@pytest.fixture(scope="module")
def run() -> Run:
    return ensemble()


def test_members_have_seeds_in_a_row_and_one_split() -> None:
    members = ensemble("regression", seed=4).members
    data = toys.prepared("regression", seed=4)
    for seed, member in enumerate(members, start=4):
        alone = toys.run("regression", epochs=5, learning_rate=0.01, seed=seed, on=data)
        torch.testing.assert_close(
            member.model.parameters.weights, alone.model.parameters.weights, rtol=1e-4, atol=1e-6
        )


@pytest.mark.parametrize("task", toys.TASKS)
def test_the_prediction_is_the_mean_of_the_members_predictions(task: Task) -> None:
    run = ensemble(task)
    data = toys.table(task, seed=7)
    each = torch.stack([member.model.predict(data) for member in run.members])
    torch.testing.assert_close(run.model.predict(data), each.mean(0), rtol=1e-5, atol=1e-6)
    assert not each[0].allclose(each[1])


@pytest.mark.parametrize(("task", "metric"), [("regression", rmse), ("classification", accuracy)])
def test_the_test_is_that_of_the_mean_prediction(task: Task, metric: Any) -> None:
    run = ensemble(task)
    test = toys.prepared(task).test
    assert test is not None
    each = [member.model._predictions(test.features) for member in run.members]
    predicted = run.model.inverse_transform(torch.stack(each).mean(0))
    expected = metric(predicted, run.model.inverse_transform(test.targets))
    assert run.test[metric.__name__] == pytest.approx(expected, rel=1e-5)


def test_the_loss_is_the_mean_of_the_members_losses(run: Run) -> None:
    losses = [member.test["loss"] for member in run.members]
    assert run.test["loss"] == pytest.approx(np.mean(losses), rel=1e-6)


def test_the_squared_error_is_below_the_members_mean_by_the_variance_between_them() -> None:
    run = ensemble("regression")
    data = toys.table("regression", seed=3)
    assert data.target is not None
    targets = torch.from_numpy(data.target.values).unsqueeze(1)
    each = torch.stack([member.model.predict(data) for member in run.members]).double()
    variance = ((each - each.mean(0)) ** 2).mean()
    errors = ((each - targets) ** 2).mean()
    error = ((run.model.predict(data).double() - targets) ** 2).mean()
    assert float(error) == pytest.approx(float(errors - variance), rel=1e-4)


def test_the_history_is_the_mean_for_as_long_as_all_members_learned() -> None:
    run = ensemble(epochs=60, patience=3, learning_rate=0.1, members=4)
    lengths = [len(member.history) for member in run.members]
    assert len(set(lengths)) > 1
    assert len(run.history) == min(lengths)
    for name in ("training_loss", "validation_loss"):
        expected = np.mean([member.history[1][name] for member in run.members])
        assert run.history[1][name] == pytest.approx(expected)


def test_each_epoch_of_each_member_is_reported_with_the_best_so_far(run: Run) -> None:
    watch = toys.Watch()
    ensemble(watch=watch)
    assert sorted({record["member"] for record in watch.records}) == [1, 2, 3]
    assert len(watch.records) == 15
    lowest = float("inf")
    for record, best in zip(watch.records, watch.best, strict=True):
        assert best == (record["validation_loss"] <= lowest)
        lowest = min(lowest, record["validation_loss"])


def test_a_single_network_has_no_members() -> None:
    run = toys.run(epochs=1)
    assert run.members == ()
    assert run.model.members == (run.model,)


def test_members_are_given_by_name_to_train() -> None:
    data, network = toys.table("classification"), toys.network("classification")
    run = train(network, data, members=2, epochs=1, progress=False)
    assert len(run.members) == 2
    with pytest.raises(InputError, match=r"^members: got 0, expected a whole number of at least 1"):
        train(network, data, members=0, progress=False)


def test_a_loaded_ensemble_predicts_the_same_bit_for_bit(run: Run, tmp_path: Path) -> None:
    save(run.model, tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    data = toys.table("classification", seed=7)
    assert len(loaded.members) == 3
    assert loaded.predict(data).equal(run.model.predict(data))


def test_the_file_has_the_weights_of_all_members_by_name(run: Run, tmp_path: Path) -> None:
    save(run.model, tmp_path / "model.safetensors")
    content, weights = content_of(tmp_path / "model.safetensors")
    assert content["members"] == 3
    for number, member in enumerate(run.members):
        for name, value in member.model.parameters.values.items():
            assert weights[name][number].equal(value)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (2, "These weights do not fit the network"),
        (0, "it has 0 members, expected a whole number of at least 1."),
        (True, "it has True members"),
        ("3", "it has 3 members, expected a whole number of at least 1."),
        (None, "These weights do not fit the network"),
        (10**15, "These weights do not fit the network"),
    ],
)
def test_a_file_that_is_wrong_about_its_members_is_refused(
    run: Run, tmp_path: Path, members: object, message: str
) -> None:
    path = tmp_path / "model.safetensors"
    save(run.model, path)
    content, weights = content_of(path)
    rewrite(path, content | {"members": members}, weights)
    with pytest.raises(InputError, match=message):
        load(path)


def test_members_in_a_file_of_one_network_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save(run.model, path)
    content, weights = content_of(path)
    for name in ("read_options", "sample_weight"):
        del content["preparation"][name]
    rewrite(path, content | {"version": 2}, weights)
    with pytest.raises(InputError, match="These weights do not fit the network"):
        load(path)


def test_the_run_folder_tells_each_member_s_epochs_and_scores(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run", RunConfig({}))
    run = ensemble(watch=folder)
    folder.finished(run)
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["member"] for line in lines] == [1, 2, 3] * 5
    scores = json.loads((tmp_path / "run" / "test.json").read_text())
    assert [one["test"] for one in scores["members"]] == [one.test for one in run.members]
    assert len(load(tmp_path / "run" / "checkpoints" / "best.safetensors").members) == 1
