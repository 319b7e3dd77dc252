"""Learner: the networks of an estimator, as they learn and when they have learned."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.estimators.parameters import Choices
from chainrule.graph import json as graph_json
from chainrule.graph.graph import Graph
from chainrule.graph.operation import operation_kind
from chainrule.plan import Parameters, Plans
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.mini_batches import MiniBatches
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.loop.progress import Silent
from chainrule.training.loop.sampling import batches
from chainrule.training.loop.schedule_state import ScheduleState
from chainrule.training.loop.steps import run_steps
from chainrule.training.members.initialise import initialise
from chainrule.training.model.inference import evaluate, predictions
from chainrule.training.samples.samples import Samples
from chainrule.training.schedules import Schedule
from chainrule.training.update import Update
from chainrule.training.update.update import BoundUpdate


class Learner:
    """Networks of one shape, which all learn from the same samples and predict together.

    Pickled it is the graph as JSON and the weights as arrays. What an optimizer remembers is not
    kept: learning goes on afterwards as in a first step.
    Args:
        graph: with the outputs "loss" and "prediction", as it is evaluated.
        trained: the same as it is trained, with dropout that may go by a schedule.
        members: how many networks.
    Attributes:
        parameters: of each member.
    """

    def __init__(self, graph: Graph, trained: Graph, members: int) -> None:
        self.graph, self.trained = graph, trained
        self.parameters = [Parameters.zeros(graph) for _ in range(members)]
        self._updates: list[BoundUpdate] = []

    def initialise(self, samples: Samples, seed: int) -> None:
        """Draw the weights of each member, from the seed and its number.

        Args:
            samples: to learn from, to which some networks fit their first biases.
            seed: of the first member.
        """
        for number, own in enumerate(self.parameters):
            initialise(self.graph, own, samples, seed=seed + number)

    def forget_steps(self) -> None:
        """Have the optimizers begin anew."""
        self._updates = []

    def updates(self, update: Update) -> list[BoundUpdate]:
        """The update of each member, the same ones until `forget_steps`."""
        if not self._updates:
            self._updates = [update.bind(own) for own in self.parameters]
        return self._updates

    @cached_property
    def plans(self) -> list[Plans]:
        """Of training, for each member."""
        return [Plans(self.trained, own, "train") for own in self.parameters]

    def scores(self, features: Tensor) -> NDArray[np.float64]:
        """What each member's last layer says of samples, (members, n, outputs).

        Computed in float64: in float32 the last digits depend on which rows stand beside a row.
        """
        graph = _giving_scores(self.graph)
        scores = []
        for own in self.parameters:
            exact = Parameters.zeros(graph, torch.float64)
            exact.load(own.values)
            plans = Plans(graph, exact, "evaluate", ["prediction"])
            scores.append(predictions(plans, features).numpy())
        return np.stack(scores)

    def evaluated(self, samples: Samples) -> tuple[float, NDArray[np.float32]]:
        """The mean of the members' losses, and their mean prediction (n, outputs)."""
        losses, predicted = zip(
            *(evaluate(plans, samples) for plans in self._evaluation_plans), strict=True
        )
        return fmean(losses), torch.stack(predicted).mean(0).numpy()

    @cached_property
    def _evaluation_plans(self) -> list[Plans]:
        return [Plans(self.graph, own, "evaluate") for own in self.parameters]

    def kept(self) -> list[Tensor]:
        """A copy of all weights and states."""
        return [own.everything.clone() for own in self.parameters]

    def put_back(self, kept: Sequence[Tensor]) -> None:
        """Have the weights and states that were kept."""
        for own, values in zip(self.parameters, kept, strict=True):
            own.everything.copy_(values)

    def copied(self) -> Learner:
        """Another one of the same weights."""
        other = Learner(self.graph, self.trained, len(self.parameters))
        other.put_back(self.kept())
        return other

    def __getstate__(self) -> dict[str, Any]:
        """The graph as JSON, and each member's weights as arrays."""
        return {
            "graph": graph_json.as_json(self.graph),
            "trained": graph_json.as_json(self.trained),
            "weights": [
                {name: value.numpy() for name, value in own.values.items()}
                for own in self.parameters
            ],
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The learner that `__getstate__` told of."""
        graph, trained = (graph_json.from_json(state[name]) for name in ("graph", "trained"))
        self.__init__(graph, trained, len(state["weights"]))  # type: ignore[misc]  # of this very class
        for own, weights in zip(self.parameters, state["weights"], strict=True):
            own.load({name: torch.tensor(value) for name, value in weights.items()})


def _giving_scores(graph: Graph) -> Graph:
    """The graph with the scores as its prediction: what sigmoid or softmax is applied to."""
    prediction = graph.outputs["prediction"]
    made_by = next((node for node in graph.nodes if node.output is prediction), None)
    if made_by is not None and operation_kind(made_by.operation).name in ("sigmoid", "softmax"):
        prediction = made_by.inputs[0]
    giving = copy.copy(graph)
    giving.outputs = {"prediction": prediction}
    return giving


@dataclass(frozen=True)
class Lessons:
    """Lets a learner learn from samples, epoch after epoch.

    Attributes:
        learner: whose weights are moved.
        samples: to learn from.
        choices: of the estimator.
        batch_size: of all batches but the last.
        update: what stands between the gradient and the weights.
        schedule: of the learning rate.
        epochs: at most.
        shuffle: whether each epoch has an order of its own.
        seed: of all that is drawn at random; that of each member is one more than the last one's.
    """

    learner: Learner
    samples: Samples
    choices: Choices
    batch_size: int
    update: Update
    schedule: Schedule
    epochs: int
    shuffle: bool
    seed: int

    @property
    def updates_an_epoch(self) -> int:
        """Samples / batch size, the smaller last batch counted."""
        return -(-len(self.samples) // self.batch_size)

    @property
    def arrived(self) -> bool:
        """Whether there is nothing more to learn; of batches that can't be known."""
        return False

    @property
    def used_up(self) -> bool:
        """Whether no more work may be done, however many epochs are left."""
        return False

    @cached_property
    def course(self) -> ScheduleState:
        """What goes by a schedule, as a share of its full value in each update."""
        steps = self.epochs * self.updates_an_epoch
        return ScheduleState.of(self.schedule, self.choices.settings, steps)

    def learn(self, epoch: int) -> float:
        """Learn from each sample once; the mean of the members' losses.

        Args:
            epoch: its number, from 1.
        """
        done = (epoch - 1) * self.updates_an_epoch
        flops = self.learner.plans[0].for_batch(self.batch_size).flops
        with tuned_processor(flops):
            return fmean(
                run_steps(batches.learn_from(self._rows(number, epoch), epoch, done, self.course))
                for number, batches in enumerate(self._batches)
            )

    def _rows(self, member: int, epoch: int) -> tuple[Tensor, ...]:
        if not self.shuffle:
            return torch.split(torch.arange(len(self.samples)), self.batch_size)
        return batches(
            len(self.samples),
            self.batch_size,
            sampling="shuffled",
            seed=self.seed + member,
            epoch=epoch,
        )

    @cached_property
    def _batches(self) -> list[MiniBatches]:
        updates = self.learner.updates(self.update)
        return [
            MiniBatches(
                plans=plans,
                source=BatchSource(self.samples, self.seed + number),
                update=update,
                batch_size=self.batch_size,
                sampling="shuffled",
                learning_rate=self.choices.learning_rate,
                progress=Silent(),
            )
            for number, (plans, update) in enumerate(zip(self.learner.plans, updates, strict=True))
        ]
