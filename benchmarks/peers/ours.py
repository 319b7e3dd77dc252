"""chainrule: its own training loop, as `chainrule.train` runs it."""

from __future__ import annotations

from chainrule import train as train  # as programs load it: by its public name, all at once
from chainrule.data.vocabulary import Task
from chainrule.training.samples.samples import Samples as PreparedSamples

# isort: split
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks import networks
from benchmarks.networks import Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.samples import Samples
from benchmarks.works import SHAPES, Rows, Work
from chainrule import layers
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.scaling import MinMax
from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plans
from chainrule.plan.describe import floor_seconds
from chainrule.plan.floor import clear_measured_floor, measured_floor
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.early_stopping import EarlyStopping
from chainrule.training.loop.loop import Loop, LoopResult, NoCallback
from chainrule.training.loop.mini_batches import MiniBatches
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.schedule_state import ScheduleState
from chainrule.training.loop.steps import TrainingPlans, TrainingSteps
from chainrule.training.members.joint_training import JointPlans, train_together
from chainrule.training.model.inference import compute_predictions
from chainrule.training.objective.mixed_precision import with_precision
from chainrule.training.objective.objective import objective_graph
from chainrule.training.optimizers import Adam
from chainrule.training.schedules import Constant
from chainrule.training.settings.settings import Settings
from chainrule.training.update import Update

# Bytes that Adam moves for each parameter: it reads the weight, both moments and the gradient, of 4
# bytes each, and writes all of them but the gradient.
ADAM_BYTES = 28


def graph_of(work: Work) -> Graph:
    """Return the graph of a work, with its loss."""
    network = layers.Network(*map(_layer, work.network))
    task: Task = "classification" if work.classes else "regression"
    return objective_graph(network, SHAPES[work.data], task, work.classes)


def _layer(layer: networks.Layer) -> layers.Layer:
    match layer:
        case networks.Dense(units, relu):
            return layers.Dense(units, "relu" if relu else None)
        case networks.Block(units):
            sums = layers.Dense(units, bias=False)
            return layers.Residual(sums, layers.BatchNorm(), layers.Activation("relu"))
        case networks.Convolution(filters):
            return layers.Conv2D(filters, 3, "relu")
        case networks.MaxPool():
            return layers.MaxPool2D(2)
        case networks.Lstm(units):
            return layers.LSTM(units)


def key_of(name: str) -> str:
    """Return the key of a parameter: 1.weights for residual_2.dense_1.weights."""
    first, *_, last = name.split(".")
    return f"{int(first.rsplit('_', 1)[1]) - 1}.{last}"


def initial_weights(work: Work, seed: int) -> Weights:
    """Return the initial weights of all peers."""
    graph = graph_of(work)
    values = Parameters.initialised(graph, seed=seed).values
    return {key_of(name): values[name].numpy().copy() for name in graph.parameters}


@dataclass(frozen=True)
class Turn(Loop):
    """A loop over chosen batches, whose optimizer state is kept from turn to turn.

    Attributes:
        rows: sample indices of each batch.
    """

    rows: tuple[Tensor, ...] = ()

    def steps(self) -> TrainingSteps[LoopResult]:
        assert isinstance(self.batches, MiniBatches)
        state = ScheduleState.of(Constant(), self.settings, 1)
        yield from self.batches.train_on_batches(self.rows, 1, 0, state)
        return LoopResult([], "iterations")


class OurTraining:
    """The training loop of a network, or the loops of several members over one joint plan."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        self._work, self._graph = work, graph_of(work)
        trained = with_precision(self._graph, work.precision, work.batch_size)
        several = work.members > 1
        parameters = Parameters.zeros(trained, members=work.members if several else None)
        numbers = range(work.members)
        self._members = [parameters.member(n) for n in numbers] if several else [parameters]
        for number, member in enumerate(self._members):
            member.initialise(self._graph, seed=number)
            for name in self._graph.parameters:
                member.values[name].copy_(torch.from_numpy(weights[key_of(name)][number]))
        if several:
            joint = JointPlans([trained] * work.members, parameters)
            self._plan = joint.for_batch(work.batch_size)
            plans: list[TrainingPlans] = [*map(joint.member_plans, numbers)]
        else:
            alone = Plans(trained, parameters, "train")
            self._plan, plans = alone.for_batch(work.batch_size), [alone]
        self._source = BatchSource(_prepared(work, samples), seed=0)
        pairs = zip(plans, self._members, strict=True)
        self._turns = [self._turn(of_member, member) for of_member, member in pairs]

    def _turn(self, plans: TrainingPlans, parameters: Parameters) -> Turn:
        """Return the loop of a member, without batches."""
        batches = MiniBatches(
            plans=plans,
            source=self._source,
            update=Update(Adam(epsilon=EPSILON)).bind(parameters),
            batch_size=self._work.batch_size,
            sampling="shuffled",
            learning_rate=LEARNING_RATE,
            progress=SilentProgress(),
        )
        return Turn(
            batches=batches,
            parameters=parameters,
            settings=Settings(),
            schedule=Constant(),
            default_learning_rate=LEARNING_RATE,
            validate=dict,
            stopping=EarlyStopping(patience=0),
            callback=NoCallback(),
            progress=SilentProgress(),
        )

    def learn(self, rows: Rows) -> None:
        batches = [torch.from_numpy(own).unbind() for own in rows]
        pairs = zip(self._turns, batches, strict=True)
        turns = [replace(turn, rows=own) for turn, own in pairs]
        with tuned_processor(self._plan.flops):
            if len(turns) > 1:
                train_together(turns)
            else:
                turns[0].run()

    def weights(self) -> Weights:
        return {
            key_of(name): np.stack([member.values[name].numpy() for member in self._members])
            for name in self._graph.parameters
        }

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        x = torch.from_numpy(features)
        return np.stack(
            [
                compute_predictions(Plans(self._graph, member, "evaluate", ["prediction"]), x)
                for member in self._members
            ]
        )

    @property
    def threads(self) -> int:
        """Number of threads that the loop chooses."""
        with tuned_processor(self._plan.flops):
            return torch.get_num_threads()

    def floor_seconds(self) -> float:
        """Return the least time of a step on this machine as it is now, with the loop's threads.

        That of the plan's steps, and at the bandwidth of memory: the batch's features and targets,
        as they are kept and as they are written, and what Adam moves. Bytes count as if they came
        from memory.
        """
        program, buffers = self._plan._program, self._plan._buffers
        samples = self._source.samples
        features = samples.features
        kept = features if isinstance(features, torch.Tensor) else features.bytes
        of_a_sample = kept[0].nbytes + samples.targets[0].nbytes
        moved = len(self._members) * self._work.batch_size * of_a_sample
        moved += sum(tensor.nbytes for tensor in self._plan.inputs.values())
        moved += ADAM_BYTES * sum(member.count for member in self._members)
        clear_measured_floor()
        with tuned_processor(self._plan.flops):
            instructions = [*program.forward, *program.backward]
            of_plan = sum(floor_seconds(instruction, buffers) for instruction in instructions)
            return of_plan + measured_floor().seconds(0, moved)


def _prepared(work: Work, samples: Samples) -> PreparedSamples:
    """Return the training samples, with pictures as bytes."""
    features, targets = samples.features, torch.from_numpy(samples.targets)
    if features.dtype == np.float32:
        return PreparedSamples(torch.from_numpy(features), targets)
    pixels = Pixels(SHAPES[work.data], (MinMax(0.0, 255.0),))
    return PreparedSamples(pixels.as_bytes(features), targets)


begin = OurTraining
