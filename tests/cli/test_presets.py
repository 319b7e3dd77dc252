"""Which preset a run has: the one that is named, or the one that suits what was chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.insight.stored_run import stored_run
from tests.cli.conftest import Call, idx

pytestmark = pytest.mark.usefixtures("no_report")

ONE_EPOCH = ("--epochs", 1, "--out", "run")
TABLE = ("train", "good.csv", "--target", "kind", *ONE_EPOCH)


def trained(call: Call, *command: object, folder: str = "run") -> dict[str, Any]:
    """Return the resolved options of a run."""
    called = call(*command)
    assert called.status == 0, called.err
    return dict(stored_run(Path(folder)).config.resolved)


def test_a_table_is_learned_by_strong(call: Call, files: Path) -> None:
    resolved = trained(call, *TABLE)
    values = [resolved[name] for name in ("preset", "network", "schedule")]
    assert values == ["strong", "realmlp", "coslog4"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("layers", [8]),
        ("dropout", 0.5),
        ("activation", "tanh"),
        ("learning_rate", 0.01),
        ("schedule", "cosine"),
        ("seed", 3),
        ("batch_size", 7),
        ("weight_decay", 0.1),
        ("label_smoothing", 0.0),
    ],
)
def test_an_option_refines_the_preset(call: Call, files: Path, option: str, value: object) -> None:
    alone = trained(call, *TABLE)
    text = ",".join(map(str, value)) if isinstance(value, list) else value
    flag = f"--{option.replace('_', '-')}"
    refined = trained(call, *TABLE[:-1], "refined", flag, text, folder="refined")
    assert refined == {**alone, option: value}


def test_another_optimizer_brings_its_own_learning_rate_and_weight_decay(
    call: Call, files: Path
) -> None:
    resolved = trained(call, *TABLE, "--optimizer", "momentum")
    assert resolved["preset"] == "strong"
    assert "learning_rate" not in resolved
    assert "weight_decay" not in resolved


def test_another_setting_of_the_optimizer_keeps_its_learning_rate(call: Call, files: Path) -> None:
    assert trained(call, *TABLE, "--optimizer", "adamw:beta2=0.9")["learning_rate"] == 0.04


@pytest.mark.parametrize(
    ("network", "preset"),
    [("realmlp", "strong"), ("realmlp_simple", "fast"), ("linear", "plain"), ("mlp", "plain")],
)
def test_a_network_brings_its_preset(call: Call, files: Path, network: str, preset: str) -> None:
    assert trained(call, *TABLE, "--network", network)["preset"] == preset


def test_another_network_in_a_named_preset_has_its_own_settings(call: Call, files: Path) -> None:
    resolved = trained(call, *TABLE, "--preset", "strong", "--network", "mlp")
    assert (resolved["network"], resolved["learning_rate"]) == ("mlp", 0.04)
    assert "dropout" not in resolved


@pytest.mark.parametrize(
    ("option", "value", "settings"),
    [
        ("normalisation", "batch", "layers, activation, dropout"),
        ("blocks", 3, "layers, activation"),
    ],
)
def test_an_option_that_the_network_lacks_is_refused_with_a_preset_that_has_it(
    call: Call, files: Path, option: str, value: object, settings: str
) -> None:
    called = call(*TABLE, f"--{option}", value)
    assert called.status == 2
    assert f"{option}: got {value}, but the network 'realmlp' of the preset 'strong'" in called.err
    assert f"its settings are {settings}" in called.err
    if option == "normalisation":
        assert "Use --preset plain, whose network 'mlp' has it, or leave it out." in called.err
        assert call(*TABLE, "--preset", "plain", f"--{option}", value).status == 0
    else:
        assert "Leave it out, or choose another --network." in called.err


def test_a_run_says_what_will_run_and_what_an_option_replaced(call: Call, files: Path) -> None:
    called = call(*TABLE, "--dropout", 0.3)
    assert (
        "preset strong: network realmlp, activation selu, dropout 0.3; 1 epoch, optimizer "
        "adamw:beta2=0.95 at a learning rate of 0.04, schedule coslog4; the last epoch with the "
        "highest validation accuracy is kept\n"
        "given in place of the preset's: dropout 0.3 (0.15), epochs 1 (256)\n"
    ) in called.err


@pytest.mark.parametrize(
    ("more", "summary"),
    [
        (("--preset", "plain"), "1 epoch, patience 10, optimizer adam at a learning rate of 0.001"),
        (("--iterations", 1), "; 1 iteration, optimizer adamw:beta2=0.95"),
        (("--members", 2), "dropout 0.15; 2 of them; 1 epoch, "),
        (("--optimizer", "lbfgs"), "optimizer lbfgs, of all samples in each step; the last epoch"),
        (("--split", "0.8,0,0.2"), "schedule coslog4; the last epoch is kept"),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else "",
)
def test_every_kind_of_run_prints_a_summary_before_training(
    call: Call, files: Path, more: tuple[object, ...], summary: str
) -> None:
    called = call(*TABLE, *more)
    assert called.status == 0, called.err
    assert summary in called.err.replace("at most ", "")


def test_a_configuration_with_another_preset_has_the_settings_of_that_preset(
    call: Call, files: Path
) -> None:
    first = trained(call, *TABLE, "--seed", 3)
    assert first["preset"] == "strong"
    again = ("train", "--config", "run/config.toml", "--preset", "plain", "--out", "again")
    resolved = trained(call, *again, folder="again")
    assert resolved == trained(
        call, *TABLE[:-1], "plain", "--seed", 3, "--preset", "plain", folder="plain"
    )


def test_pictures_are_learned_by_plain(call: Call, files: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8))
    (files / "pictures-images-idx3-ubyte").write_bytes(idx(pixels))
    (files / "pictures-labels-idx1-ubyte").write_bytes(idx(np.arange(60) % 3))
    resolved = trained(call, "train", "pictures-images-idx3-ubyte", *ONE_EPOCH)
    assert (resolved["preset"], resolved["network"]) == ("plain", "mlp")


@pytest.mark.parametrize(("flag", "preset"), [("--quick", "quick"), ("--best", "ensemble")])
def test_a_flag_is_short_for_a_preset(call: Call, files: Path, flag: str, preset: str) -> None:
    assert trained(call, *TABLE, flag)["preset"] == preset


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--quick", "--best"), "--quick and --best"),
        (("--best", "--preset", "fast"), "--best and --preset"),
    ],
)
def test_two_presets_at_once_are_refused(
    call: Call, files: Path, options: tuple[str, ...], named: str
) -> None:
    called = call(*TABLE, *options)
    assert called.status == 2
    assert f"got {named}, expected one of them, since each chooses a preset." in called.err


@pytest.mark.parametrize("preset", ["strong", "fast", "plain"])
def test_a_run_is_repeated_from_its_configuration_bit_for_bit(
    call: Call, files: Path, preset: str
) -> None:
    assert call(*TABLE, "--preset", preset).status == 0
    assert call("train", "--config", "run/config.toml", "--out", "again").status == 0
    models = [(files / run / "model.safetensors").read_bytes() for run in ("run", "again")]
    assert models[0] == models[1]


@pytest.mark.parametrize("more", [("--loss", "categorical_cross_entropy"), ("--projection", "pca")])
def test_incompatible_settings_of_a_preset_are_dropped(
    call: Call, files: Path, more: tuple[str, ...]
) -> None:
    assert trained(call, *TABLE, *more)["preset"] == "strong"


def test_folds_have_a_batch_that_fits_the_smallest_of_them(call: Call, files: Path) -> None:
    called = call("cross-validate", "good.csv", "--target", "kind", "--epochs", 1, "--folds", 3)
    assert called.status == 0, called.err
