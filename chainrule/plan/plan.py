"""Plan: one graph, one batch size, one mode, compiled into a flat list of bound kernels.

Compiling fixes the order, fuses operations, adds the chain rule, shares buffers and binds every
kernel to them. A training step then runs a list of calls: nothing is decided, nothing is allocated,
and no tape is recorded.
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
from chainrule.plan.describe import count_flops, describe
from chainrule.plan.differentiate import add_backward
from chainrule.plan.fuse import fuse
from chainrule.plan.parameters import Parameters
from chainrule.plan.program import Instruction, Program, Slot, forward_program, needed_for_gradient
from chainrule.ranges import Range

Mode = Literal["train", "evaluate"]


class Plan:
    """Bound calls over fixed buffers.

    Attributes:
        inputs: tensors to fill before a step, by name.
        outputs: tensors that hold the results after it, by name.
        batch_size: number of samples in a step, for each member where there are several.
        members: number of networks in the plan; None for one, without an axis of members.
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
        self._lower = lower_calls if native else list
        forward = {i: self._lower(self._bound(i)) for i in program.forward}
        backward = [call for i in program.backward for call in self._lower(self._bound(i))]
        without_loss = [forward[i] for i in needed_for_gradient(program)]
        self._forward = compile_calls(chain(*forward.values()))
        self._backward = compile_calls(backward)
        self._gradient = compile_calls([*chain(*without_loss), *backward])

    def forward(self) -> None:
        """Compute the outputs from the inputs."""
        for call in self._forward:
            call()

    def backward(self) -> None:
        """Compute the gradient of the loss by each parameter, after `forward`; only in training."""
        for call in self._backward:
            call()

    def step(self) -> None:
        """Run forward, then backward: compute outputs and gradient."""
        self.forward()
        self.backward()

    def gradient_step(self) -> None:
        """Run forward and backward, skipping the calls that only compute the loss and outputs."""
        for call in self._gradient:
            call()

    def describe(self, *, timed: bool = False) -> str:
        """Format the calls in order, with shapes, operations and bytes; if timed, with times."""
        bind = self._compiled_alone if timed else None
        return describe(self._program, self._buffers, self.batch_size, bind)

    @property
    def flops(self) -> int:
        """Floating-point operations of a step, for all members."""
        instructions = [*self._program.forward, *self._program.backward]
        return (self.members or 1) * sum(map(count_flops, instructions))

    def _compiled_alone(self, instruction: Instruction) -> Calls:
        """Return the calls of one instruction, compiled without those of the next one."""
        return compile_calls(self._lower(self._bound(instruction)))

    def _bound(self, instruction: Instruction) -> Calls:
        slots = instruction.slots
        return instruction.bind(**{n: s and self._buffers.tensor(s) for n, s in slots.items()})


@torch.inference_mode(False)  # the buffers are used inside and outside of that mode
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
            members, all inputs and outputs of the plan have a leading axis of members.
        batch_size: number of samples in each step.
        mode: "train" computes the loss and its gradients, "evaluate" the outputs alone.
        outputs: which of the graph's outputs to compute, in training always the loss too; None for
            the loss alone in training and all outputs in evaluation.
        fused: whether to fuse operations; it changes the speed, not the results.
        native: whether to run calls in compiled code where possible; it changes the speed, and the
            results only by rounding.
    Raises:
        InputError: the batch size is not positive, an output is unknown, or there is no loss to
            train.
    """
    Range(1, whole=True, example=32).check("compile_plan", "batch_size", batch_size)
    chosen = _chosen_outputs(graph, mode, outputs)
    nodes = graph.needed_for(chosen)
    if mode == "evaluate":
        nodes = [_in_evaluation(node) for node in nodes]
    if fused:
        nodes = fuse(nodes, set(chosen.values()))
    program = forward_program(graph, nodes, chosen, batch_size)
    seed = None
    if mode == "train":
        seed = add_backward(program, graph, nodes, _loss_of(graph))
    read = {slot.base for instruction in program.forward for slot in instruction.read()}
    return Plan(
        program,
        parameters,
        inputs={
            name: program.slots[value]
            for name, value in graph.inputs.items()
            if program.slots[value] in read
        },
        outputs={name: program.slots[value] for name, value in chosen.items()},
        batch_size=batch_size,
        seed=seed,
        native=native,
    )


class Plans:
    """The plans of one graph and mode, one for each batch size, compiled on first use."""

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
        """Return the plan for that many samples; a smaller last batch has its own and is exact."""
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


def _chosen_outputs(graph: Graph, mode: Mode, outputs: Sequence[str] | None) -> dict[str, Value]:
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
