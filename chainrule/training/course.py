"""The course of a run: what goes by a schedule, each as a share of its full value."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.training.schedules import Rate, Schedule
from chainrule.training.settings import Settings


@dataclass(frozen=True)
class Course:
    """The shares along one run.

    Attributes:
        learning_rate: of the full learning rate.
        dropout: of the rate of each dropout layer.
        weight_decay: of its strength.
    """

    learning_rate: Rate
    dropout: Rate
    weight_decay: Rate

    @classmethod
    def of(cls, schedule: Schedule, settings: Settings, steps: int) -> Course:
        """The course of a run of that many updates.

        Args:
            schedule: of the learning rate.
            settings: name those of dropout and weight decay.
            steps: updates of the run.
        Raises:
            InputError: the run is too short for a schedule.
        """
        return cls(
            schedule.bind(steps),
            settings.chosen_dropout_schedule.bind(steps),
            settings.chosen_weight_decay_schedule.bind(steps),
        )

    def validated(self, loss: float) -> None:
        """Take note of a validation loss."""
        for share in (self.learning_rate, self.dropout, self.weight_decay):
            share.validated(loss)
