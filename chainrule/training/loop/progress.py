"""Progress of training: the protocol of its events, a live bar on a terminal, lines in a log."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from chainrule.data.formatting import format_score, metric_label, pluralised

if TYPE_CHECKING:  # Rich is imported only for a display
    from rich.console import Console

# Shortest time between two frames of a live bar, and between two plain lines.
SECONDS_BETWEEN_FRAMES = 0.1
SECONDS_BETWEEN_LINES = 2.0


@dataclass(frozen=True)
class Work:
    """The amount of work of a training, if nothing ends it before.

    Attributes:
        samples: number of training samples.
        batch_size: number of samples in each batch but the last of an epoch.
        iterations_an_epoch: number of updates in an epoch, samples / batch size rounded up.
        iterations: total number of updates.
    """

    samples: int
    batch_size: int
    iterations_an_epoch: int
    iterations: int

    @property
    def samples_seen(self) -> int:
        """Number of samples processed in all updates, with repetition."""
        return self.iterations * self.batch_size

    def __str__(self) -> str:
        """Return the arithmetic of an epoch, for the user.

        >>> print(Work(samples=1000, batch_size=32, iterations_an_epoch=32, iterations=640))
        1,000 samples / 32 in a batch = 32 iterations an epoch, x 20 epochs = 640 at most
        """
        epochs = self.iterations / self.iterations_an_epoch
        return (
            f"{self.samples:,} samples / {self.batch_size:,} in a batch = "
            f"{pluralised(self.iterations_an_epoch, 'iteration')} an epoch, x {epochs:.4g} "
            f"{'epoch' if epochs == 1 else 'epochs'} = "
            f"{self.iterations:,} at most"
        )


class Progress(Protocol):
    """Display of the progress of training."""

    def start(self, work: Work) -> None:
        """Called when training begins."""
        ...

    def batch(self, samples: int, loss: Tensor) -> None:
        """Called after a batch."""
        ...

    def epoch(self, record: dict[str, float]) -> None:
        """Called after an epoch, with its losses and metrics."""
        ...

    def stop(self) -> None:
        """Called when training has ended."""
        ...


class SilentProgress:
    """Progress without a display."""

    def start(self, work: Work) -> None:
        """Show nothing."""

    def batch(self, samples: int, loss: Tensor) -> None:
        """Show nothing."""

    def epoch(self, record: dict[str, float]) -> None:
        """Show nothing."""

    def stop(self) -> None:
        """Show nothing."""


def validation_figures(record: dict[str, float]) -> dict[str, float]:
    """Return the validation loss and the first validation metric of an epoch."""
    names = [name for name in record if name.startswith("validation_")]
    metrics = [name for name in names if name != "validation_loss"]
    return {name: record[name] for name in ["validation_loss", *metrics[:1]] if name in record}


class ProgressBar:
    """A live bar with loss, validation, samples per second and remaining time."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress
        from rich.table import Column

        # In a narrow terminal the bar and the end of the figures give way to the epoch.
        self._bar = RichProgress(
            TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=9)),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("epoch 1", figures="", total=None)
        self._validation = ""
        self._epoch = 1
        self._pending = 0
        self._drawn = self._began = time.monotonic()
        self._samples = 0

    def start(self, work: Work) -> None:
        """Print the amount of work, and show an empty bar."""
        self._bar.console.print(str(work), highlight=False, soft_wrap=True)
        self._bar.update(self._task, total=work.samples_seen)
        self._bar.start()
        self._began = time.monotonic()

    def batch(self, samples: int, loss: Tensor) -> None:
        """Advance the bar, at most ten times a second."""
        self._pending += samples
        now = time.monotonic()
        if now - self._drawn < SECONDS_BETWEEN_FRAMES:
            return
        self._samples += self._pending
        rate = self._samples / (now - self._began)
        figures = f"loss {format_score(float(loss))}{self._validation}  {rate:,.0f} samples/s"
        self._bar.update(
            self._task,
            advance=self._pending,
            figures=figures,
            description=f"epoch {self._epoch}",
            refresh=True,
        )
        self._pending, self._drawn = 0, now

    def epoch(self, record: dict[str, float]) -> None:
        """Show the validation figures of this epoch from now on."""
        self._epoch = int(record["epoch"]) + 1
        figures = [
            f"  {metric_label(name)} {format_score(value)}"
            for name, value in validation_figures(record).items()
        ]
        self._validation = "".join(figures)

    def stop(self) -> None:
        """Remove the bar."""
        self._bar.stop()


class ProgressLines:
    """A plain line for an epoch, at most one every two seconds, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, float] | None = None
        self._shown = -SECONDS_BETWEEN_LINES
        self._samples = self._seen = 0
        self._began = time.monotonic()

    def start(self, work: Work) -> None:
        """Print the amount of work."""
        self._console.print(str(work), highlight=False, soft_wrap=True)
        self._samples, self._began = work.samples_seen, time.monotonic()

    def batch(self, samples: int, loss: Tensor) -> None:
        """Count the samples."""
        self._seen += samples

    def epoch(self, record: dict[str, float]) -> None:
        """Write a line, unless the last one is less than two seconds old."""
        self._last = record
        if time.monotonic() - self._shown >= SECONDS_BETWEEN_LINES:
            self._write(record)

    def stop(self) -> None:
        """Write the line of the last epoch, if it was not written yet."""
        if self._last is not None:
            self._write(self._last)

    def _write(self, record: dict[str, float]) -> None:
        now = time.monotonic()
        remaining = (now - self._began) * (self._samples / max(1, self._seen) - 1)
        losses = {"training_loss": record["training_loss"], **validation_figures(record)}
        figures = ", ".join(
            f"{metric_label(name)} {format_score(value)}" for name, value in losses.items()
        )
        rate = f"{record['samples_per_second']:,.0f} samples/s"
        line = f"epoch {record['epoch']:.0f}: {figures}, {rate}, at most {remaining:.0f} s remain"
        self._console.print(line, highlight=False, soft_wrap=True)
        self._last, self._shown = None, now


def progress_for(show: bool) -> Progress:
    """Return the progress display for the standard error stream; `SilentProgress` unless `show`."""
    if not show:
        return SilentProgress()
    from rich.console import Console

    console = Console(file=sys.stderr)
    # Not console.is_terminal, which FORCE_COLOR makes true for a file, where a bar is unreadable.
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    return ProgressBar(console) if live else ProgressLines(console)
