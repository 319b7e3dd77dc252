"""Which preset a run has: the one that is named, or the one that suits what was chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.cli.config import Config, merged
from tests.cli.conftest import Call, idx

ONE_EPOCH = ("--epochs", 1, "--out", "run")
TABLE = ("train", "good.csv", "--target", "kind", *ONE_EPOCH)


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves and report take most of a second."""
    monkeypatch.setattr("chainrule.cli.train.explain", lambda *_: [])


def trained(call: Call, *command: object) -> Config:
    """The configuration that a run leaves."""
    called = call(*command)
    assert called.status == 0, called.err
    return merged({}, Path("run") / "config.toml")


def test_a_table_is_learned_by_strong(call: Call, files: Path) -> None:
    config = trained(call, *TABLE)
    assert (config.preset, config.network, config.schedule) == ("strong", "realmlp", "coslog4")


@pytest.mark.parametrize(
    "chosen",
    [
        ("--network", "linear"),
        ("--layers", "8"),
        ("--dropout", 0.5),
        ("--activation", "tanh"),
        ("--optimizer", "momentum"),
        ("--learning-rate", 0.01),
        ("--schedule", "cosine"),
    ],
    ids=lambda chosen: chosen[0],
)
def test_who_chooses_for_a_network_of_their_own_gets_plain(
    call: Call, files: Path, chosen: tuple[object, ...]
) -> None:
    config = trained(call, *TABLE, *chosen)
    assert config.preset == "plain"
    assert (config.label_smoothing, config.scaling, config.patience) == (0, None, 10)


@pytest.mark.parametrize(
    "chosen",
    [("--seed", 3), ("--batch-size", 7), ("--weight-decay", 0.1), ("--split", "0.8,0.1,0.1")],
    ids=lambda chosen: chosen[0],
)
def test_who_chooses_something_else_keeps_strong(
    call: Call, files: Path, chosen: tuple[object, ...]
) -> None:
    assert trained(call, *TABLE, *chosen).preset == "strong"


def test_a_named_preset_wins_over_what_choices_suggest(call: Call, files: Path) -> None:
    config = trained(call, *TABLE, "--preset", "fast", "--learning-rate", 0.01)
    assert (config.preset, config.network, config.learning_rate) == ("fast", "realmlp_simple", 0.01)


def test_pictures_are_learned_by_plain(call: Call, files: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8))
    (files / "pictures-images-idx3-ubyte").write_bytes(idx(pixels))
    (files / "pictures-labels-idx1-ubyte").write_bytes(idx(np.arange(60) % 3))
    config = trained(call, "train", "pictures-images-idx3-ubyte", *ONE_EPOCH)
    assert (config.preset, config.network) == ("plain", "mlp")


@pytest.mark.parametrize(("flag", "preset"), [("--quick", "quick"), ("--best", "ensemble")])
def test_a_flag_is_short_for_a_preset(call: Call, files: Path, flag: str, preset: str) -> None:
    assert trained(call, *TABLE, flag).preset == preset


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("--quick", "--best"), "--quick and --best"),
        (("--best", "--preset", "fast"), "--best and --preset"),
    ],
)
def test_two_presets_at_once_are_refused(
    call: Call, files: Path, given: tuple[str, ...], named: str
) -> None:
    called = call(*TABLE, *given)
    assert called.status == 2
    assert f"got {named}, expected one of them: each is a preset of its own." in called.err


@pytest.mark.parametrize("preset", ["strong", "fast", "plain"])
def test_a_run_is_repeated_from_its_configuration_bit_for_bit(
    call: Call, files: Path, preset: str
) -> None:
    assert call(*TABLE, "--preset", preset).status == 0
    assert call("train", "--config", "run/config.toml", "--out", "again").status == 0
    models = [(files / run / "model.safetensors").read_bytes() for run in ("run", "again")]
    assert models[0] == models[1]


@pytest.mark.parametrize("more", [("--loss", "categorical_cross_entropy"), ("--projection", "pca")])
def test_what_a_preset_can_not_keep_beside_a_choice_it_gives_up(
    call: Call, files: Path, more: tuple[str, ...]
) -> None:
    assert trained(call, *TABLE, *more).preset == "strong"


def test_folds_have_a_batch_that_fits_the_smallest_of_them(call: Call, files: Path) -> None:
    called = call("cross-validate", "good.csv", "--target", "kind", "--epochs", 1, "--folds", 3)
    assert called.status == 0, called.err
