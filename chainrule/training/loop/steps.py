"""Steps: what a loop asks to be computed next.

A loop doesn't take its steps, but asks for each: it yields what fills the inputs of a plan, the
plan, and the update, and goes on when the weights have moved. So loops that know nothing of each
other can have their steps taken together (members/joint_training.py), and another caller can look
at a loss before the weights move (range_test.py).
"""

from collections.abc import Generator
from typing import NamedTuple, Protocol, TypeVar

from torch import Tensor

from chainrule.graph.operation import Calls


class TrainingPlan(Protocol):
    """What a loop needs of a plan: a `Plan`, or one member's row of a joint plan.

    Attributes:
        inputs: tensors to fill before a step, by name.
        outputs: tensors that hold the results after it, by name; the loss is one of them.
    """

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]

    @property
    def flops(self) -> int:
        """Floating-point operations of a step, for all members."""
        ...

    def step(self) -> None:
        """Compute outputs and gradient, forward and backward."""
        ...

    def gradient_step(self) -> None:
        """Compute the gradient alone."""
        ...


class TrainingPlans(Protocol):
    """The plans of a loop, by batch size."""

    def for_batch(self, batch_size: int) -> TrainingPlan:
        """Return the plan for that many samples."""
        ...


class TrainingStep(NamedTuple):
    """A step that a loop asks for.

    Attributes:
        fill: calls that fill the inputs of the plan.
        plan: computes forward and backward.
        with_loss: whether the loss is needed in addition to the gradient.
        update: calls that move the weights.
    """

    fill: Calls
    plan: TrainingPlan
    with_loss: bool
    update: Calls

    def run(self) -> None:
        """Take the step alone."""
        self.compute_gradient()
        self.apply_update()

    def compute_gradient(self) -> None:
        """Compute the gradient at the weights as they are, and the loss if it is needed."""
        for call in self.fill:
            call()
        if self.with_loss:
            self.plan.step()
        else:
            self.plan.gradient_step()

    def apply_update(self) -> None:
        """Move the weights by the gradient."""
        for call in self.update:
            call()


Result = TypeVar("Result")

# Yields the steps to be taken; returns the result once the last one is taken.
TrainingSteps = Generator[TrainingStep, None, Result]


def run_steps(steps: TrainingSteps[Result]) -> Result:
    """Take each step as soon as it is asked for, and return the result."""
    try:
        while True:
            try:
                next(steps).run()
            except KeyboardInterrupt as interruption:
                steps.throw(interruption)
    except StopIteration as end:
        result: Result = end.value
        return result
