"""The training loop: forward, loss, backward, update, over mini-batches and epochs; validate, stop.

These are steps 3 to 8 of the nine; fit.py has the others.

A loop doesn't take its steps, but asks for each: it yields what fills the inputs of a plan, the
plan, and the update, and goes on when the weights have moved. So loops that know nothing of each
other can have their steps taken together (together.py), and what a loop does is the same in company
and alone.
"""

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeVar

from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls
from chainrule.plan import Parameters
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.early_stopping import EarlyStopping
from chainrule.training.loop.interruption import uninterrupted
from chainrule.training.loop.progress import Progress, Work, metric_words
from chainrule.training.loop.sampling import Batches, batches_an_epoch
from chainrule.training.loop.schedule_state import DROPOUT_SHARE, ScheduleState
from chainrule.training.schedules import Schedule
from chainrule.training.settings.settings import BestBy, Settings
from chainrule.training.update import BoundUpdate, Update

Stop = Literal["epochs", "iterations", "patience", "interrupted"]

# At least so many batches of an epoch tell its training loss, if it has as many.
BATCHES_MEASURED = 64

# A point of the learning curves: epoch, losses, metrics, by the names in metrics.jsonl.
Record = dict[str, float]


class TrainingPlan(Protocol):
    """What a loop needs of a plan: a `Plan`, or the row of one that is a member's.

    Attributes:
        inputs: tensors to fill before a step, by name.
        outputs: tensors that hold the results after it, by name; the loss is one of them.
    """

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]

    def step(self) -> None:
        """Forward and backward: outputs and gradient."""
        ...

    def gradient_step(self) -> None:
        """The same without the outputs."""
        ...


class TrainingPlans(Protocol):
    """The plans of a loop, by batch size."""

    def for_batch(self, batch_size: int) -> TrainingPlan:
        """The plan for that many samples."""
        ...


class Step(NamedTuple):
    """A step that a loop asks for.

    Attributes:
        feed: the calls that fill the inputs of the plan.
        plan: for forward and backward.
        with_loss: whether the loss is wanted beside the gradient.
        update: the calls that move the weights.
    """

    feed: Calls
    plan: TrainingPlan
    with_loss: bool
    update: Calls

    def take(self) -> None:
        """Take it alone."""
        for call in self.feed:
            call()
        if self.with_loss:
            self.plan.step()
        else:
            self.plan.gradient_step()
        for call in self.update:
            call()


Result = TypeVar("Result")

# Yields the steps that it asks for; in the end it returns what came of them.
Steps = Generator[Step, None, Result]


@dataclass(frozen=True)
class Loop:
    """Everything that stays the same from epoch to epoch.

    Attributes:
        plans: of training.
        parameters: that the plans read and the update moves.
        feeding: what the samples bring to each batch.
        settings: with what they name resolved in the next four.
        update: what stands between the gradient and the weights.
        learning_rate: the full one.
        schedule: how the learning rate goes.
        batch_size: of all batches but the last.
        validate: gives the validation loss and metrics of the weights as they are; empty without
            validation samples.
        seen: is told each epoch's record, and whether its weights are the best so far.
    """

    plans: TrainingPlans
    parameters: Parameters
    feeding: BatchSource
    settings: Settings
    update: Update
    learning_rate: float
    schedule: Schedule
    batch_size: int
    validate: Callable[[], dict[str, float]]
    seen: Callable[[Record, bool], None]
    progress: Progress

    @property
    def iterations(self) -> int:
        """Updates until the end, if nothing stops training before."""
        return self.settings.iterations or self.settings.epochs * self.iterations_an_epoch

    @property
    def iterations_an_epoch(self) -> int:
        """Updates in an epoch: samples / batch size, the smaller last batch counted."""
        samples = len(self.feeding)
        return batches_an_epoch(samples, self.batch_size, self.settings.sampling)

    @property
    def work(self) -> Work:
        """What there is to do."""
        samples = len(self.feeding)
        return Work(samples, self.batch_size, self.iterations_an_epoch, self.iterations)

    def run(self) -> "Learned":
        """Train alone; the parameters hold the best weights afterwards.

        Raises:
            Diverged: a loss is no longer a finite number.
            KeyboardInterrupt: it came before the first epoch ended; later it only ends training.
        """
        return run_steps(self.steps())

    def steps(self) -> Steps["Learned"]:
        """The steps of training; what `run` raises is raised in between.

        A KeyboardInterrupt that comes while a step is taken is to be thrown in.
        """
        update = self.update.bind(self.parameters)
        course = ScheduleState.of(self.schedule, self.settings, self.iterations)
        by_accuracy = self.settings.best_by == "accuracy"
        stopping = EarlyStopping(self.settings.patience, last_of_equals=by_accuracy)
        history: list[Record] = []
        stop: Stop = "iterations" if self.settings.iterations else "epochs"
        try:
            for epoch, rows in self._epochs():
                done = int(history[-1]["iteration"]) if history else 0
                record = yield from self._learned(epoch, rows, done, update, course)
                with _averaged(update):
                    self._judge(record, course)
                    watched = watched_in(record, self.settings.best_by)
                    with uninterrupted():
                        history.append(record)
                        # Without validation samples the last weights count: none are known better.
                        weights = self.parameters.everything
                        best = watched is None or stopping.seen(epoch, watched, weights)
                        self.seen(record, best)
                if watched is not None and stopping.should_stop(epoch):
                    stop = "patience"
                    break
        except KeyboardInterrupt:
            if not history:
                raise  # nothing was learned that could be shown
            stop = "interrupted"
        if not stopping.restore(self.parameters.everything) and update.average is not None:
            update.average.swap()
        return Learned(history, stop)

    def _epochs(self) -> Iterator[tuple[int, Batches]]:
        """Each epoch's number from 1 and its batches, until the iterations are used."""
        left, epoch = self.iterations, 0
        while left > 0:
            epoch += 1
            count = min(left, self.iterations_an_epoch)
            left -= count
            sampling = self.settings.sampling
            yield epoch, Batches(count, self.feeding.batches(self.batch_size, sampling, epoch))

    def _learned(
        self, epoch: int, rows: Batches, done: int, update: BoundUpdate, course: ScheduleState
    ) -> Steps[Record]:
        """Learn from each batch of an epoch; what is known of the epoch before it is validated."""
        started = time.perf_counter()
        loss = yield from self.learn(epoch, rows, done, update, course)
        seconds = time.perf_counter() - started
        step = done + len(rows)
        return {
            "epoch": epoch,
            "iteration": step,
            "training_loss": loss,
            "learning_rate": self.learning_rate * course.learning_rate.factor(step - 1),
            "seconds": seconds,
            "samples_per_second": min(len(self.feeding), len(rows) * self.batch_size) / seconds,
        }

    def _judge(self, record: Record, course: ScheduleState) -> None:
        """Validate the weights as they are, and refuse to go on with a loss that is no number."""
        record.update({f"validation_{name}": value for name, value in self.validate().items()})
        for name in ("training_loss", "validation_loss"):
            if not math.isfinite(record.get(name, 0)):
                usual = self.update.optimizer.default_learning_rate
                epoch = int(record["epoch"])
                raise DivergedError(epoch, name, record[name], self.learning_rate, usual)
        if "validation_loss" in record:
            course.validated(record["validation_loss"])
        self.progress.epoch(record)

    def learn(
        self,
        epoch: int,
        rows: Batches | Sequence[Tensor],
        done: int,
        update: BoundUpdate,
        course: ScheduleState,
    ) -> Steps[float]:
        """Learn from each batch once, and return the mean loss.

        The loss is measured in every batch, or, of very many, in every second, third, ...: its
        gradient doesn't need it, and in a small step it would be a tenth of the work.
        Args:
            epoch: its number, from 1.
            rows: of each batch.
            done: number of updates before.
            update: of the weights.
            course: shares of the learning rate, dropout and weight decay for each update.
        """
        loss_sum, measured = 0.0, 0
        every = max(1, len(rows) // BATCHES_MEASURED)
        for number, batch in enumerate(rows):
            size = batch.numel()
            plan = self.plans.for_batch(size)
            step = done + number
            measure = number % every == 0
            if DROPOUT_SHARE in plan.inputs:
                plan.inputs[DROPOUT_SHARE].fill_(course.dropout.factor(step))
            yield Step(
                self.feeding.calls(plan.inputs, batch, epoch=epoch, batch=number, step=step),
                plan,
                measure,
                update.calls(
                    self.learning_rate * course.learning_rate.factor(step),
                    course.weight_decay.factor(step),
                ),
            )
            if measure:
                loss_sum += size * float(plan.outputs["loss"])
                measured += size
            self.progress.batch(size, plan.outputs["loss"])
        return loss_sum / measured


def watched_in(record: Record, best_by: BestBy) -> float | None:
    """What the best epoch has the least of: the validation loss, or the share of wrong answers.

    Where numbers are learned, no answer is right or wrong, and it is the loss. None without
    validation samples.
    """
    if best_by == "accuracy" and "validation_accuracy" in record:
        return 1 - record["validation_accuracy"]
    return record.get("validation_loss")


class Learned(NamedTuple):
    """What a loop gave: a record an epoch, and why it ended."""

    history: list[Record]
    stopped: Stop


def run_steps(steps: Steps[Result]) -> Result:
    """Take each step as soon as it is asked for, and give what the steps end with."""
    try:
        while True:
            try:
                next(steps).take()
            except KeyboardInterrupt as interruption:
                steps.throw(interruption)
    except StopIteration as end:
        result: Result = end.value
        return result


def _averaged(update: BoundUpdate) -> AbstractContextManager[None]:
    """Where weights are averaged, it is their average that is validated and kept."""
    return nullcontext() if update.average is None else update.average.in_place_of_weights()


class DivergedError(InputError):
    """A loss became nan or infinite: the updates were too large."""

    def __init__(
        self, epoch: int, name: str, loss: float, learning_rate: float, usual: float
    ) -> None:
        super().__init__(
            f"The {metric_words(name)} became {loss} in epoch {epoch}, at learning rate "
            f"{learning_rate:g}; expected a finite number. Try a smaller learning rate: "
            f"--learning-rate {min(learning_rate / 10, usual):g}."
        )
