"""A run watched from outside: how it does after each epoch on samples that have no say in it."""

from dataclasses import dataclass, field

from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model
from chainrule.training.samples.samples import Samples


@dataclass
class Watched:
    """Takes notes when it is given to `chainrule.training.train.fit` as `watch`.

    Attributes:
        samples: on which the loss and the accuracy are measured.
        training_losses: of each epoch, as training goes through it.
        losses: after each epoch.
        accuracies: likewise.
    """

    samples: Samples
    training_losses: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)

    def started(self) -> None:
        """Nothing is known yet."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Judge the weights as they are after an epoch."""
        judged = model.evaluate_prepared(self.samples, ["accuracy"])
        self.training_losses.append(record["training_loss"])
        self.losses.append(judged["loss"])
        self.accuracies.append(judged["accuracy"])
