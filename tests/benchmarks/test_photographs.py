"""The benchmark of photographs: both sides are trained, stopped, tested and written down alike."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from benchmarks import photographs
from benchmarks.photographs import Outcome, PatientTwin, Result, page_of
from benchmarks.turns import Turn
from chainrule.data.dataset import Images
from chainrule.data.table import Column
from chainrule.layers import Dense, Network
from chainrule.training.fit import TrainingJob
from chainrule.training.samples.prepare import prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings


class Scripted:
    """In place of a twin: its losses are given, and its only weight is the epoch's number."""

    losses: tuple[float, ...] = ()

    def __init__(self, fit: TrainingJob) -> None:
        self.network = nn.Linear(1, 1, bias=False)
        self._left: Iterator[float] = iter(self.losses)

    def train(self, epoch: int) -> float:
        with torch.no_grad():
            self.network.weight.fill_(epoch)
        return 0.5

    def evaluate(self, samples: Samples) -> dict[str, float]:
        return {"loss": next(self._left, 0.0), "accuracy": self.network.weight.item()}


def patient_twin(
    monkeypatch: pytest.MonkeyPatch, *losses: float, patience: int, epochs: int = 100
) -> PatientTwin:
    monkeypatch.setattr(photographs, "Twin", type("Given", (Scripted,), {"losses": losses}))
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (20, 4, 4, 3)).astype(np.uint8)
    target = Column("class", np.array(["cat", "dog"] * 10, object))
    settings = Settings(patience=patience, epochs=epochs)
    prepared = prepare(Images("toy", pixels, target), settings)
    return PatientTwin(TrainingJob(Network(Dense(1)), prepared, settings))


def trained(twin: PatientTwin) -> PatientTwin:
    """The twin, after all its turns."""
    while not twin.has_stopped:
        twin.turn(twin.epochs + 1)
    return twin


def test_a_twin_stops_when_its_patience_has_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = trained(patient_twin(monkeypatch, 3, 2, 2.5, 1, 1.5, 1, 0.5, patience=2))
    assert twin.epochs == 6  # the lowest loss until then is that of epoch 4
    assert twin.turn(7) is None


def test_a_twin_stops_at_the_last_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trained(patient_twin(monkeypatch, 3, 2, 1, 0.5, patience=2, epochs=3)).epochs == 3


def test_a_twin_without_patience_trains_all_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trained(patient_twin(monkeypatch, 1, 2, 3, 4, patience=0, epochs=4)).epochs == 4


def test_a_twin_is_tested_with_the_weights_of_its_best_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert trained(patient_twin(monkeypatch, 3, 2, 2.5, 2.2, patience=2)).accuracy() == 2


def test_the_page_has_the_means_the_spreads_and_the_standard_error() -> None:
    turns = [Turn(2.0, 3.0), Turn(1.0, 2.0), Turn(4.0, 4.0)]
    results = [
        Result(Outcome(0.5, 30), Outcome(0.6, 20), turns[:2], tested=100, busy_cores=0.0),
        Result(Outcome(0.4, 40), Outcome(0.5, 25), turns[2:], tested=100, busy_cores=0.24),
    ]
    lines = page_of(results, epochs=12).text.splitlines()
    assert lines[2:4] == [
        "| chainrule | **0.450** (0.400 to 0.500) | 30, 40 | 2.00 | 1 |",
        "| PyTorch eager | **0.550** (0.500 to 0.600) | 20, 25 | 3.00 | **1.50** (1.00 to 2.00) |",
    ]
    assert "Others kept 0.0 to 0.2 cores busy. With 100 test pictures" in lines[5]
    assert "the standard error of one accuracy is 0.050." in lines[5]  # root of 0.5 x 0.5 / 100
    assert lines[7].endswith("--seed SEED --epochs 12")
    assert page_of(results, epochs=None).text.splitlines()[7].endswith("--seed SEED")


def test_the_benchmark_trains_both_on_folders_of_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(0)
    for part, count in (("train", 15), ("test", 5)):
        for brightness, name in ((0, "night"), (60, "dusk"), (120, "day")):
            folder = tmp_path / photographs.PICTURES / part / name
            folder.mkdir(parents=True)
            for number in range(count):
                pixels = draw.integers(brightness, brightness + 128, (8, 8, 3)).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{number}.png")
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    options = ["--seeds", "1", "--epochs", "3", "--write", str(tmp_path / "page.md")]
    monkeypatch.setattr(sys, "argv", ["photographs", *options])
    photographs.main()
    page = (tmp_path / "page.md").read_text()
    assert "(lowest to highest of 1 seeds)" in page
    assert "Medians of 2 turns" in page
    assert "With 15 test pictures" in page
    assert page.count("| 3 |") == 2  # epochs of each
