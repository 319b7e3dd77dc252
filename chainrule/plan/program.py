"""Program: the steps of a plan before they are bound, each writing buffers that no other writes.

Here a buffer is a `Slot`: a name and a shape, without memory. Since each slot is written by one
step, who depends on whom can be read off, and memory can be shared afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import Calls, Layout, Operation, Type, operation_kind
from chainrule.graph.shape import with_batch
from chainrule.ops.cast import BufferPrecision, Cast

# Where a slot's memory is: shared by lifetime ("shared"), a tensor of its own ("own"), or a view of
# the flat weights or the flat gradient.
Home = Literal["shared", "own", "weights", "gradient"]


@dataclass(eq=False)
class Slot:
    """A tensor of the plan, still without memory.

    Attributes:
        name: for people.
        shape: closed, batch axis included.
        layout: how it will lie in memory.
        precision: of numbers.
        home: where its memory will be.
        constant: known when the plan is compiled, the same in each step.
        view_of: the slot whose memory this one is, seen in another shape.
        parameter: whose weights or gradient it is, where that is its home.
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
        """The slot that has the memory: this one, unless it is a view."""
        slot = self
        while slot.view_of is not None:
            slot = slot.view_of
        return slot


@dataclass(eq=False)
class Step:
    """One operation's forward or backward, and the slots that it will be bound to.

    Attributes:
        title: for people, such as "linear forward".
        operation: whose step it is.
        bind: gives the kernels once the slots have memory.
        slots: by the names of the arguments of `bind`; None for a gradient that nobody wants.
        writes: which of the names are written; the others are read.
        in_place: for a written name, those whose memory it may take over.
    """

    title: str
    operation: Operation
    bind: Callable[..., Calls]
    slots: Mapping[str, Slot | None]
    writes: Sequence[str]
    in_place: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def written(self) -> list[Slot]:
        """The slots that the step writes."""
        return [slot for name in self.writes if (slot := self.slots[name])]

    def read(self) -> list[Slot]:
        """The slots that the step reads."""
        return [slot for name, slot in self.slots.items() if slot and name not in self.writes]


@dataclass
class Program:
    """Steps in the order in which they run.

    Attributes:
        once: run when the plan is compiled: what they compute is the same in each step.
        forward: from the inputs to the outputs.
        backward: from the loss to the gradients.
        slots: of the graph's values.
        workspaces: the further slots of each node, by name.
    """

    slots: dict[Value, Slot]
    forward: list[Step] = field(default_factory=list)
    backward: list[Step] = field(default_factory=list)
    once: list[Step] = field(default_factory=list)
    workspaces: dict[Node, dict[str, Slot]] = field(default_factory=dict)


def forward_program(
    graph: Graph, nodes: Iterable[Node], wanted: Mapping[str, Value], batch_size: int
) -> Program:
    """The forward steps of the nodes, in order; the wanted values keep memory of their own."""
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
    for slot in (program.slots[value].base for value in wanted.values()):
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
            home="own" if workspace.type == "index" else "shared",  # the shared memory has numbers
        )
    program.workspaces[node] = {name: bound[name] for name in kind.workspace}
    written: set[str] = set()
    for part, names in (("forward", kind.forward), ("value", kind.value)):
        if names:
            step = Step(
                title=f"{kind.name} {part}",
                operation=node.operation,
                bind=getattr(node.operation, part),
                slots={name: bound[name] for name in names},
                writes=[n for n in names if n not in kind.inputs and n not in written],
                in_place=kind.in_place,
            )
            written.update(step.writes)
            program.forward.append(step)


def needed_for_gradient(program: Program) -> list[Step]:
    """The forward steps without which the backward steps can't run; the others tell the loss."""
    read = {slot.base for step in program.backward for slot in step.read()}
    needed: list[Step] = []
    for step in reversed(program.forward):
        if any(slot.base in read for slot in step.written()):
            needed.append(step)
            read.update(slot.base for slot in step.read())
    return needed[::-1]
