"""Full batch: an epoch is one step of an optimizer over all samples, such as L-BFGS."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Node
from chainrule.ops import BatchNormalisation
from chainrule.plan import Parameters, Plans
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.progress import Progress
from chainrule.training.loop.schedule_state import ScheduleState
from chainrule.training.loop.steps import TrainingSteps
from chainrule.training.optimizers import FullBatchOptimizer
from chainrule.training.optimizers.matrices import decayed_slices
from chainrule.training.optimizers.optimizer import DescentEnd
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.streamed_samples import StreamedSamples
from chainrule.training.settings.settings import Settings


class PenalisedLoss:
    """The mean loss of all samples and the L2 penalty, as a function of flat weights in float64.

    f(w) = L(w) + weight_decay / 2 |w|^2, the penalty of the weights that decay. In float64, since a
    line search compares values that differ in their last digits.
    Args:
        graph: the graph of the network.
        source: the source of the samples.
        weight_decay: strength of the penalty.
    Attributes:
        parameters: parameters of the network in float64; their states, such as the statistics of
            batch normalisation, are those of the weights evaluated last.
        has_states: whether there are any.
    """

    def __init__(self, graph: Graph, source: BatchSource, weight_decay: float) -> None:
        self.parameters = Parameters.zeros(graph, torch.float64)
        self.has_states = bool(graph.states)
        plans = Plans(_with_statistics_of_all(graph), self.parameters, "train")
        self._plan = plans.for_batch(len(source))
        self._decayed = [
            (weights, gradient, weight_decay * factor)
            for weights, gradient, factor in decayed_slices(self.parameters)
        ]
        rows = torch.arange(len(source))
        source.in_precision(torch.float64).fill(self._plan.inputs, rows, epoch=1, batch=0, step=0)

    def __call__(self, weights: Tensor) -> tuple[float, Tensor]:
        """Return the value and the gradient, dL + weight_decay w."""
        self.parameters.weights.copy_(weights)
        self._plan.step()
        for w, dw, strength in self._decayed:
            dw.add_(w, alpha=strength)
        value = float(self._plan.outputs["loss"]) + self.penalty
        return value, self.parameters.gradient.clone()

    @property
    def penalty(self) -> float:
        """L2 penalty of the current weights."""
        return sum(strength / 2 * float(w @ w) for w, _, strength in self._decayed)

    @property
    def flops(self) -> int:
        """Floating-point operations of one evaluation."""
        return self._plan.flops


def _with_statistics_of_all(graph: Graph) -> Graph:
    """Return the graph whose batch normalisation keeps the statistics of the last evaluation only.

    Running statistics average over the changing weights and the batches; here a batch has all
    samples, so that those of the weights themselves are known.
    """
    exact = copy.copy(graph)
    exact.nodes = [_with_statistics_of_batch(node) for node in graph.nodes]
    return exact


def _with_statistics_of_batch(node: Node) -> Node:
    if not isinstance(node.operation, BatchNormalisation):
        return node
    return replace(node, operation=replace(node.operation, momentum=1.0))


class NetworkDescent:
    """Descent of one network in float64; its float32 parameters are updated after each step.

    Args:
        optimizer: the full-batch optimizer.
        loss: the loss of the network.
        parameters: the parameters to start from and to update.
    """

    def __init__(
        self, optimizer: FullBatchOptimizer, loss: PenalisedLoss, parameters: Parameters
    ) -> None:
        self._loss, self._parameters = loss, parameters
        loss.parameters.load(parameters.values)
        self._descent = optimizer.descend(loss, loss.parameters.weights.clone())

    def step(self) -> float:
        """Take a step unless the descent has stopped; return the mean loss without the penalty."""
        if self.stopped is None:
            self._descent.step()
        exact = self._loss.parameters
        if self._loss.has_states:
            self._loss(self._descent.x)  # the line search may have evaluated other weights last
        exact.weights.copy_(self._descent.x)
        self._parameters.load(exact.values)
        return self._descent.value - self._loss.penalty

    @property
    def stopped(self) -> DescentEnd | None:
        """Reason why the descent stopped; None before."""
        return self._descent.stopped

    @property
    def flops(self) -> int:
        """Floating-point operations of one evaluation."""
        return self._loss.flops


@dataclass(frozen=True)
class FullBatch:
    """Epochs in which each network takes one step over all samples.

    Attributes:
        descents: the descent of each network.
        samples: number of training samples.
        progress: display of the progress.
    """

    descents: Sequence[NetworkDescent]
    samples: int
    progress: Progress

    # The line search finds the step length, and the weights are not averaged.
    learning_rate = 1.0
    average = None
    iterations_an_epoch = 1

    @property
    def batch_size(self) -> int:
        """Number of samples in a step, all of them."""
        return self.samples

    @property
    def flops(self) -> int:
        """Floating-point operations of one evaluation of the largest network."""
        return max(descent.flops for descent in self.descents)

    @property
    def stopped(self) -> DescentEnd | None:
        """Reason to end: all descents converged, or one used up its evaluations; None before."""
        ends = {descent.stopped for descent in self.descents}
        if "evaluations" in ends:
            return "evaluations"
        return None if None in ends else "converged"

    def train_epoch(
        self, epoch: int, updates: int, done: int, state: ScheduleState
    ) -> TrainingSteps[float]:
        """Take a step with each network; return the mean of their losses."""
        loss = fmean(descent.step() for descent in self.descents)
        self.progress.batch(self.samples, torch.tensor(loss))
        yield from ()  # no training steps, since the optimizer evaluates the plan itself
        return loss


def check_full_batch(
    optimizer: FullBatchOptimizer,
    settings: Settings,
    graph: Graph,
    samples: Samples | StreamedSamples,
) -> None:
    """Refuse settings, networks and samples that a full-batch optimizer does not support.

    Args:
        optimizer: the full-batch optimizer.
        settings: the settings of the run, without schedules and augmentations that are objects.
        graph: the graph to train.
        samples: the training samples.
    Raises:
        InputError: a setting needs batches or a learning rate, the network draws random numbers, or
            the samples are not all in memory.
    """
    name = type(optimizer).__name__
    if isinstance(samples, StreamedSamples):
        raise InputError(
            f"{name}: got samples that are read from disk in parts, expected all in memory, since "
            "each of its steps uses all of them. Use another optimizer such as adam, or raise the "
            "limit with --memory."
        )
    defaults = Settings()
    unsupported = {
        setting: getattr(settings, setting)
        for setting in NOT_WITH_A_FULL_BATCH
        if getattr(settings, setting) != getattr(defaults, setting)
    }
    if settings.batch_size not in (None, "all", len(samples)):
        unsupported["batch_size"] = settings.batch_size
    if settings.sampling == "with_replacement":
        unsupported["sampling"] = settings.sampling
    if settings.precision == "bfloat16":
        unsupported["precision"] = settings.precision
    if unsupported:
        assignments = " and ".join(f"{setting}={value}" for setting, value in unsupported.items())
        raise InputError(
            f"{name}: got {assignments}, expected the default: each of its steps uses all samples, "
            "unchanged and in float64, and a line search sets the step length. Leave it out, or "
            "use another optimizer such as adam."
        )
    if "key" in graph.inputs:
        raise InputError(
            f"{name}: got a network with dropout, whose loss changes with each evaluation; "
            "expected one without. Leave dropout out, or use another optimizer such as adam."
        )


NOT_WITH_A_FULL_BATCH = (
    *("learning_rate", "schedule", "warm_up", "weight_decay_schedule", "augment"),
    *("mixup", "l1", "clip_norm", "clip_value", "average"),
)
