"""Every registered method is reachable from the command line, and trains. None is named here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from chainrule.data.augmentation import AUGMENTATIONS
from chainrule.data.preparation.encoding import ENCODINGS
from chainrule.data.preparation.pixels import SCALINGS_OF_PIXELS
from chainrule.data.preparation.projection import PROJECTIONS
from chainrule.data.preparation.scaling import SCALINGS
from chainrule.insight.stored_run import stored_run
from chainrule.layers.initialisers import INITIALISERS
from chainrule.networks import NETWORKS
from chainrule.networks.blocks import NORMALISATIONS
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.ops.parts.loss import LOSSES
from chainrule.training.optimizers import OPTIMIZERS
from chainrule.training.recipe.presets import PRESETS
from chainrule.training.schedules import SCHEDULES
from chainrule.training.settings.settings import Precision
from tests.cli.conftest import Call, idx

QUICK = ("--epochs", 1)
CLASSES = ("train", "good.csv", "--target", "kind", *QUICK)
NUMBERS = ("train", "priced.csv", "--target", "price", *QUICK)
TWO = ("train", "two.csv", "--target", "yes", *QUICK)
PICTURES = ("train", "pictures-images-idx3-ubyte", *QUICK)

OF_PICTURES = {"cnn", "resnet", "rnn", "lstm", "gru"}
OF_TARGETS = {"number": NUMBERS, "yes_or_no": TWO, "one_hot": CLASSES, "index": CLASSES}


@pytest.fixture(autouse=True)
def _quick(files: Path, no_report: None) -> None:
    """Without reports, and with files of two classes and of pictures."""
    rows = [f"{place * 0.37 % 1:.3f},{['no', 'yes'][place % 2]}" for place in range(60)]
    (files / "two.csv").write_text("\n".join(["size,yes", *rows]) + "\n")
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8))
    (files / "pictures-images-idx3-ubyte").write_bytes(idx(pixels))
    (files / "pictures-labels-idx1-ubyte").write_bytes(idx(np.arange(60) % 3))


def options() -> list[tuple[object, ...]]:
    """A command line for each method."""
    found: list[tuple[object, ...]] = []
    methods: tuple[tuple[str, Iterable[str]], ...] = (
        ("--optimizer", OPTIMIZERS),
        ("--schedule", SCHEDULES),
        ("--scaling", SCALINGS),
        ("--encoding", ENCODINGS),
        ("--projection", PROJECTIONS),
    )
    for option, names in methods:
        found += [(*CLASSES, option, name) for name in names]
    methods = (("--initialiser", INITIALISERS), ("--normalisation", NORMALISATIONS))
    for option, names in methods:
        found += [(*CLASSES, "--preset", "plain", option, name) for name in names]
    learning = [name for name, entry in ACTIVATIONS.items() if entry.learns]
    found += [(*CLASSES, "--activation", name) for name in learning]
    found += [(*OF_TARGETS[entry.target], "--loss", name) for name, entry in LOSSES.items()]
    found += [(*PICTURES, "--scaling", name) for name in SCALINGS_OF_PIXELS]
    for name in NETWORKS:
        data = PICTURES if name in OF_PICTURES else TWO
        loss = ("--loss", "perceptron_criterion") if name == "perceptron" else ()
        found.append((*data, "--network", name, *loss))
    found += [(*CLASSES, "--precision", name) for name in get_args(Precision)]
    grey = {"jitter": "jitter:0.2:0.2:0:0", "crop": "crop:1"}
    found += [(*PICTURES, "--augment", grey.get(name, name)) for name in AUGMENTATIONS]
    found += [(*data[:4], "--preset", name, *QUICK) for name in PRESETS for data in (TWO, NUMBERS)]
    for more in (
        ("--weight-decay", 0.01),
        ("--weight-decay", 0.01, "--weight-decay-schedule", "flat_cos"),
        ("--dropout", 0.5, "--dropout-schedule", "flat_cos"),
        ("--prediction-range", "training"),
        ("--metric", "accuracy"),
        ("--metric", "auc"),
        ("--quick",),
        ("--best",),
        ("--l1", 0.001),
        ("--clip-norm", 1),
        ("--clip-value", 0.5),
        ("--average", 0.9),
        ("--warm-up", 0.1, "--batch-size", 8),
        ("--mixup", 0.2),
        ("--label-smoothing", 0.1),
        ("--class-weight", "balanced"),
        ("--sample-weight", "size"),
        ("--dropout", 0.5),
        ("--members", 2),
        ("--components", 1, "--projection", "pca"),
        ("--batch-size", 1),
        ("--batch-size", "all"),
    ):
        found.append((*CLASSES, *more))
    return found


@pytest.mark.parametrize(
    "command", options(), ids=lambda command: " ".join(map(str, command[4:])) or "plain"
)
def test_a_method_can_be_chosen_on_the_command_line_and_in_the_file_it_leaves(
    call: Call, files: Path, command: tuple[object, ...]
) -> None:
    first = call(*command, "--out", "first")
    assert first.status == 0, first.err
    second = call("train", "--config", "first/config.toml", "--out", "second")
    assert second.status == 0, second.err
    model = (files / "first" / "model.safetensors").read_bytes()
    assert model == (files / "second" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("name", [n for n, entry in ACTIVATIONS.items() if not entry.learns])
def test_an_activation_that_can_not_be_trained_is_refused_with_the_reason(
    call: Call, files: Path, name: str
) -> None:
    called = call(*CLASSES, "--activation", name, "--out", "run")
    assert called.status == 2
    assert "derivative is 0 everywhere" in called.err
    assert not (files / "run").exists()


def test_augmented_samples_are_left_as_a_picture(call: Call, files: Path) -> None:
    called = call(*PICTURES, "--augment", "digits", "--out", "run")
    assert "augmented samples   run/augmentation.png" in called.out
    assert (files / "run" / "augmentation.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_given_wins_over_the_preset(call: Call, files: Path) -> None:
    assert call(*TWO, "--preset", "strong", "--learning-rate", 0.5, "--out", "run").status == 0
    resolved = stored_run(files / "run").config.resolved
    assert (resolved["learning_rate"], resolved["epochs"]) == (0.5, 1)
    assert (resolved["network"], resolved["schedule"]) == ("realmlp", "coslog4")
