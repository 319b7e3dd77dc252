"""Schedule state: learning rate, dropout and weight decay of a run at each step."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

from chainrule.graph.graph import Graph, Node, Value
from chainrule.ops import Dropout, ScheduledDropout
from chainrule.training.recipe.methods import parse_schedule
from chainrule.training.schedules import Rate, Schedule
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True)
class ScheduleState:
    """The schedules of a run, each as a share of the full value.

    Attributes:
        learning_rate: share of the learning rate.
        dropout: share of the rate of each dropout layer.
        weight_decay: share of the weight decay.
    """

    learning_rate: Rate
    dropout: Rate
    weight_decay: Rate

    @classmethod
    def of(cls, schedule: Schedule, settings: Settings, steps: int) -> ScheduleState:
        """Return the schedules of a run.

        Args:
            schedule: schedule of the learning rate.
            settings: settings with the schedules of dropout and weight decay.
            steps: number of updates of the run.
        Raises:
            InputError: the run is too short for a schedule.
        """
        return cls(
            schedule.bind(steps),
            parse_schedule(settings.dropout_schedule).bind(steps),
            parse_schedule(settings.weight_decay_schedule).bind(steps),
        )

    def validated(self, loss: float) -> None:
        """Pass a validation loss to each schedule."""
        for rate in (self.learning_rate, self.dropout, self.weight_decay):
            rate.validated(loss)


# The input of the graph for the share of the dropout rate at a step.
DROPOUT_SHARE = "dropout share"


def with_scheduled_dropout(graph: Graph) -> Graph:
    """Return the training graph with dropout whose rate is an input.

    The graph of the model keeps plain dropout, which does nothing in evaluation.
    """
    if not any(isinstance(node.operation, Dropout) for node in graph.nodes):
        return graph
    scheduled = copy.copy(graph)
    share = Value(scheduled, DROPOUT_SHARE, ())
    scheduled.inputs = {**graph.inputs, DROPOUT_SHARE: share}
    scheduled.nodes = [_scheduled(node, share) for node in graph.nodes]
    return scheduled


def _scheduled(node: Node, share: Value) -> Node:
    operation = node.operation
    if not isinstance(operation, Dropout):
        return node
    assert not isinstance(operation.rate, tuple)  # only joint graphs of members have several rates
    operation = ScheduledDropout(operation.rate, operation.name)
    return replace(node, operation=operation, inputs=(*node.inputs, share))
