"""Progress: what training tells while it goes on, to whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class Work:
    """What there is to do, if nothing stops training before.

    Attributes:
        samples: to learn from.
        batch_size: of all batches but the last of an epoch.
        iterations_an_epoch: updates in an epoch, samples / batch size rounded up.
        iterations: updates in all.
    """

    samples: int
    batch_size: int
    iterations_an_epoch: int
    iterations: int

    @property
    def visits(self) -> int:
        """How often a sample will be looked at."""
        return self.iterations * self.batch_size

    def __str__(self) -> str:
        """The arithmetic of an epoch, for people.

        >>> print(Work(samples=1000, batch_size=32, iterations_an_epoch=32, iterations=640))
        1,000 samples / 32 in a batch = 32 iterations an epoch, x 20 epochs = 640 at most
        """
        epochs = self.iterations / self.iterations_an_epoch
        return (
            f"{self.samples:,} samples / {self.batch_size:,} in a batch = "
            f"{self.iterations_an_epoch:,} iterations an epoch, x {epochs:.4g} epochs = "
            f"{self.iterations:,} at most"
        )


class Progress(Protocol):
    """Is told how training goes."""

    def start(self, work: Work) -> None:
        """Training begins."""
        ...

    def batch(self, samples: int, loss: Tensor) -> None:
        """A batch was learned."""
        ...

    def epoch(self, record: dict[str, float]) -> None:
        """An epoch ended with these losses and metrics."""
        ...

    def stop(self) -> None:
        """Training ended."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, work: Work) -> None:
        """Show nothing."""

    def batch(self, samples: int, loss: Tensor) -> None:
        """Show nothing."""

    def epoch(self, record: dict[str, float]) -> None:
        """Show nothing."""

    def stop(self) -> None:
        """Show nothing."""


def progress_for(show: bool) -> Progress:
    """What suits the standard error of this process."""
    if not show:
        return Silent()
    # Only here: a run without progress, as in a program, starts sooner without Rich.
    from chainrule.training.shown_progress import shown_progress

    return shown_progress()


def validation(record: dict[str, float]) -> dict[str, float]:
    """The validation loss and the first validation metric of an epoch."""
    names = [name for name in record if name.startswith("validation_")]
    metrics = [name for name in names if name != "validation_loss"]
    return {name: record[name] for name in ["validation_loss", *metrics[:1]] if name in record}


def words(name: str) -> str:
    """A column's name as words.

    >>> words("validation_loss")
    'validation loss'
    """
    return name.replace("_", " ")
