"""Mini-batches: an epoch with an update for each batch. Steps 3 to 6 of the nine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from chainrule.graph.operation import Calls
from chainrule.training.loop.progress import Progress
from chainrule.training.loop.sampling import EpochBatches, batches_an_epoch
from chainrule.training.loop.schedule_state import DROPOUT_SHARE, ScheduleState
from chainrule.training.loop.steps import TrainingPlans, TrainingStep, TrainingSteps
from chainrule.training.settings.settings import Sampling
from chainrule.training.update import WeightAverage

# Least number of batches of an epoch in which the training loss is measured.
BATCHES_MEASURED = 64


class SampleSource(Protocol):
    """Source of the samples of each batch, such as a `BatchSource`."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def batches(self, batch_size: int, sampling: Sampling, epoch: int) -> Iterator[Tensor]:
        """Return the rows of each batch of an epoch, (..., batch)."""
        ...

    def calls(
        self, inputs: Mapping[str, Tensor], rows: Tensor, *, epoch: int, batch: int, step: int
    ) -> Calls:
        """Return the calls that fill the inputs of a plan with these rows."""
        ...


class WeightUpdate(Protocol):
    """Update of the weights by their gradient, such as a `BoundUpdate`."""

    @property
    def average(self) -> WeightAverage | None:
        """Moving average of the weights; None without averaging."""
        ...

    def calls(self, learning_rate: float, decay_share: float = 1.0) -> Calls:
        """Return the calls of one update."""
        ...


class BatchRows(Sized, Iterable[Tensor], Protocol):
    """The rows of each batch of an epoch."""


@dataclass(frozen=True)
class MiniBatches:
    """Epochs with one update of the weights for each batch.

    Attributes:
        plans: training plans by batch size.
        source: source of the samples of each batch.
        update: update of the weights that the plans read.
        batch_size: number of samples in each batch but the last.
        sampling: order of the samples.
        learning_rate: learning rate before the schedule.
        progress: display of the progress.
    """

    plans: TrainingPlans
    source: SampleSource
    update: WeightUpdate
    batch_size: int
    sampling: Sampling
    learning_rate: float
    progress: Progress

    # The loss of a batch does not show whether training has converged.
    stopped = None

    @property
    def samples(self) -> int:
        """Number of training samples."""
        return len(self.source)

    @property
    def iterations_an_epoch(self) -> int:
        """Number of updates in an epoch: samples / batch size, rounded up."""
        return batches_an_epoch(self.samples, self.batch_size, self.sampling)

    @property
    def flops(self) -> int:
        """Floating-point operations of a step."""
        return self.plans.for_batch(self.batch_size).flops

    @property
    def average(self) -> WeightAverage | None:
        """Moving average of the weights; None without averaging."""
        return self.update.average

    def train_epoch(
        self, epoch: int, updates: int, done: int, state: ScheduleState
    ) -> TrainingSteps[float]:
        """Train on the batches of an epoch; return the mean loss.

        Args:
            epoch: number of the epoch, from 1.
            updates: number of batches, at most `iterations_an_epoch`.
            done: number of previous updates.
            state: schedules of learning rate, dropout and weight decay.
        """
        rows = self.source.batches(self.batch_size, self.sampling, epoch)
        return (yield from self.train_on_batches(EpochBatches(updates, rows), epoch, done, state))

    def train_on_batches(
        self, rows: BatchRows, epoch: int, done: int, state: ScheduleState
    ) -> TrainingSteps[float]:
        """Train on these batches; other arguments as for `train_epoch`.

        The loss is measured in every batch or, of very many, in every second, third, ...: the
        gradient does not need it, and in a small step it is a tenth of the work.
        """
        loss_sum, measured = 0.0, 0
        every = max(1, len(rows) // BATCHES_MEASURED)
        for number, batch in enumerate(rows):
            size = batch.shape[-1]
            plan = self.plans.for_batch(size)
            step = done + number
            measure = number % every == 0
            if DROPOUT_SHARE in plan.inputs:
                plan.inputs[DROPOUT_SHARE].fill_(state.dropout.factor(step))
            yield TrainingStep(
                self.source.calls(plan.inputs, batch, epoch=epoch, batch=number, step=step),
                plan,
                measure,
                self.update.calls(
                    self.learning_rate * state.learning_rate.factor(step),
                    state.weight_decay.factor(step),
                ),
            )
            loss = plan.outputs["loss"]  # (members,) for several members
            if measure:
                loss_sum += size * float(loss.mean() if loss.dim() else loss)
                measured += size
            self.progress.batch(size, loss)
        return loss_sum / measured
