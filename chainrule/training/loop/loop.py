"""The training loop: epochs with validation, until a stopping rule or their number ends it.

These are steps 3 to 8 of the nine; mini_batches.py is the inside of an epoch, and fit.py has the
other steps.
"""

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from chainrule.data.formatting import metric_label
from chainrule.errors import InputError
from chainrule.plan import Parameters
from chainrule.training.loop.early_stopping import StoppingRule
from chainrule.training.loop.full_batch import FullBatch
from chainrule.training.loop.interruption import uninterrupted
from chainrule.training.loop.mini_batches import MiniBatches
from chainrule.training.loop.progress import Progress, Work
from chainrule.training.loop.record import Record
from chainrule.training.loop.schedule_state import ScheduleState
from chainrule.training.loop.steps import TrainingSteps, run_steps
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import Settings
from chainrule.training.update import WeightAverage

StopReason = Literal[
    "epochs",
    "iterations",
    "patience",
    "interrupted",
    "callback",
    "converged",
    "evaluations",
    "diverged",
]


# How an epoch updates the weights.
BatchStrategy = MiniBatches | FullBatch


class EpochCallback(Protocol):
    """Callback at the beginning and the end of each epoch."""

    def epoch_began(self, epoch: int) -> None:
        """Called before an epoch, with its number."""
        ...

    def epoch_ended(self, record: Record, best: bool) -> bool:
        """Called after an epoch; return whether training should end.

        Args:
            record: losses and metrics of the epoch.
            best: whether its weights are the best so far.
        """
        ...


class NoCallback:
    """Callback that does nothing."""

    def epoch_began(self, epoch: int) -> None:
        """Do nothing."""

    def epoch_ended(self, record: Record, best: bool) -> bool:
        """Do nothing; return False, so that training continues."""
        return False


class Validate(Protocol):
    """Function that computes the validation loss and metrics of the current weights."""

    def __call__(self) -> dict[str, float]:
        """Return loss and metrics by name; empty without validation samples."""
        ...


@dataclass(frozen=True)
class Loop:
    """The training loop of one network, or of several as one.

    Attributes:
        batches: how an epoch updates the weights.
        parameters: the parameters to train.
        settings: the settings of the run; the other attributes hold the methods that they name.
        schedule: schedule of the learning rate.
        default_learning_rate: default of the optimizer, for messages.
        validate: computes the validation loss and metrics after each epoch.
        stopping: decides when training ends, and which weights are kept.
        callback: called before and after each epoch; it may end training.
        progress: display of the progress.
        epochs_before: number of epochs trained before; the numbers of epochs continue from it.
    """

    batches: BatchStrategy
    parameters: Parameters
    settings: Settings
    schedule: Schedule
    default_learning_rate: float
    validate: Validate
    stopping: StoppingRule
    callback: EpochCallback
    progress: Progress
    epochs_before: int = 0

    @property
    def iterations(self) -> int:
        """Number of updates, if nothing ends training before."""
        return self.settings.iterations or self.settings.epochs * self.iterations_an_epoch

    @property
    def iterations_an_epoch(self) -> int:
        """Number of updates in an epoch."""
        return self.batches.iterations_an_epoch

    @property
    def work(self) -> Work:
        """Amount of work of the training."""
        batches = self.batches
        return Work(batches.samples, batches.batch_size, self.iterations_an_epoch, self.iterations)

    def run(self) -> "LoopResult":
        """Train; afterwards the parameters hold the weights that the stopping rule kept.

        A loss that becomes nan or infinite ends training.
        Raises:
            DivergedError: it did so before the stopping rule kept any weights.
            KeyboardInterrupt: the user interrupted before the first epoch ended; a later
                interruption only ends training.
        """
        return run_steps(self.steps())

    def steps(self) -> TrainingSteps["LoopResult"]:
        """Yield the training steps for the caller to run; raise as `run` does.

        The caller should throw a KeyboardInterrupt during a step into the generator.
        """
        state = ScheduleState.of(self.schedule, self.settings, self.iterations)
        stopping, average = self.stopping, self.batches.average
        history: list[Record] = []
        stop: StopReason = "iterations" if self.settings.iterations else "epochs"
        diverged: DivergedError | None = None
        try:
            for epoch, updates in self._epochs():
                self.callback.epoch_began(epoch)
                record = yield from self._train_epoch(epoch, updates, state)
                with _averaged_weights(average):
                    self._validate_epoch(record, state)
                    with uninterrupted():
                        history.append(record)
                        best = stopping.observe(record, self.parameters.everything)
                        ended_by_callback = self.callback.epoch_ended(record, best)
                if ended_by_callback:
                    stop = "callback"
                    break
                if self.batches.stopped is not None:
                    stop = self.batches.stopped
                    break
                if stopping.should_stop():
                    stop = "patience"
                    break
        except KeyboardInterrupt:
            if not history:
                raise  # there is no epoch to return
            stop = "interrupted"
        except DivergedError as error:
            if not stopping.restore(self.parameters.everything):
                raise
            stop, diverged = "diverged", error
        if not stopping.restore(self.parameters.everything) and average is not None:
            average.swap()
        return LoopResult(history, stop, diverged)

    def _epochs(self) -> Iterator[tuple[int, int]]:
        """Yield the number and the number of updates of each epoch, up to `iterations`."""
        left, epoch = self.iterations, self.epochs_before
        while left > 0:
            epoch += 1
            updates = min(left, self.iterations_an_epoch)
            left -= updates
            yield epoch, updates

    def _train_epoch(self, epoch: int, updates: int, state: ScheduleState) -> TrainingSteps[Record]:
        """Train on all samples once; return the record of the epoch before validation."""
        batches, started = self.batches, time.perf_counter()
        done = (epoch - 1) * self.iterations_an_epoch
        loss = yield from batches.train_epoch(epoch, updates, done, state)
        seconds = time.perf_counter() - started
        step = done + updates
        return {
            "epoch": epoch,
            "iteration": step,
            "training_loss": loss,
            "learning_rate": batches.learning_rate * state.learning_rate.factor(step - 1),
            "seconds": seconds,
            "samples_per_second": min(batches.samples, updates * batches.batch_size) / seconds,
        }

    def _validate_epoch(self, record: Record, state: ScheduleState) -> None:
        """Add the validation of the current weights to the record, and check the losses."""
        record.update({f"validation_{name}": value for name, value in self.validate().items()})
        for name in ("training_loss", "validation_loss"):
            if not math.isfinite(record.get(name, 0)):
                rate, default = self.batches.learning_rate, self.default_learning_rate
                epoch = int(record["epoch"])
                raise DivergedError(
                    epoch, name, record[name], rate, default, first=epoch == self.epochs_before + 1
                )
        if "validation_loss" in record:
            state.validated(record["validation_loss"])
        self.progress.epoch(record)


class LoopResult(NamedTuple):
    """The result of a loop: a record for each epoch, and why it ended.

    `diverged` is the error of an epoch that ended it, which has no record.
    """

    history: list[Record]
    stopped: StopReason
    diverged: "DivergedError | None" = None


def _averaged_weights(average: WeightAverage | None) -> AbstractContextManager[None]:
    """Replace the weights by their average, if there is one, for validation and for keeping."""
    return nullcontext() if average is None else average.in_place_of_weights()


class DivergedError(InputError):
    """A loss became nan or infinite: the updates were too large."""

    def __init__(
        self,
        epoch: int,
        name: str,
        loss: float,
        learning_rate: float,
        default: float,
        *,
        first: bool = False,
    ) -> None:
        self.epoch, self.name, self.loss = epoch, name, loss
        kept = " No weights are kept, as no epoch before it ended." if first else ""
        super().__init__(
            f"The {metric_label(name)} became {loss} in epoch {epoch}, at learning rate "
            f"{learning_rate:g}; expected a finite number. Try a smaller learning rate: "
            f"--learning-rate {min(learning_rate / 10, default):g}.{kept}"
        )
