"""The training loop: forward, loss, backward, update, over mini-batches and epochs; validate, stop.

These are steps 3 to 8 of the nine; train.py has the others.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.plan import Parameters, Plans
from chainrule.training.early_stopping import EarlyStopping
from chainrule.training.evaluation import Samples
from chainrule.training.optimizers import Optimizer
from chainrule.training.progress import Progress, words
from chainrule.training.sampling import batches, batches_an_epoch
from chainrule.training.settings import Settings

Stop = Literal["epochs", "iterations", "patience", "interrupted"]

# At least so many batches of an epoch tell its training loss, if it has as many.
BATCHES_MEASURED = 64

# A point of the learning curves: epoch, losses, metrics, by the names in metrics.jsonl.
Record = dict[str, float]


@dataclass(frozen=True)
class Loop:
    """Everything that stays the same from epoch to epoch.

    Attributes:
        plans: of training.
        parameters: that the plans read and the optimizer moves.
        samples: to learn from.
        settings: with the optimizer's name and rate resolved in the next two.
        validate: gives the validation loss and metrics of the weights as they are; empty without
            validation samples.
        seen: is told each epoch's record, and whether its weights are the best so far.
    """

    plans: Plans
    parameters: Parameters
    samples: Samples
    settings: Settings
    optimizer: Optimizer
    learning_rate: float
    batch_size: int
    validate: Callable[[], dict[str, float]]
    seen: Callable[[Record, bool], None]
    progress: Progress

    @property
    def iterations(self) -> int:
        """Updates until the end, if nothing stops training before."""
        an_epoch = batches_an_epoch(len(self.samples), self.batch_size, self.settings.sampling)
        return self.settings.iterations or self.settings.epochs * an_epoch

    def run(self) -> tuple[list[Record], Stop]:
        """Train; the parameters hold the best weights afterwards.

        Raises:
            Diverged: a loss is no longer a finite number.
            KeyboardInterrupt: it came before the first epoch ended; later it only ends training.
        """
        update = self.optimizer.bind(self.parameters.weights, self.parameters.gradient)
        stopping = EarlyStopping(self.settings.patience)
        history: list[Record] = []
        stop: Stop = "iterations" if self.settings.iterations else "epochs"
        try:
            for epoch, rows in self._epochs():
                record = self._epoch(epoch, rows, update, history)
                history.append(record)
                watched = record.get("validation_loss")
                # Without validation samples the last weights count: no others are known better.
                best = watched is None or stopping.seen(epoch, watched, self.parameters.everything)
                self.seen(record, best)
                if watched is not None and stopping.should_stop(epoch):
                    stop = "patience"
                    break
        except KeyboardInterrupt:
            if not history:
                raise  # nothing was learned that could be shown
            stop = "interrupted"
        stopping.restore(self.parameters.everything)
        return history, stop

    def _epochs(self) -> Iterator[tuple[int, tuple[Tensor, ...]]]:
        """Each epoch's number from 1 and the rows of its batches, until the iterations are used."""
        left, epoch = self.iterations, 0
        while left > 0:
            epoch += 1
            rows = batches(
                len(self.samples),
                self.batch_size,
                sampling=self.settings.sampling,
                seed=self.settings.seed,
                epoch=epoch,
            )[:left]
            left -= len(rows)
            yield epoch, rows

    def _epoch(
        self,
        epoch: int,
        rows: tuple[Tensor, ...],
        update: Callable[[float], None],
        history: list[Record],
    ) -> Record:
        started = time.perf_counter()
        loss, samples = self.learn(rows, update)
        seconds = time.perf_counter() - started
        done = history[-1]["iteration"] if history else 0
        record = {
            "epoch": epoch,
            "iteration": done + len(rows),
            "training_loss": loss,
            **{f"validation_{name}": value for name, value in self.validate().items()},
            "learning_rate": self.learning_rate,
            "seconds": seconds,
            "samples_per_second": samples / seconds,
        }
        for name in ("training_loss", "validation_loss"):
            if not math.isfinite(record.get(name, 0)):
                usual = self.optimizer.default_learning_rate
                raise Diverged(epoch, name, record[name], self.learning_rate, usual)
        self.progress.epoch(record)
        return record

    def learn(self, rows: tuple[Tensor, ...], update: Callable[[float], None]) -> tuple[float, int]:
        """Learn from each batch once; the mean loss, and the number of samples.

        The loss is measured in every batch, or, of very many, in every second, third, ...: its
        gradient doesn't need it, and in a small step it would be a tenth of the work.
        """
        features, targets = self.samples.features, self.samples.targets
        loss_sum, measured = torch.zeros((), dtype=torch.float64), 0
        every = max(1, len(rows) // BATCHES_MEASURED)
        for number, batch in enumerate(rows):
            plan = self.plans.for_batch(len(batch))
            torch.index_select(features, 0, batch, out=plan.inputs["x"])
            torch.index_select(targets, 0, batch, out=plan.inputs["t"])
            if number % every == 0:
                plan.step()
                loss_sum.add_(plan.outputs["loss"], alpha=len(batch))
                measured += len(batch)
            else:
                plan.gradient_step()
            update(self.learning_rate)
            self.progress.batch(len(batch), plan.outputs["loss"])
        return float(loss_sum) / measured, sum(map(len, rows))


class Diverged(InputError):
    """A loss became nan or infinite: the updates were too large."""

    def __init__(
        self, epoch: int, name: str, loss: float, learning_rate: float, usual: float
    ) -> None:
        super().__init__(
            f"The {words(name)} became {loss} in epoch {epoch}, at learning rate "
            f"{learning_rate:g}; expected a finite number. Try a smaller learning rate: "
            f"--learning-rate {min(learning_rate / 10, usual):g}."
        )
