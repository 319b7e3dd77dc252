"""Presets: settings that belong together, which every door to training understands."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch

from chainrule.cli.config import Config
from chainrule.data.dataset import Images
from chainrule.data.reading.read import read
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.networks import network_named
from chainrule.options import validate
from chainrule.training.recipe.presets import NETWORK_SETTINGS, PRESETS, merge_preset, preset
from chainrule.training.recipe.recipe import Request, resolve
from chainrule.training.settings.settings import Settings
from chainrule.training.train import train
from tests.training import toys

TASKS = get_args(Task)
every_preset = pytest.mark.parametrize("name", PRESETS)
every_task = pytest.mark.parametrize("task", TASKS)

# Holzmüller et al. (2024), RealMLP-TD-S and RealMLP-TD.
SIMPLE: dict[str, Any] = {
    "scaling": "robust_smooth_clip",
    "encoding": "one_hot",
    "network": "realmlp_simple",
    "optimizer": "adam:beta2=0.95",
    "schedule": "coslog4",
    "batch_size": 256,
    "epochs": 256,
    "patience": 0,
}
FULL: dict[str, Any] = {
    **SIMPLE,
    "encoding": "auto",
    "embedding": 8,
    "network": "realmlp",
    "dropout": 0.15,
    "dropout_schedule": "flat_cos",
    "optimizer": "adamw:beta2=0.95",
    "weight_decay": 0.02,
    "weight_decay_schedule": "flat_cos",
}
CLASSES: dict[str, Any] = {
    "activation": "selu",
    "learning_rate": 0.04,
    "label_smoothing": 0.1,
    "metric": "accuracy",
}


@every_preset
@every_task
def test_configurations_and_settings_accept_a_preset_as_it_is(name: str, task: Task) -> None:
    chosen = preset(name, task, 1000)
    config = validate(Config, chosen)
    assert {option: getattr(config, option) for option in chosen} == chosen
    of_training = {option: chosen[option] for option in chosen if option not in NETWORK_SETTINGS}
    settings = validate(Settings, of_training)
    assert {option: getattr(settings, option) for option in of_training} == of_training


@pytest.mark.parametrize("task", ["binary", "classification"])
def test_strong_and_fast_for_classes_are_what_the_paper_has(task: Task) -> None:
    assert preset("strong", task, 1000) == {**FULL, **CLASSES}
    assert preset("fast", task, 1000) == {**SIMPLE, **CLASSES}


def test_strong_and_fast_for_numbers_are_what_the_paper_has() -> None:
    numbers = {"activation": "mish"}
    assert preset("strong", "regression", 1000) == {
        **FULL,
        **numbers,
        "learning_rate": 0.2,
        "prediction_range": "training",
    }
    assert preset("fast", "regression", 1000) == {**SIMPLE, **numbers, "learning_rate": 0.07}


@every_task
def test_quick_is_fast_with_fewer_epochs(task: Task) -> None:
    assert preset("quick", task, 1000) == {**preset("fast", task, 1000), "epochs": 16}


@every_task
def test_an_ensemble_has_five_members_of_strong_each_with_a_fold(task: Task) -> None:
    folds = {"members": 5, "member_validation": "folds"}
    assert preset("ensemble", task, 1000) == {**preset("strong", task, 1000), **folds}


@every_task
def test_plain_has_all_defaults(task: Task) -> None:
    assert preset("plain", task, 1000) == {}


@pytest.mark.parametrize(("samples", "batch_size"), [(255, 255), (256, 256), (257, 256)])
def test_a_batch_has_no_more_samples_than_there_are(samples: int, batch_size: int) -> None:
    assert preset("strong", "binary", samples)["batch_size"] == batch_size


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^preset 'stong' is not known\. Did you mean 'strong'"):
        preset("stong", "binary", 100)


def test_what_is_given_wins_over_a_preset() -> None:
    assert merge_preset({"epochs": 256, "seed": 0}, {"epochs": 3}) == {"epochs": 3, "seed": 0}


@pytest.mark.parametrize(
    ("given", "dropped"), [("loss", "label_smoothing"), ("projection", "encoding")]
)
def test_what_does_not_go_together_with_a_choice_gives_way_to_it(given: str, dropped: str) -> None:
    chosen = merge_preset(preset("strong", "binary", 100), {given: "a name"})
    assert dropped not in chosen
    asked_for_both = merge_preset(
        preset("strong", "binary", 100), {given: "a name", dropped: "another"}
    )
    assert asked_for_both[dropped] == "another"


def test_train_by_the_name_of_a_preset_is_train_with_its_network_and_settings() -> None:
    data = toys.table("regression")
    by_name = train("fast", data, epochs=3, progress=False)
    chosen = preset("fast", "regression", samples=70)
    network = network_named("realmlp_simple", 1, activation="mish")
    given: dict[str, Any] = {name: chosen[name] for name in chosen if name in Settings.model_fields}
    by_hand = train(network, data, progress=False, **{**given, "epochs": 3})
    assert by_name.model.parameters.weights.equal(by_hand.model.parameters.weights)


def test_train_by_plain_is_train_with_the_default_network() -> None:
    data = toys.table("regression")
    plain = train("plain", data, epochs=2, progress=False)
    defaults = train(network_named("mlp", 1), data, epochs=2, progress=False)
    assert plain.model.parameters.weights.equal(defaults.model.parameters.weights)


def test_pictures_have_their_default_network_under_plain() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 3)).astype(np.uint8)
    data = Images("dots", pixels, Column("target", np.arange(60) % 3 * 1.0))
    run = train("plain", data, epochs=1, progress=False)
    assert any("conv2d" in name for name in run.model.parameters.values)


def test_photographs_are_augmented_under_a_preset_unless_an_option_is_set() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)
    names = np.array([f"{number}.jpg" for number in range(40)], dtype=np.object_)
    photographs = Images("photographs", pixels, Column("class", np.arange(40.0) % 2), names=names)

    def trained(network: str | Network, **augment: Any) -> list[dict[str, float]]:
        options: dict[str, Any] = {
            "epochs": 2,
            "task": "classification",
            "progress": False,
            **augment,
        }
        run = train(network, photographs, **options)
        return [{"loss": record["training_loss"]} for record in run.history]

    assert trained("plain") == trained("plain", augment=["photographs"])
    assert trained("plain") != trained("plain", augment=())
    assert trained(network_named("cnn", 2)) == trained("plain", augment=())


def test_an_optimizer_overrides_that_of_a_preset() -> None:
    data = toys.table("binary")
    runs = (
        train("fast", data, epochs=2, progress=False),
        train("fast", data, epochs=2, progress=False, optimizer="lion", learning_rate=0.001),
    )
    first, second = (run.model.parameters.weights for run in runs)
    assert not first.equal(second)


def test_predicted_numbers_stay_within_those_of_the_training_samples() -> None:
    data = toys.table("regression")
    run = train("strong", data, epochs=3, progress=False)
    far_out = tuple(Column(c.name, 100 * c.values) for c in data.columns)
    predicted = run.model.predict(Table("far.csv", far_out, None))
    assert data.target is not None
    assert float(predicted.min()) >= data.target.values.min() - 1e-3
    assert float(predicted.max()) <= data.target.values.max() + 1e-3
    unbounded = train("strong", data, epochs=3, progress=False, prediction_range="any")
    wide = unbounded.model.predict(Table("far.csv", far_out, None))
    assert float(wide.max() - wide.min()) > float(predicted.max() - predicted.min())


def test_folds_with_different_ranges_can_be_trained_in_one_plan() -> None:
    from chainrule.training.members.joint_training import graph_signature
    from chainrule.training.members.trainer import Trainer, TrainingJob

    chosen = {**preset("strong", "regression", 50), "epochs": 1}
    network = network_named("realmlp", 1, activation="mish", dropout=0.15)
    settings = validate(Settings, {n: v for n, v in chosen.items() if n in Settings.model_fields})
    first, second = (
        Trainer(
            TrainingJob(
                network, toys.prepared("regression", rows, **settings.model_dump()), settings
            )
        )
        for rows in (100, 110)
    )
    assert first.can_join(second)
    assert graph_signature(first.graph) == graph_signature(second.graph)
    bounds = [member.graph.initialisers["prediction.high"] for member in (first, second)]
    assert bounds[0] != bounds[1]


@pytest.mark.parametrize("name", ["strong", "fast"])
def test_a_preset_tells_penguins_apart(demo: Path, name: str) -> None:
    data = read(demo / "penguins.csv", target="species")
    run = train(name, data, epochs=16, progress=False)
    assert run.test["accuracy"] >= 0.95
    assert run.stopped == "epochs"


@pytest.mark.parametrize("name", ["strong", "fast"])
def test_a_preset_weighs_penguins_better_than_guessing(demo: Path, name: str) -> None:
    data = read(demo / "penguins.csv", target="body_mass_g")
    run = train(name, data, epochs=64, progress=False)
    assert run.test["rmse"] < 0.6 * run.baseline["rmse"]


def test_quick_reads_digits(demo: Path) -> None:
    run = train("quick", read(demo / "digits.csv", target="digit"), progress=False)
    assert run.test["accuracy"] >= 0.95


def test_the_members_of_an_ensemble_predict_by_their_mean() -> None:
    data = toys.table("binary")
    run = train("ensemble", data, epochs=2, progress=False)
    assert len(run.members) == 5
    each = [member.model.predict(data) for member in run.members]
    torch.testing.assert_close(run.model.predict(data), torch.stack(each).mean(0))


@pytest.mark.parametrize("name", ["strong", "fast", "quick", "ensemble"])
def test_class_weights_are_not_undone_by_the_metric_that_selects_the_epoch(name: str) -> None:
    def metric(**options: Any) -> str:
        return resolve(Request(options, name), "binary", 1000, "table").settings.metric

    assert metric() == "accuracy"
    assert metric(class_weight="balanced") == "balanced_accuracy"
    assert metric(class_weight="balanced", metric="accuracy") == "accuracy"
    assert metric(class_weight="balanced", metric="f1") == "f1"
