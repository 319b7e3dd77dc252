"""Sweeps: one network, several settings, compared by the validation loss."""

from __future__ import annotations

import math
from typing import Any

import pytest

from chainrule.errors import InputError
from chainrule.layers import Dense, Dropout, Network
from chainrule.training.loop.loop import DivergedError
from chainrule.training.optimizers import Adam, Momentum
from chainrule.training.run import Run
from chainrule.training.settings.settings import Settings
from chainrule.training.sweep import Trial, sweep
from chainrule.training.train import train
from tests.training import toys


def swept(trials: list[dict[str, Any]], **settings: Any) -> list[Trial]:
    data, network = toys.table("classification"), toys.network("classification")
    return sweep(network, data, trials, **({"epochs": 4, "progress": False} | settings))


def of(trial: Trial) -> Run:
    assert trial.run is not None
    return trial.run


@pytest.mark.parametrize(
    "trials",
    [
        [{"learning_rate": 0.001}, {"learning_rate": 0.03}],
        [{"weight_decay": 0.0}, {"weight_decay": 0.1}],
        [{"optimizer": "momentum"}, {"optimizer": Adam(beta1=0.5)}],
        [{"schedule": "cosine"}, {"clip_norm": 0.1}],
        [{"seed": 1}, {"seed": 2}],
        [{"batch_size": 10}, {"batch_size": 20}],
        [{"scaling": "robust"}, {"augment": ()}],
        [{"loss": "categorical_cross_entropy"}, {"label_smoothing": 0.1}],
    ],
    ids=str,
)
def test_a_trial_is_what_training_with_its_settings_gives(trials: list[dict[str, Any]]) -> None:
    data, network = toys.table("classification"), toys.network("classification")
    for trial, settings in zip(swept(trials), trials, strict=True):
        alone = train(network, data, **({"epochs": 4, "progress": False} | settings))
        assert trial.settings == settings
        assert trial.validation_loss == pytest.approx(alone.best["validation_loss"], rel=1e-4)
        assert of(trial).test == pytest.approx(alone.test, rel=1e-3)


def test_learning_rates_are_trained_in_one_plan_with_one_set_of_samples() -> None:
    rates = [{"learning_rate": rate} for rate in (0.001, 0.01, 0.1)]
    models = [of(trial).model for trial in swept(rates)]
    memory = {m.parameters.weights.untyped_storage().data_ptr() for m in models}
    assert len(memory) == 1
    assert all(model.preparation is models[0].preparation for model in models)


def test_networks_that_differ_in_their_rates_of_dropout_are_trained_in_one_plan() -> None:
    networks = [Network(Dense(16, "relu"), Dropout(rate), Dense(3)) for rate in (0, 0.2, 0.5)]
    trials = swept([{"network": network} for network in networks])
    data = toys.table("classification")
    for trial, network in zip(trials, networks, strict=True):
        alone = train(network, data, epochs=4, progress=False)
        assert trial.validation_loss == pytest.approx(alone.best["validation_loss"], rel=1e-4)
    runs = [of(trial) for trial in trials]
    assert len({r.model.parameters.weights.untyped_storage().data_ptr() for r in runs}) == 1


def test_a_trial_that_diverges_is_marked_and_ranks_last() -> None:
    good, bad = swept([{"learning_rate": 0.01}, {"learning_rate": 1e38}])
    assert bad.run is None
    assert isinstance(bad.diverged, DivergedError)
    assert bad.validation_loss == math.inf
    assert min(good, bad, key=lambda trial: trial.validation_loss) is good
    assert good.diverged is None


def test_what_a_trial_is_given_wins_over_what_all_are() -> None:
    (one, other) = swept([{"epochs": 2}, {}], optimizer=Momentum(0.5))
    assert [len(of(trial).history) for trial in (one, other)] == [2, 4]
    assert of(one).history[0]["learning_rate"] == Momentum.default_learning_rate


def test_a_misspelt_setting_is_refused_before_training() -> None:
    with pytest.raises(InputError, match=r"learning_rat: got an option that is not known"):
        swept([{"learning_rate": 0.1}, {"learning_rat": 0.1}])


def test_a_sweep_without_trials_or_without_validation_is_refused() -> None:
    with pytest.raises(InputError, match=r"^trials: got none, expected settings to compare"):
        swept([])
    with pytest.raises(InputError, match=r"^got a split without validation samples, which select"):
        swept([{}], split=(0.8, 0, 0.2))


def test_trials_are_compared_by_the_metric_that_selected_their_epoch() -> None:
    trials = sweep(
        toys.network("binary"),
        toys.table("binary"),
        [{"learning_rate": rate} for rate in (0.001, 0.1, 1e20)],
        metric="roc_auc",
        epochs=10,
        patience=0,
        progress=False,
    )
    areas = [max(r["validation_roc_auc"] for r in t.run.history) for t in trials if t.run]
    assert [trial.selection_score for trial in trials[:2]] == [-area for area in areas[:2]]
    assert trials[2].run is None
    assert trials[2].selection_score == math.inf


def test_no_preparation_depends_on_settings_declared_only_learning() -> None:
    prepared = toys.prepared("regression")
    other: dict[str, Any] = {
        "optimizer": "momentum",
        "learning_rate": 0.5,
        "schedule": "cosine",
        "warm_up": 0.5,
        "epochs": 7,
        "iterations": 3,
        "weight_decay": 0.5,
        "weight_decay_schedule": "flat_cos",
        "dropout_schedule": "flat_cos",
        "prediction_range": "training",
        "metric": "r2",
        "l1": 0.5,
        "clip_norm": 0.5,
        "clip_value": 0.5,
        "average": 0.5,
        "patience": 3,
    }
    declared = Settings.declarations()
    assert other.keys() == {name for name in declared if declared[name].only_learning}
    again = toys.prepared("regression", **other)
    samples = toys.in_memory(prepared.training)
    assert toys.in_memory(again.training).features[:].equal(samples.features[:])
    assert again.preparation == prepared.preparation
    assert all(getattr(Settings(), name) != value for name, value in other.items())
