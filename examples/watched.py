"""A callback that evaluates a run after each epoch, on samples that do not influence it."""

from dataclasses import dataclass, field

from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model
from chainrule.training.samples.samples import Samples


@dataclass
class Watched:
    """Callback for the argument `watch` of a run, which records losses and accuracies.

    Attributes:
        samples: samples on which the loss and the accuracy are measured.
        training_losses: mean training loss during each epoch.
        losses: loss on the samples after each epoch.
        accuracies: accuracy on the samples after each epoch.
    """

    samples: Samples
    training_losses: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)

    def started(self) -> None:
        """Ignore the start of training."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Evaluate the weights after an epoch."""
        scores = model.evaluate_prepared(self.samples, ["accuracy"])
        self.training_losses.append(record["training_loss"])
        self.losses.append(scores["loss"])
        self.accuracies.append(scores["accuracy"])
