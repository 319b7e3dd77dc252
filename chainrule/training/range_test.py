"""The learning rate range test: one short training with ever larger rates shows which are good."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from chainrule.errors import InputError
from chainrule.layers import Network
from chainrule.training.loop.loop import LoopResult
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.steps import TrainingSteps
from chainrule.training.members.networks import Networks
from chainrule.training.members.trainer import Trainer, TrainingJob
from chainrule.training.optimizers import FullBatchOptimizer, Optimizer
from chainrule.training.recipe.methods import make_optimizer
from chainrule.training.samples.prepare import Prepared
from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.settings.settings import Settings

# Share of the smoothed loss that stays from batch to batch: a mean over about ten of them. fastai's
# 0.98 is one over fifty, half of the test: the smoothed loss still falls when the loss has long
# risen, and the rate that is proposed is then too high.
SMOOTHING = 0.9

# The test is over when the smoothed loss is this many times its lowest, as in fastai.
DIVERGED = 4.0

# So many losses at the start, where the rate is too small to change anything, say where the loss
# begins and how much it differs from batch to batch.
START = 10


@dataclass(frozen=True)
class RangeTest:
    """The measurements of a range test, update by update.

    Attributes:
        rates: the learning rate of each update, rising.
        losses: of each batch, before the update from it.
        smoothed: the running mean of the losses, in which each counts SMOOTHING times as much as
            the one after it. Divided by the sum of what they count, so it begins unbiased.
        proposed: a tenth of the rate at which the smoothed loss is lowest; where it still falls at
            the end, a tenth of the highest rate.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    proposed: float


def range_test(
    network: Network,
    prepared: Prepared,
    *,
    settings: Settings,
    optimizer: Optimizer | None = None,
    lowest: float = 1e-7,
    highest: float = 10.0,
    updates: int = 100,
) -> RangeTest:
    """Train for a few updates, each with a larger learning rate, and propose one.

    The rates are evenly spaced on a log axis: rate_i = lowest (highest / lowest)^(i / (n - 1)). The
    test ends early when the smoothed loss has risen far above its lowest, or a loss is not finite.
    It trains weights of its own, which are not kept: it changes no run.

    A tenth of the rate of the lowest loss is proposed, and not the rate where the loss falls most
    steeply: noise of the first batches is easily taken for the steepest fall.
    Args:
        network: that fits the task.
        prepared: data; only the training samples are used.
        settings: of the run; what ends it and how its rate goes does not count.
        optimizer: in place of the one that the settings name.
        lowest: the first rate.
        highest: the last rate.
        updates: at most, at least 20.
    Raises:
        InputError: the rates do not rise, there are too few updates, the network does not fit the
            task, or the loss never fell.
    Source: Smith (2017), Cyclical learning rates for training neural networks, section 3.3. The
    exponential rise, the smoothing and the tenth of the minimum are from fastai's lr_find.
    """
    _check(lowest, highest, updates)
    chosen = optimizer or make_optimizer(settings)
    if isinstance(chosen, FullBatchOptimizer):
        raise InputError(
            f"range test: got the optimizer {type(chosen).__name__}, which finds the length of "
            "each step itself; expected one with a learning rate, such as adam."
        )
    rising = _Rising(lowest, highest)
    trainer = Trainer(
        TrainingJob(
            network,
            prepared,
            settings.model_copy(update={**UNSCHEDULED, "iterations": updates}),
            chosen,
            rising,
        )
    )
    networks = Networks([trainer])
    batches = networks.member_batches(0, trainer, SilentProgress())
    loop = trainer.loop(batches, trainer.model(networks.parameters), validate=dict)
    with tuned_processor(batches.flops):
        losses, smoothed = _losses(loop.steps())
    _check_fall(losses, smoothed, lowest, highest)
    rates = tuple(rising.factor(step, updates) for step in range(len(losses)))
    bottom = smoothed.index(min(smoothed))
    return RangeTest(rates, tuple(losses), tuple(smoothed), proposed=rates[bottom] / 10)


# The loop's full learning rate is 1, and the schedule of the test gives the rate itself. Dropout
# and weight decay have their full strength.
UNSCHEDULED = {
    "learning_rate": 1.0,
    "schedule_epochs": None,
    "dropout_schedule": "constant",
    "weight_decay_schedule": "constant",
}


@dataclass(frozen=True)
class _Rising(ClosedFormSchedule):
    """rate_i = lowest (highest / lowest)^(i / (n - 1)), in updates i = 0 to n - 1."""

    lowest: float
    highest: float

    def factor(self, step: int, steps: int) -> float:
        """Return the rate at an update."""
        return float(self.lowest * (self.highest / self.lowest) ** (step / (steps - 1)))


def _losses(steps: TrainingSteps[LoopResult]) -> tuple[list[float], list[float]]:
    """Take steps until the smoothed loss diverges; return the losses, raw and smoothed.

    The loss of a batch is that before the update from it, which is left out of the last.
    """
    losses: list[float] = []
    smoothed: list[float] = []
    total = weight = 0.0
    for step in steps:
        step._replace(with_loss=True).compute_gradient()
        loss = float(step.plan.outputs["loss"])
        if not math.isfinite(loss):
            break
        total, weight = SMOOTHING * total + loss, SMOOTHING * weight + 1
        losses.append(loss)
        smoothed.append(total / weight)
        if smoothed[-1] > DIVERGED * min(smoothed):
            break
        step.apply_update()
    return losses, smoothed


def _check(lowest: float, highest: float, updates: int) -> None:
    if not 0 < lowest < highest < math.inf:
        raise InputError(
            f"range test: got rates from {lowest:g} to {highest:g}; expected positive rates that "
            "rise, such as lowest=1e-7, highest=10."
        )
    if updates < 2 * START:
        raise InputError(
            f"range test: got {updates} updates; expected at least {2 * START}, such as 100."
        )


def _check_fall(losses: list[float], smoothed: list[float], lowest: float, highest: float) -> None:
    """Refuse to propose a rate from a loss that fell no more than it differs between batches."""
    tried = f"range test: with learning rates from {lowest:g} to {highest:g} "
    if len(losses) < START:
        raise InputError(
            f"{tried}the loss grew beyond all bounds within {START} updates; expected it to fall "
            f"first. Begin with a smaller rate, such as {lowest / 1000:g}."
        )
    first, spread = statistics.fmean(losses[:START]), statistics.stdev(losses[:START])
    if first - min(smoothed) <= spread:
        raise InputError(
            f"{tried}the loss never fell: it began at {first:.4g}, its lowest was "
            f"{min(smoothed):.4g}, and from batch to batch it differs by {spread:.2g}; expected a "
            "larger fall. Use larger batches, or rates from 1e-7 to 10; if that changes nothing, "
            "look whether the columns can tell the target at all."
        )
