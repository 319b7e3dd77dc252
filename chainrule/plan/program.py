"""Program: the instructions of a plan before they are bound, each writing its own buffers.

Here a buffer is a `Slot`: a name and a shape, without memory. Since each slot is written by one
instruction, the dependencies are known, and memory can be shared afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import Calls, Layout, Operation, Type, operation_kind
from chainrule.graph.shape import with_batch
from chainrule.ops.cast import BufferPrecision, Cast

# Where a slot's memory is: shared by lifetime ("shared"), a separate tensor ("own"), or a view of
# the flat weights or the flat gradient.
Home = Literal["shared", "own", "weights", "gradient"]


@dataclass(eq=False)
class Slot:
    """A tensor of the plan, before it has memory.

    Attributes:
        name: for descriptions of the plan.
        shape: with the batch size in place of the open axis.
        type: "number" or "index".
        layout: order of its axes in memory.
        precision: of its numbers.
        home: where its memory will be.
        constant: whether it is computed when the plan is compiled and never changes.
        view_of: the slot whose memory it shares, in another shape.
        parameter: name of the parameter whose weights or gradient it is, where that is its home.
    """

    name: str
    shape: tuple[int, ...]
    type: Type = "number"
    layout: Layout = "rows"
    precision: BufferPrecision = "full"
    home: Home = "shared"
    constant: bool = False
    view_of: Slot | None = None
    parameter: str = ""

    @property
    def base(self) -> Slot:
        """The slot that owns the memory: this one, unless it is a view."""
        slot = self
        while slot.view_of is not None:
            slot = slot.view_of
        return slot


@dataclass(eq=False)
class Instruction:
    """Forward or backward of one operation, and the slots that it will be bound to.

    Attributes:
        title: for descriptions of the plan, such as "linear forward".
        operation: whose forward or backward it is.
        bind: returns the kernels, called once the slots have memory.
        slots: by the names of the arguments of `bind`; None for a gradient that is not needed.
        writes: names of the slots that are written; the others are read.
        in_place: for a written name, the names whose memory it may take over.
    """

    title: str
    operation: Operation
    bind: Callable[..., Calls]
    slots: Mapping[str, Slot | None]
    writes: Sequence[str]
    in_place: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def written(self) -> list[Slot]:
        """Return the slots that the instruction writes."""
        return [slot for name in self.writes if (slot := self.slots[name])]

    def read(self) -> list[Slot]:
        """Return the slots that the instruction reads."""
        return [slot for name, slot in self.slots.items() if slot and name not in self.writes]


@dataclass
class Program:
    """Instructions in the order in which they run.

    Attributes:
        slots: of the graph's values.
        forward: from the inputs to the outputs.
        backward: from the loss to the gradients.
        once: run when the plan is compiled, since their results never change.
        workspaces: the further slots of each node, by name.
    """

    slots: dict[Value, Slot]
    forward: list[Instruction] = field(default_factory=list)
    backward: list[Instruction] = field(default_factory=list)
    once: list[Instruction] = field(default_factory=list)
    workspaces: dict[Node, dict[str, Slot]] = field(default_factory=dict)


def forward_program(
    graph: Graph, nodes: Iterable[Node], outputs: Mapping[str, Value], batch_size: int
) -> Program:
    """Build the forward instructions of the nodes, in order; outputs share no memory."""
    slots = {
        v: Slot(v.name, with_batch(v.shape, batch_size), v.type, home="own")
        for v in graph.inputs.values()
    }
    slots |= {
        v: Slot(v.name, with_batch(v.shape, batch_size), home="weights", parameter=v.name)
        for v in (*graph.parameters.values(), *graph.states.values())
    }
    program = Program(slots)
    for node in nodes:
        _add_forward(program, node, batch_size)
    for slot in (program.slots[value].base for value in outputs.values()):
        if slot.home == "shared":
            slot.home = "own"
    return program


def _add_forward(program: Program, node: Node, batch_size: int) -> None:
    operation, kind = node.operation, operation_kind(node.operation)
    bound = dict(zip(kind.inputs, (program.slots[value] for value in node.inputs), strict=True))
    first = next(iter(bound.values()))
    output = Slot(
        node.output.name,
        with_batch(node.output.shape, batch_size),
        layout=kind.layout or first.layout,
        precision=operation.to if isinstance(operation, Cast) else first.precision,
        view_of=bound[kind.views["y"]] if "y" in kind.views else None,
    )
    program.slots[node.output] = bound["y"] = output
    for name, workspace in kind.workspace.items():
        like = bound[workspace.like]
        bound[name] = Slot(
            f"{node.output.name}.{name}",
            workspace.shape(like.shape),
            workspace.type,
            layout=like.layout,
            precision=like.precision,
            home="own" if workspace.type == "index" else "shared",  # the arena holds numbers
        )
    program.workspaces[node] = {name: bound[name] for name in kind.workspace}
    written: set[str] = set()
    for part, names in (("forward", kind.forward), ("value", kind.value)):
        if names:
            instruction = Instruction(
                title=f"{kind.name} {part}",
                operation=node.operation,
                bind=getattr(node.operation, part),
                slots={name: bound[name] for name in names},
                writes=[n for n in names if n not in kind.inputs and n not in written],
                in_place=kind.in_place,
            )
            written.update(instruction.writes)
            program.forward.append(instruction)


def needed_for_gradient(program: Program) -> list[Instruction]:
    """Return the forward instructions that backward depends on, without those of the loss."""
    read = {slot.base for instruction in program.backward for slot in instruction.read()}
    needed: list[Instruction] = []
    for instruction in reversed(program.forward):
        if any(slot.base in read for slot in instruction.written()):
            needed.append(instruction)
            read.update(slot.base for slot in instruction.read())
    return needed[::-1]
