"""Learning rate range test: a short training with rising rates, which proposes a rate."""

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

# Decay of the smoothed loss from batch to batch: a mean over about ten batches. fastai's 0.98 is a
# mean over fifty, half of the test: the smoothed loss then still falls while the loss rises, and
# the proposed rate is too high.
SMOOTHING = 0.9

# The test ends when the smoothed loss is this many times its minimum, as in fastai.
DIVERGED = 4.0

# Number of losses at the start, where the rate is too small to change them: their mean is the first
# loss, and their deviation the noise between batches.
START = 10


@dataclass(frozen=True)
class RangeTest:
    """The result of a range test.

    Attributes:
        rates: the learning rate of each update, rising.
        losses: the loss of each batch, before its update.
        smoothed: exponential moving average of the losses with decay SMOOTHING, bias-corrected.
        proposed: a tenth of the rate at which the smoothed loss is lowest; a tenth of the highest
            rate if the loss still falls at the end.
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
    """Train for a few updates, each with a larger learning rate, and propose a rate.

    The rates are evenly spaced on a log axis: rate_i = lowest (highest / lowest)^(i / (n - 1)). The
    test ends early when the smoothed loss has risen far above its minimum, or a loss is not finite.
    The trained weights are not kept.

    A tenth of the rate with the lowest loss is proposed, and not the rate of the steepest descent,
    which is easily confused with noise of the first batches.
    Args:
        network: the network.
        prepared: prepared samples, of which only the training samples are used.
        settings: settings of the run; its length and schedules are ignored.
        optimizer: replaces the optimizer that the settings name.
        lowest: the first rate.
        highest: the last rate.
        updates: largest number of updates, at least 20.
    Raises:
        InputError: the rates do not rise, there are too few updates, the network does not fit the
            task, or the loss never fell.
    Source: Smith (2017), Cyclical learning rates for training neural networks, section 3.3. The
    exponential rise, the smoothing and the tenth of the minimum are from fastai's lr_find.
    """
    _check(lowest, highest, updates)
    optimizer = optimizer or make_optimizer(settings)
    if isinstance(optimizer, FullBatchOptimizer):
        raise InputError(
            f"range test: got the optimizer {type(optimizer).__name__}, whose line search sets the "
            "step length; expected one with a learning rate. Use another, such as adam."
        )
    schedule = _RisingRate(lowest, highest)
    trainer = Trainer(
        TrainingJob(
            network,
            prepared,
            settings.model_copy(update={**UNSCHEDULED, "iterations": updates}),
            optimizer,
            schedule,
        )
    )
    networks = Networks([trainer])
    batches = networks.member_batches(0, trainer, SilentProgress())
    loop = trainer.loop(batches, trainer.model(networks.parameters), validate=dict)
    with tuned_processor(batches.flops):
        losses, smoothed = _losses(loop.steps())
    _check_fall(losses, smoothed, lowest, highest)
    rates = tuple(schedule.factor(step, updates) for step in range(len(losses)))
    lowest_loss = smoothed.index(min(smoothed))
    return RangeTest(rates, tuple(losses), tuple(smoothed), proposed=rates[lowest_loss] / 10)


# The learning rate is 1, so that the schedule of the test is the rate itself. Dropout and weight
# decay are constant.
UNSCHEDULED = {
    "learning_rate": 1.0,
    "schedule_epochs": None,
    "dropout_schedule": "constant",
    "weight_decay_schedule": "constant",
}


@dataclass(frozen=True)
class _RisingRate(ClosedFormSchedule):
    """rate_i = lowest (highest / lowest)^(i / (n - 1)), in updates i = 0 to n - 1."""

    lowest: float
    highest: float

    def factor(self, step: int, steps: int) -> float:
        """Return the rate at an update."""
        return float(self.lowest * (self.highest / self.lowest) ** (step / (steps - 1)))


def _losses(steps: TrainingSteps[LoopResult]) -> tuple[list[float], list[float]]:
    """Run steps until the smoothed loss diverges; return the losses, raw and smoothed.

    The loss of a batch is computed before its update; the last update is skipped.
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
    """Refuse to propose a rate if the loss fell by no more than its noise between batches."""
    tried = f"range test: with learning rates from {lowest:g} to {highest:g} "
    if len(losses) < START:
        raise InputError(
            f"{tried}the loss diverged within {START} updates; expected it to fall first. Start "
            f"with a smaller rate, such as {lowest / 1000:g}."
        )
    first, spread = statistics.fmean(losses[:START]), statistics.stdev(losses[:START])
    if first - min(smoothed) <= spread:
        raise InputError(
            f"{tried}the loss never fell: it began at {first:.4g}, its lowest was "
            f"{min(smoothed):.4g}, and its deviation between batches is {spread:.2g}; expected a "
            "larger fall. Use larger batches, or rates from 1e-7 to 10; if that does not help, "
            "check whether the columns can predict the target at all."
        )
