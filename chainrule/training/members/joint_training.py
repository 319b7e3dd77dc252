"""Joint training: one plan takes the steps of several loops wherever all of them ask for the same.

Each loop is what it would be alone: with its own seed, samples, learning rate, schedule, weight
decay, early stopping. All it shares with the others are the calls that take its steps. So each
member's weights are those that it would have alone, but for the last digits of products that are
summed in another order.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from chainrule.graph.graph import Graph, Node
from chainrule.graph.operation import Operation
from chainrule.ops import Dropout
from chainrule.plan import Parameters, Plan, Plans
from chainrule.training.loop.loop import DivergedError, Loop, LoopResult
from chainrule.training.loop.progress import Progress, Work
from chainrule.training.loop.steps import TrainingStep, TrainingSteps
from chainrule.training.members.call_merger import CallMerger

# A joint step computes all members, also those that have ended. With fewer left than this share,
# each alone is faster.
LEAST_SHARE = 0.5


class JointPlans:
    """The plans of K members: one for all of them, and one for each by itself.

    Args:
        graphs: of the members, with one `graph_signature`.
        parameters: with so many members.
    """

    def __init__(self, graphs: Sequence[Graph], parameters: Parameters) -> None:
        self._together = Plans(joint_graph(graphs), parameters, "train")
        self._alone = [
            Plans(graph, parameters.member(number), "train") for number, graph in enumerate(graphs)
        ]

    def for_batch(self, batch_size: int) -> Plan:
        """Return the plan of all members."""
        return self._together.for_batch(batch_size)

    def member_plans(self, number: int) -> MemberPlans:
        """Return the plans of one member, counted from 0, for its loop."""
        return MemberPlans(self, self._alone[number], number)


class MemberPlans:
    """A member's part of the joint plans, by batch size."""

    def __init__(self, joint: JointPlans, alone: Plans, number: int) -> None:
        self._joint, self._alone, self._number = joint, alone, number
        self._plans: dict[int, MemberPlan] = {}

    def for_batch(self, batch_size: int) -> MemberPlan:
        """Return the plan for that many samples."""
        if batch_size not in self._plans:
            joint = self._joint.for_batch(batch_size)
            self._plans[batch_size] = MemberPlan(joint, self._alone, self._number)
        return self._plans[batch_size]


class MemberPlan:
    """One member's row of a joint plan: its inputs to fill, its outputs to read.

    Attributes:
        joint: the plan of all members, to be called once the rows of all are filled.
        inputs: of the member, by name.
        outputs: of the member, by name.
    """

    def __init__(self, joint: Plan, alone: Plans, number: int) -> None:
        self.joint = joint
        self._alone = alone
        self.inputs = {name: tensor[number] for name, tensor in joint.inputs.items()}
        self.outputs = {name: tensor[number] for name, tensor in joint.outputs.items()}

    @property
    def flops(self) -> int:
        """Floating-point operations of a step of all members."""
        return self.joint.flops

    def step(self) -> None:
        """Take a step of this member alone; the others stay as they are."""
        plan = self._with_inputs()
        plan.step()
        for name, tensor in self.outputs.items():
            tensor.copy_(plan.outputs[name])

    def gradient_step(self) -> None:
        """Take the same step without the outputs."""
        self._with_inputs().gradient_step()

    def _with_inputs(self) -> Plan:
        plan = self._alone.for_batch(self.joint.batch_size)
        for name, tensor in plan.inputs.items():
            tensor.copy_(self.inputs[name])
        return plan


def train_together(loops: Sequence[Loop]) -> list[LoopResult | DivergedError]:
    """Train members, each by its loop.

    Args:
        loops: whose plans are those of the members of one `JointPlans`.
    Returns:
        The outcome of each; of one that diverged, the error.
    Raises:
        KeyboardInterrupt: it came before each member's first epoch ended; later it only ends
            training.
    """
    return _JointTrainer(loops).trained()


class _JointTrainer:
    """Loops under way.

    Attributes:
        asking: the steps that are asked for, by the number of the member.
        outcomes: of the members that have ended.
        kept: the weights of these, whose states further joint steps change.
    """

    def __init__(self, loops: Sequence[Loop]) -> None:
        self.loops = loops
        self.steps: list[TrainingSteps[LoopResult]] = [loop.steps() for loop in loops]
        self.asking: dict[int, TrainingStep] = {}
        self.outcomes: dict[int, LoopResult | DivergedError] = {}
        self.kept: dict[int, Tensor] = {}
        self._merger = CallMerger()

    def trained(self) -> list[LoopResult | DivergedError]:
        members = range(len(self.loops))
        try:
            for number in members:
                self._advance(number)
            while self.asking:
                self._take()
        except KeyboardInterrupt:
            self._interrupt()
        for number, weights in self.kept.items():
            self.loops[number].parameters.everything.copy_(weights)
        return [self.outcomes[number] for number in members]

    def _take(self) -> None:
        """Take the steps of all that ask, or of those alone that keep the others waiting."""
        plans = {number: _plan_of(step).joint for number, step in self.asking.items()}
        largest = max(plans.values(), key=lambda plan: plan.batch_size)
        # The smaller last batch of an epoch, where members have not equally many samples: once
        # those who are at it have taken it, all ask for a whole batch again.
        smaller = [number for number, plan in plans.items() if plan is not largest]
        if smaller:
            self._take_alone(smaller)
        elif len(plans) < LEAST_SHARE * len(self.loops):
            self._take_alone(list(plans))
        else:
            self._take_together(largest, [*self.asking.values()])
            for number in plans:
                self._advance(number)

    def _take_together(self, plan: Plan, steps: Sequence[TrainingStep]) -> None:
        for call in self._merger.merge([step.fill for step in steps]):
            call()
        if any(step.with_loss for step in steps):
            plan.step()
        else:
            plan.gradient_step()
        for call in self._merger.merge([step.update for step in steps]):
            call()

    def _take_alone(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.asking[number].run()
            self._advance(number)

    def _advance(self, number: int) -> None:
        """Let a loop go on, until it asks for its next step or ends."""
        try:
            self.asking[number] = next(self.steps[number])
        except StopIteration as end:
            self._ended(number, end.value)
            if end.value.stopped == "interrupted":
                raise KeyboardInterrupt from None  # it is meant for the others as well
        except DivergedError as error:
            self._ended(number, error)

    def _ended(self, number: int, outcome: LoopResult | DivergedError) -> None:
        self.asking.pop(number, None)
        self.outcomes[number] = outcome
        self.kept[number] = self.loops[number].parameters.everything.clone()

    def _interrupt(self) -> None:
        """End all loops that are still under way."""
        for number, steps in enumerate(self.steps):
            if number not in self.outcomes:
                try:
                    steps.throw(KeyboardInterrupt())
                except StopIteration as end:
                    self._ended(number, end.value)


def _plan_of(step: TrainingStep) -> MemberPlan:
    assert isinstance(step.plan, MemberPlan)
    return step.plan


def graph_signature(graph: Graph) -> list[object]:
    """Return what two graphs must share for one plan to compute both: all but dropout rates.

    Initial weights are no part of it, as they are drawn before there is a plan.
    """
    named = (graph.inputs, graph.parameters, graph.states)
    return [
        *([(name, value.shape, value.type) for name, value in values.items()] for values in named),
        *(
            (_without_rate(node.operation), [value.name for value in node.inputs], node.output.name)
            for node in graph.nodes
        ),
        [(name, value.name) for name, value in graph.outputs.items()],
    ]


def joint_graph(graphs: Sequence[Graph]) -> Graph:
    """Return the graph of all members, in which dropout has the rate of each.

    Args:
        graphs: with one signature, in the order of the members.
    """
    joint = copy.copy(graphs[0])
    joint.nodes = [_joint_node(nodes) for nodes in zip(*(g.nodes for g in graphs), strict=True)]
    return joint


def _joint_node(nodes: Sequence[Node]) -> Node:
    first = nodes[0]
    rates = [node.operation.rate for node in nodes if isinstance(node.operation, Dropout)]
    if len(set(rates)) < 2:
        return first
    assert isinstance(first.operation, Dropout)
    each = tuple(rate for rate in rates if not isinstance(rate, tuple))
    return Node(replace(first.operation, rate=each), first.inputs, first.output)


def _without_rate(operation: Operation) -> Operation:
    return replace(operation, rate=0.0) if isinstance(operation, Dropout) else operation


class JointProgress:
    """Passes on the progress of the loop that is ahead of the others.

    Args:
        progress: that is shown; its owner starts and stops it.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.visited, self.epoch = 0, 0

    def follow(self) -> MemberProgress:
        """Return the progress of one more loop."""
        return MemberProgress(self)


class MemberProgress:
    """The progress of one of the loops."""

    def __init__(self, lead: JointProgress) -> None:
        self._lead = lead
        self._visited = 0

    def start(self, work: Work) -> None:
        """Show nothing."""

    def batch(self, samples: int, loss: Tensor) -> None:
        """Pass on what goes beyond the others."""
        self._visited += samples
        if (more := self._visited - self._lead.visited) > 0:
            self._lead.visited = self._visited
            self._lead.progress.batch(more, loss)

    def epoch(self, record: dict[str, float]) -> None:
        """Pass on the first record of an epoch."""
        if record["epoch"] > self._lead.epoch:
            self._lead.epoch = int(record["epoch"])
            self._lead.progress.epoch(record)

    def stop(self) -> None:
        """Show nothing."""
