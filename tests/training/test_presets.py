"""Presets: settings that belong together, which every door to training understands."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from chainrule.cli.config import Config
from chainrule.data import Dataset, Task
from chainrule.data.read import read
from chainrule.errors import InputError
from chainrule.networks import network_named
from chainrule.training.options import checked
from chainrule.training.presets import PRESETS, Preset, preset
from chainrule.training.settings import Settings
from chainrule.training.train import Run, train

TASKS = get_args(Task)
every_preset = pytest.mark.parametrize("name", PRESETS)
every_task = pytest.mark.parametrize("task", TASKS)


def settings_in(chosen: Preset) -> dict[str, Any]:
    """Those that are settings of training."""
    return {name: value for name, value in chosen.items() if name in Settings.model_fields}


def network_of(chosen: Preset, outputs: int) -> Any:
    return network_named(str(chosen["network"]), outputs, activation=chosen["activation"])


@every_preset
@every_task
def test_configurations_and_settings_accept_a_preset_as_it_is(name: str, task: Task) -> None:
    chosen = preset(name, task, 1000)
    config = checked(Config, chosen)
    assert {option: getattr(config, option) for option in chosen} == chosen
    settings = checked(Settings, settings_in(chosen))
    assert {option: getattr(settings, option) for option in settings_in(chosen)} == settings_in(
        chosen
    )
    assert set(chosen) - set(settings_in(chosen)) == {"network", "activation"}


def test_strong_for_classes_is_what_the_paper_has() -> None:
    # Holzmüller et al. (2024), RealMLP-TD-S for classification.
    for task in ("binary", "classification"):
        assert preset("strong", task, 1000) == {
            "network": "table",
            "activation": "selu",
            "scaling": "robust_smooth_clip",
            "encoding": "one_hot",
            "label_smoothing": 0.1,
            "optimizer": "adam:beta2=0.95",
            "learning_rate": 0.04,
            "schedule": "coslog4",
            "batch_size": 256,
            "epochs": 256,
            "patience": 0,
        }


def test_strong_for_numbers_is_what_the_paper_has() -> None:
    # Holzmüller et al. (2024), RealMLP-TD-S for regression.
    numbers, classes = preset("strong", "regression", 1000), preset("strong", "binary", 1000)
    assert numbers["activation"] == "mish"
    assert numbers["learning_rate"] == 0.07
    assert "label_smoothing" not in numbers
    same = set(classes) - {"activation", "learning_rate", "label_smoothing"}
    assert {name: numbers[name] for name in same} == {name: classes[name] for name in same}


@pytest.mark.parametrize(("samples", "batch_size"), [(255, 255), (256, 256), (257, 256)])
def test_a_batch_has_no_more_samples_than_there_are(samples: int, batch_size: int) -> None:
    assert preset("strong", "binary", samples)["batch_size"] == batch_size


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^preset 'stong' is not known\. Did you mean 'strong'"):
        preset("stong", "binary", 100)


def trained(data: Dataset, task: Task, outputs: int, epochs: int) -> Run:
    chosen = preset("strong", task, samples=100)
    settings = {**settings_in(chosen), "epochs": epochs}
    return train(network_of(chosen, outputs), data, progress=False, **settings)


def test_strong_tells_penguins_apart(demo: Path) -> None:
    run = trained(read(demo / "penguins.csv", target="species"), "classification", 3, epochs=16)
    assert run.test["accuracy"] >= 0.95
    assert run.stopped == "epochs"


def test_strong_weighs_penguins_better_than_guessing(demo: Path) -> None:
    run = trained(read(demo / "penguins.csv", target="body_mass_g"), "regression", 1, epochs=16)
    assert run.test["rmse"] < 0.6 * run.baseline["rmse"]


def test_strong_reads_digits(demo: Path) -> None:
    run = trained(read(demo / "digits.csv", target="digit"), "classification", 10, epochs=16)
    assert run.test["accuracy"] >= 0.95
