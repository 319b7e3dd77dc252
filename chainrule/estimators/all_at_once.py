"""All at once: lessons in which each step looks at all samples, for the solver lbfgs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import numpy as np
import torch

from chainrule.estimators.lbfgs import Lbfgs, Vector
from chainrule.estimators.learner import Lessons
from chainrule.plan import Parameters, Plan, Plans
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.optimizers.matrices import decayed_slices
from chainrule.training.samples.samples import fill_targets


class Cost:
    """The mean loss of all samples with the penalty of the weights, as a function of the weights.

    In float64: a search along a line compares values that differ in their last digits.
    Args:
        lessons: whose samples and penalty it has.
        weights: to begin with.
    """

    def __init__(self, lessons: Lessons, weights: Parameters) -> None:
        graph, samples = lessons.learner.trained, lessons.samples
        self._kept = weights
        self._exact = Parameters.zeros(graph, torch.float64)
        self._exact.load(weights.values)
        self._plan = Plans(graph, self._exact, "train").for_batch(len(samples))
        self._decay = lessons.update.weight_decay or 0.0
        self._decaying = decayed_slices(self._exact)
        _fill(self._plan, lessons)

    @property
    def begin(self) -> Vector:
        """The weights to begin with."""
        flat: Vector = self._exact.weights.numpy().copy()
        return flat

    def at(self, flat: Vector) -> tuple[float, Vector]:
        """The cost, L + decay / 2 |w|^2, and its gradient, dL + decay w, at these weights."""
        self._exact.weights.copy_(torch.from_numpy(flat))
        self._plan.forward()
        self._plan.backward()
        for weights, gradient, factor in self._decaying:
            gradient.add_(weights, alpha=self._decay * factor)
        cost = float(self._plan.outputs["loss"]) + self._penalty()
        return cost, self._exact.gradient.numpy().copy()

    def kept(self, flat: Vector, cost: float) -> float:
        """Keep these weights, of which the cost is known; the mean loss alone."""
        self._exact.weights.copy_(torch.from_numpy(flat))
        self._kept.load(self._exact.values)
        return cost - self._penalty()

    def _penalty(self) -> float:
        return sum(self._decay * factor / 2 * float(w @ w) for w, _, factor in self._decaying)


@dataclass(frozen=True)
class AllAtOnce(Lessons):
    """Lessons by L-BFGS: an epoch is a step of each member, which may look at all samples often.

    Attributes:
        tolerance: the largest derivative at which a member has arrived.
        looks: at all samples, at most, for each member.
    """

    tolerance: float = 1e-4
    looks: int = 15_000

    def learn(self, epoch: int) -> float:
        """Take a step with each member that has not arrived; the mean of their losses."""
        with tuned_processor(self.learner.plans[0].for_batch(self.batch_size).flops):
            for _, descent in self._descents:
                if not self._has_arrived(descent):
                    descent.step()
            return fmean(cost.kept(one.x, one.value) for cost, one in self._descents)

    @property
    def arrived(self) -> bool:
        """Whether all members have arrived where no derivative is above the tolerance."""
        return all(self._has_arrived(descent) for _, descent in self._descents)

    @property
    def used_up(self) -> bool:
        """Whether a member has looked at the samples as often as it may."""
        return any(descent.evaluations >= self.looks for _, descent in self._descents)

    def _has_arrived(self, descent: Lbfgs) -> bool:
        return descent.stands or float(np.abs(descent.gradient).max()) <= self.tolerance

    @cached_property
    def _descents(self) -> list[tuple[Cost, Lbfgs]]:
        costs = [Cost(self, own) for own in self.learner.parameters]
        return [(cost, Lbfgs(cost.at, cost.begin)) for cost in costs]


def _fill(plan: Plan, lessons: Lessons) -> None:
    """All samples, as what a batch brings."""
    samples, rows = lessons.samples, torch.arange(len(lessons.samples))
    assert isinstance(samples.features, torch.Tensor)  # pictures are no columns of a table
    plan.inputs["x"].copy_(samples.features)
    targets = samples.targets
    fill_targets(
        plan.inputs["t"], targets.double() if targets.is_floating_point() else targets, rows
    )
    if samples.weights is not None:
        plan.inputs["weights"].copy_(samples.weights)
