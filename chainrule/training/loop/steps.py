"""Training steps, which a loop yields for its caller to run.

A loop does not run its steps: it yields each one (calls that fill the inputs of a plan, the plan,
and the update), and continues when the weights have been updated. So a caller can run the steps of
several independent loops together (members/joint_training.py), or use a loss before the weights are
updated (range_test.py).
"""

from collections.abc import Generator
from typing import NamedTuple, Protocol, TypeVar

from torch import Tensor

from chainrule.graph.operation import Calls


class TrainingPlan(Protocol):
    """A plan that a loop trains with: a `Plan`, or one member's row of a joint plan.

    Attributes:
        inputs: tensors to fill before a step, by name.
        outputs: tensors with the results after a step, by name, the loss among them.
    """

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]

    @property
    def flops(self) -> int:
        """Floating-point operations of a step, for all members."""
        ...

    def step(self) -> None:
        """Compute outputs and gradient: forward and backward."""
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
    """A training step: forward, backward and update.

    Attributes:
        fill: calls that fill the inputs of the plan.
        plan: the plan of forward and backward.
        with_loss: whether the loss is needed in addition to the gradient.
        update: calls that update the weights.
    """

    fill: Calls
    plan: TrainingPlan
    with_loss: bool
    update: Calls

    def run(self) -> None:
        """Run the step."""
        self.compute_gradient()
        self.apply_update()

    def compute_gradient(self) -> None:
        """Compute the gradient at the current weights, and the loss if it is needed."""
        for call in self.fill:
            call()
        if self.with_loss:
            self.plan.step()
        else:
            self.plan.gradient_step()

    def apply_update(self) -> None:
        """Update the weights by the gradient."""
        for call in self.update:
            call()


Result = TypeVar("Result")

# Yields the steps to run; returns the result after the last one.
TrainingSteps = Generator[TrainingStep, None, Result]


def run_steps(steps: TrainingSteps[Result]) -> Result:
    """Run each step as it is yielded; return the result."""
    try:
        while True:
            try:
                next(steps).run()
            except KeyboardInterrupt as interruption:
                steps.throw(interruption)
    except StopIteration as end:
        result: Result = end.value
        return result
