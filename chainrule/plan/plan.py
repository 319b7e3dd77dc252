"""Plan: one graph, one batch size, one mode, compiled into a flat list of bound kernels.

Compiling fixes the order, fuses neighbours, writes out the chain rule, shares buffers and binds
every kernel to them. A step is then a walk down a list of calls: nothing is decided, nothing is
allocated, and there is no tape.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Literal

import torch

from chainrule.errors import InputError, unknown_name
from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import Calls, operation_for_evaluation, operation_kind
from chainrule.graph.shape import show
from chainrule.native import compile_calls, lower_calls
from chainrule.plan.buffers import Buffers
from chainrule.plan.describe import describe, step_flops
from chainrule.plan.differentiate import add_backward
from chainrule.plan.fuse import fuse
from chainrule.plan.parameters import Parameters
from chainrule.plan.program import Program, Slot, Step, forward_program, needed_for_gradient

Mode = Literal["train", "evaluate"]


class Plan:
    """Ready calls over fixed buffers.

    Attributes:
        inputs: tensors to fill before a step, by name.
        outputs: tensors that hold the results after it, by name.
        batch_size: number of samples in a step, of each member where there are several.
        members: how many networks a step is for; None for one, without an axis of members.
    """

    def __init__(
        self,
        program: Program,
        parameters: Parameters,
        *,
        inputs: dict[str, Slot],
        outputs: dict[str, Slot],
        batch_size: int,
        seed: Slot | None,
        native: bool,
    ) -> None:
        self._program = program
        self._buffers = Buffers(program, parameters)
        self.batch_size = batch_size
        self.members = parameters.members
        self.inputs = {name: self._buffers.tensor(slot) for name, slot in inputs.items()}
        self.outputs = {name: self._buffers.tensor(slot) for name, slot in outputs.items()}
        if seed is not None:
            self._buffers.tensor(seed).fill_(1)  # the derivative of the loss by itself
        for call in chain(*map(self._bound, program.once)):
            call()
        self._ready = lower_calls if native else list
        forward = {step: self._ready(self._bound(step)) for step in program.forward}
        backward = [call for step in program.backward for call in self._ready(self._bound(step))]
        lean = [forward[step] for step in needed_for_gradient(program)]
        self._forward = compile_calls(chain(*forward.values()))
        self._backward = compile_calls(backward)
        self._gradient = compile_calls([*chain(*lean), *backward])

    def forward(self) -> None:
        """Compute the outputs from the inputs."""
        for call in self._forward:
            call()

    def backward(self) -> None:
        """After forward: compute the gradient of the loss by every parameter. Only in training."""
        for call in self._backward:
            call()

    def step(self) -> None:
        """Forward, then backward: outputs and gradient."""
        self.forward()
        self.backward()

    def gradient_step(self) -> None:
        """What `step` does, without what only tells the loss: the outputs are not computed."""
        for call in self._gradient:
            call()

    def describe(self, *, timed: bool = False) -> str:
        """The calls in order, with shapes, operations, bytes; timed, also with their time."""
        alone = self._alone if timed else None
        return describe(self._program, self._buffers, self.batch_size, alone)

    @property
    def flops(self) -> int:
        """Floating-point operations of a step, for all members."""
        steps = [*self._program.forward, *self._program.backward]
        return (self.members or 1) * sum(map(step_flops, steps))

    def _alone(self, step: Step) -> Calls:
        """What the plan runs for a step, by itself: compiled code does not run on into the next."""
        return compile_calls(self._ready(self._bound(step)))

    def _bound(self, step: Step) -> Calls:
        return step.bind(**{n: s and self._buffers.tensor(s) for n, s in step.slots.items()})


@torch.inference_mode(False)  # its buffers are used inside and outside of that mode
def compile_plan(
    graph: Graph,
    parameters: Parameters,
    *,
    batch_size: int,
    mode: Mode,
    outputs: Sequence[str] | None = None,
    fused: bool = True,
    native: bool = True,
) -> Plan:
    """Compile a graph for one batch size and mode.

    Args:
        graph: with its outputs named; to train, one of them is "loss", a single number.
        parameters: of the graph; the plan reads their values and writes their gradients. With
            members, so has the plan: a leading axis of them in all inputs and outputs.
        batch_size: number of samples in each step.
        mode: "train" computes the loss and its gradients, "evaluate" the outputs alone.
        outputs: which of the graph's outputs to compute, in training always the loss too; where
            none are given, the loss alone in training and all of them in evaluation.
        fused: whether neighbours are fused; it changes the speed, not what is computed.
        native: whether calls run in compiled code where they can; likewise.
    Raises:
        InputError: the batch size is not positive, there is no such output, or no loss to train.
    """
    if batch_size < 1:
        raise InputError(f"batch size {batch_size} was given; expected at least 1.")
    wanted = _wanted(graph, mode, outputs)
    nodes = graph.needed_for(wanted)
    if mode == "evaluate":
        nodes = [_in_evaluation(node) for node in nodes]
    if fused:
        nodes = fuse(nodes, set(wanted.values()))
    program = forward_program(graph, nodes, wanted, batch_size)
    seed = None
    if mode == "train":
        seed = add_backward(program, graph, nodes, _loss_of(graph))
    read = {slot.base for step in program.forward for slot in step.read()}
    return Plan(
        program,
        parameters,
        inputs={
            name: program.slots[value]
            for name, value in graph.inputs.items()
            if program.slots[value] in read
        },
        outputs={name: program.slots[value] for name, value in wanted.items()},
        batch_size=batch_size,
        seed=seed,
        native=native,
    )


class Plans:
    """The plans of one graph and mode, compiled when a batch size is first met, then kept."""

    def __init__(
        self,
        graph: Graph,
        parameters: Parameters,
        mode: Mode,
        outputs: Sequence[str] | None = None,
    ) -> None:
        self._graph = graph
        self._parameters = parameters
        self._mode: Mode = mode
        self._outputs = outputs
        self._plans: dict[int, Plan] = {}

    def for_batch(self, batch_size: int) -> Plan:
        """The plan for that many samples; the last, smaller batch has its own and is exact."""
        if batch_size not in self._plans:
            self._plans[batch_size] = compile_plan(
                self._graph,
                self._parameters,
                batch_size=batch_size,
                mode=self._mode,
                outputs=self._outputs,
            )
        return self._plans[batch_size]


def _in_evaluation(node: Node) -> Node:
    operation = operation_for_evaluation(node.operation)
    by_name = dict(zip(operation_kind(node.operation).inputs, node.inputs, strict=True))
    return Node(operation, tuple(by_name[n] for n in operation_kind(operation).inputs), node.output)


def _wanted(graph: Graph, mode: Mode, outputs: Sequence[str] | None) -> dict[str, Value]:
    if outputs is None:
        outputs = [] if mode == "train" else list(graph.outputs)
    if mode == "train" and "loss" not in outputs:
        outputs = ["loss", *outputs]
    for name in outputs:
        if name not in graph.outputs:
            raise unknown_name("output of the graph", name, graph.outputs)
    return {name: graph.outputs[name] for name in outputs}


def _loss_of(graph: Graph) -> Value:
    loss = graph.outputs["loss"]
    if loss.shape != ():
        raise InputError(
            f"The output 'loss' has shape {show(loss.shape)}; expected a single number. "
            "Take its mean."
        )
    return loss
