"""Progress: a bar on a terminal, few lines elsewhere, nothing where nobody asks."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
import torch
from rich.console import Console

from chainrule.training.loop import progress
from chainrule.training.loop.progress import (
    Progress,
    ProgressBar,
    ProgressLines,
    SilentProgress,
    Work,
    progress_for,
    validation_figures,
)

LOSS = torch.tensor(0.25)


class Clock:
    """A clock that advances only when a test sets it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def record(epoch: int) -> dict[str, float]:
    return {
        "epoch": epoch,
        "training_loss": 0.5,
        "validation_rmse": 1.5,
        "validation_mae": 2.5,
        "validation_loss": 0.75,
        "samples_per_second": 12345.6,
    }


def train(shown: Progress, clock: Clock, *, epochs: int, seconds: float) -> None:
    """Epochs of ten batches of 10 samples, each epoch as long as given."""
    shown.start(Work(100, 10, iterations_an_epoch=10, iterations=10 * epochs))
    for epoch in range(1, epochs + 1):
        for _ in range(10):
            clock.now += seconds / 10
            shown.batch(10, LOSS)
        shown.epoch(record(epoch))
    shown.stop()


def lines_of(clock: Clock, *, epochs: int, seconds: float) -> list[str]:
    file = io.StringIO()
    train(ProgressLines(Console(file=file, width=60)), clock, epochs=epochs, seconds=seconds)
    work, *lines = file.getvalue().splitlines()
    assert work == (
        f"100 samples / 10 in a batch = 10 iterations an epoch, x {epochs} epochs = "
        f"{10 * epochs} at most"
    )
    return lines


def epochs_in(lines: list[str]) -> list[int]:
    return [int(line.removeprefix("epoch ").split(":")[0]) for line in lines]


def test_an_epoch_is_one_line_however_narrow_the_window(clock: Clock) -> None:
    # 100 samples took 2.5 s, so 100 more will take as long.
    assert lines_of(clock, epochs=2, seconds=2.5)[0] == (
        "epoch 1: training loss 0.5000, validation loss 0.7500, validation rmse 1.5000, "
        "12,346 samples/s, at most 2 s remain"
    )


def test_slow_epochs_have_a_line_each(clock: Clock) -> None:
    assert epochs_in(lines_of(clock, epochs=3, seconds=2.5)) == [1, 2, 3]


def test_quick_epochs_share_a_line_every_two_seconds_and_the_last_has_one(clock: Clock) -> None:
    assert epochs_in(lines_of(clock, epochs=12, seconds=0.625)) == [1, 5, 9, 12]


def test_the_last_epoch_has_its_line_only_once(clock: Clock) -> None:
    assert epochs_in(lines_of(clock, epochs=9, seconds=0.625)) == [1, 5, 9]


def test_lines_hold_no_control_characters(clock: Clock) -> None:
    assert all(line.isprintable() for line in lines_of(clock, epochs=3, seconds=2.5))


def frames_of(clock: Clock, *, epochs: int, seconds: float, width: int = 120) -> str:
    file = io.StringIO()
    console = Console(force_terminal=True, file=file, width=width, color_system=None)
    train(ProgressBar(console), clock, epochs=epochs, seconds=seconds)
    return file.getvalue()


def test_the_bar_shows_epoch_loss_validation_and_speed(clock: Clock) -> None:
    frames = frames_of(clock, epochs=2, seconds=2)
    # 10 samples in 0.2 s
    assert "epoch 1" in frames
    assert "loss 0.2500  50 samples/s" in frames
    assert "epoch 2" in frames
    assert "loss 0.2500  validation loss 0.7500  validation rmse 1.5000  50 samples/s" in frames


def test_in_a_narrow_window_the_epoch_stays_readable(clock: Clock) -> None:
    frames = frames_of(clock, epochs=2, seconds=2, width=60)
    assert "epoch 2" in frames
    assert "…" not in frames.split("epoch 2")[1].split("loss")[0]


def test_the_bar_is_drawn_no_oftener_than_the_eye_follows(clock: Clock) -> None:
    quick, slow = (frames_of(clock, epochs=5, seconds=s).count("samples/s") for s in (0.01, 2))
    assert (quick, slow) == (0, 50 + 1)  # a frame a batch, and one when it is removed


def test_the_bar_arrives_when_all_samples_were_visited(clock: Clock) -> None:
    *frames, last = frames_of(clock, epochs=2, seconds=2).split("epoch ")
    assert "0:00:00" in last  # remain
    assert not any("0:00:00" in frame for frame in frames[: len(frames) // 2])


def test_the_bar_is_gone_when_training_ends(clock: Clock) -> None:
    frames = frames_of(clock, epochs=1, seconds=2)
    # The last thing written erases the bar's line.
    assert frames.rsplit("samples/s", 1)[1].endswith("\x1b[2K")


def test_silence_shows_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    train(SilentProgress(), clock, epochs=3, seconds=3)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_there_are_lines_on_standard_error() -> None:
    assert isinstance(progress_for(show=True), ProgressLines)
    assert isinstance(progress_for(show=False), SilentProgress)


def test_the_validation_shown_is_the_loss_and_the_first_metric() -> None:
    assert validation_figures(record(1)) == {"validation_loss": 0.75, "validation_rmse": 1.5}
    assert validation_figures({"epoch": 1, "training_loss": 0.5}) == {}
