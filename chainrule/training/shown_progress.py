"""Progress as it is shown: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from torch import Tensor

from chainrule.training.progress import Progress, Work, validation, words

# How often a live bar is drawn anew, and how often plain lines are written at most.
SECONDS_BETWEEN_FRAMES = 0.1
SECONDS_BETWEEN_LINES = 2.0


class Bar:
    """A live bar with loss, validation, samples per second and the time that remains."""

    def __init__(self, console: Console) -> None:
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
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
        """Say what there is to do, and show an empty bar."""
        self._bar.console.print(str(work), highlight=False, soft_wrap=True)
        self._bar.update(self._task, total=work.visits)
        self._bar.start()
        self._began = time.monotonic()

    def batch(self, samples: int, loss: Tensor) -> None:
        """Move on, at most as often as the eye follows."""
        self._pending += samples
        now = time.monotonic()
        if now - self._drawn < SECONDS_BETWEEN_FRAMES:
            return
        self._samples += self._pending
        rate = self._samples / (now - self._began)
        figures = f"loss {float(loss):.4f}{self._validation}  {rate:,.0f} samples/s"
        self._bar.update(
            self._task,
            advance=self._pending,
            figures=figures,
            description=f"epoch {self._epoch}",
            refresh=True,
        )
        self._pending, self._drawn = 0, now

    def epoch(self, record: dict[str, float]) -> None:
        """Show the validation metric of this epoch from now on."""
        self._epoch = int(record["epoch"]) + 1
        shown = [f"  {words(name)} {value:.4f}" for name, value in validation(record).items()]
        self._validation = "".join(shown)

    def stop(self) -> None:
        """Remove the bar; what is worth keeping is printed by others."""
        self._bar.stop()


class Lines:
    """A plain line for an epoch, not more than one every two seconds, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, float] | None = None
        self._shown = -SECONDS_BETWEEN_LINES
        self._samples = self._seen = 0
        self._began = time.monotonic()

    def start(self, work: Work) -> None:
        """Say what there is to do."""
        self._console.print(str(work), highlight=False, soft_wrap=True)
        self._samples, self._began = work.visits, time.monotonic()

    def batch(self, samples: int, loss: Tensor) -> None:
        """Count the samples."""
        self._seen += samples

    def epoch(self, record: dict[str, float]) -> None:
        """Write the line, unless the last one was just now."""
        self._last = record
        if time.monotonic() - self._shown >= SECONDS_BETWEEN_LINES:
            self._write(record)

    def stop(self) -> None:
        """Write the last epoch's line if it was held back."""
        if self._last is not None:
            self._write(self._last)

    def _write(self, record: dict[str, float]) -> None:
        now = time.monotonic()
        remaining = (now - self._began) * (self._samples / max(1, self._seen) - 1)
        shown = {"training_loss": record["training_loss"], **validation(record)}
        figures = ", ".join(f"{words(name)} {value:.4f}" for name, value in shown.items())
        rate = f"{record['samples_per_second']:,.0f} samples/s"
        line = f"epoch {record['epoch']:.0f}: {figures}, {rate}, at most {remaining:.0f} s remain"
        self._console.print(line, highlight=False, soft_wrap=True)
        self._last, self._shown = None, now


def shown_progress() -> Progress:
    """What suits the standard error of this process."""
    console = Console(file=sys.stderr)
    # Not console.is_terminal, which FORCE_COLOR makes true of a file: a bar there is rubbish.
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    return Bar(console) if live else Lines(console)
