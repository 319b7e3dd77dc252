"""Joint training: one plan runs the steps of several loops whenever their batch sizes are equal.

Each loop is independent: it has its own seed, samples, learning rate, schedule, weight decay and
early stopping, and shares with the others only the calls that run its steps. So the weights of each
member are those of a separate training, up to rounding in products with another order of sums.
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

# A joint step computes all members, those that have ended, too. With a smaller share left in
# training, separate steps are faster.
LEAST_SHARE = 0.5


class JointPlans:
    """The plans of K members: a joint one, and one for each.

    Args:
        graphs: the graphs of the members, with equal `graph_signature`.
        parameters: the parameters, with an axis of members.
    """

    def __init__(self, graphs: Sequence[Graph], parameters: Parameters) -> None:
        self._joint_plans = Plans(joint_graph(graphs), parameters, "train")
        self._member_plans = [
            Plans(graph, parameters.member(number), "train") for number, graph in enumerate(graphs)
        ]

    def for_batch(self, batch_size: int) -> Plan:
        """Return the plan of all members."""
        return self._joint_plans.for_batch(batch_size)

    def member_plans(self, number: int) -> MemberPlans:
        """Return the plans of one member, counted from 0."""
        return MemberPlans(self, self._member_plans[number], number)


class MemberPlans:
    """One member's rows of the joint plans, by batch size."""

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
    """One member's row of a joint plan: its inputs and outputs.

    Attributes:
        joint: the plan of all members, to be run when all their inputs are filled.
        inputs: the inputs of the member, by name.
        outputs: the outputs of the member, by name.
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
        """Run a step of this member alone; the other members are not changed."""
        plan = self._with_inputs()
        plan.step()
        for name, tensor in self.outputs.items():
            tensor.copy_(plan.outputs[name])

    def gradient_step(self) -> None:
        """Run the same step without the outputs."""
        self._with_inputs().gradient_step()

    def _with_inputs(self) -> Plan:
        plan = self._alone.for_batch(self.joint.batch_size)
        for name, tensor in plan.inputs.items():
            tensor.copy_(self.inputs[name])
        return plan


def train_together(loops: Sequence[Loop]) -> list[LoopResult | DivergedError]:
    """Run the loops of several members together.

    Args:
        loops: loops whose plans are those of the members of one `JointPlans`.
    Returns:
        The result of each loop; the error of one that diverged.
    Raises:
        KeyboardInterrupt: the user interrupted before the first epoch of each member ended; a later
            interruption only ends training.
    """
    return _JointTrainer(loops).run()


class _JointTrainer:
    """The state of the loops of several members.

    Attributes:
        pending: the next step of each member, by its number.
        outcomes: results of the members that have ended.
        final_weights: weights of these members, since further joint steps change their states.
    """

    def __init__(self, loops: Sequence[Loop]) -> None:
        self.loops = loops
        self.steps: list[TrainingSteps[LoopResult]] = [loop.steps() for loop in loops]
        self.pending: dict[int, TrainingStep] = {}
        self.outcomes: dict[int, LoopResult | DivergedError] = {}
        self.final_weights: dict[int, Tensor] = {}
        self._merger = CallMerger()

    def run(self) -> list[LoopResult | DivergedError]:
        members = range(len(self.loops))
        try:
            for number in members:
                self._advance(number)
            while self.pending:
                self._run_next()
        except KeyboardInterrupt:
            self._interrupt()
        for number, weights in self.final_weights.items():
            self.loops[number].parameters.everything.copy_(weights)
        return [self.outcomes[number] for number in members]

    def _run_next(self) -> None:
        """Run the pending steps together, or those alone that the others wait for."""
        plans = {number: _plan_of(step).joint for number, step in self.pending.items()}
        largest = max(plans.values(), key=lambda plan: plan.batch_size)
        # If members have different numbers of samples, some have the smaller last batch of an epoch
        # first. When these steps are run, the next batches of all are whole again.
        smaller = [number for number, plan in plans.items() if plan is not largest]
        if smaller:
            self._run_alone(smaller)
        elif len(plans) < LEAST_SHARE * len(self.loops):
            self._run_alone(list(plans))
        else:
            self._run_together(largest, [*self.pending.values()])
            for number in plans:
                self._advance(number)

    def _run_together(self, plan: Plan, steps: Sequence[TrainingStep]) -> None:
        for call in self._merger.merge([step.fill for step in steps]):
            call()
        if any(step.with_loss for step in steps):
            plan.step()
        else:
            plan.gradient_step()
        for call in self._merger.merge([step.update for step in steps]):
            call()

    def _run_alone(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.pending[number].run()
            self._advance(number)

    def _advance(self, number: int) -> None:
        """Continue a loop until it yields its next step or ends."""
        try:
            self.pending[number] = next(self.steps[number])
        except StopIteration as end:
            self._finish(number, end.value)
            if end.value.stopped == "interrupted":
                raise KeyboardInterrupt from None  # to interrupt the other members, too
        except DivergedError as error:
            self._finish(number, error)

    def _finish(self, number: int, outcome: LoopResult | DivergedError) -> None:
        self.pending.pop(number, None)
        self.outcomes[number] = outcome
        self.final_weights[number] = self.loops[number].parameters.everything.clone()

    def _interrupt(self) -> None:
        """Interrupt all loops that have not ended."""
        for number, steps in enumerate(self.steps):
            if number not in self.outcomes:
                try:
                    steps.throw(KeyboardInterrupt())
                except StopIteration as end:
                    self._finish(number, end.value)


def _plan_of(step: TrainingStep) -> MemberPlan:
    assert isinstance(step.plan, MemberPlan)
    return step.plan


def graph_signature(graph: Graph) -> list[object]:
    """Return what graphs must have in common to share a plan: all but the rates of dropout.

    Initial weights are not part of it, since they are drawn before a plan is compiled.
    """
    groups = (graph.inputs, graph.parameters, graph.states)
    return [
        *([(name, value.shape, value.type) for name, value in values.items()] for values in groups),
        *(
            (_without_rate(node.operation), [value.name for value in node.inputs], node.output.name)
            for node in graph.nodes
        ),
        [(name, value.name) for name, value in graph.outputs.items()],
    ]


def joint_graph(graphs: Sequence[Graph]) -> Graph:
    """Return the joint graph of members, whose dropout has the rate of each member.

    Args:
        graphs: the graphs of the members, with equal signatures.
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
    """Progress of several loops, shown as that of the loop that is ahead.

    Args:
        progress: display of the progress, which the caller starts and stops.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.samples_seen, self.epoch = 0, 0

    def add_member(self) -> MemberProgress:
        """Return the progress of another loop."""
        return MemberProgress(self)


class MemberProgress:
    """Progress of one of the loops."""

    def __init__(self, joint: JointProgress) -> None:
        self._joint = joint
        self._samples_seen = 0

    def start(self, work: Work) -> None:
        """Show nothing."""

    def batch(self, samples: int, loss: Tensor) -> None:
        """Show the samples by which this loop is ahead of the others."""
        self._samples_seen += samples
        if (ahead := self._samples_seen - self._joint.samples_seen) > 0:
            self._joint.samples_seen = self._samples_seen
            self._joint.progress.batch(ahead, loss)

    def epoch(self, record: dict[str, float]) -> None:
        """Show the first record of each epoch."""
        if record["epoch"] > self._joint.epoch:
            self._joint.epoch = int(record["epoch"])
            self._joint.progress.epoch(record)

    def stop(self) -> None:
        """Show nothing."""
