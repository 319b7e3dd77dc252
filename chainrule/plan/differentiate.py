"""Backpropagation: the instructions of the chain rule, from the loss back to every parameter.

In reverse order of the nodes, each operation turns the gradient of its output (dy) into those of
its inputs. A value that several operations read gets a gradient from each: copy sums the branches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from chainrule.graph.graph import Graph, Node, Value
from chainrule.graph.operation import operation_kind
from chainrule.ops import Copy
from chainrule.plan.program import Instruction, Program, Slot


def add_backward(program: Program, graph: Graph, nodes: Sequence[Node], loss: Value) -> Slot:
    """Add the backward instructions to the program.

    Returns:
        The slot of the derivative of the loss by itself, which has to hold 1.
    """
    return _Backpropagation(program, graph, nodes).from_loss(loss)


class _Backpropagation:
    def __init__(self, program: Program, graph: Graph, nodes: Sequence[Node]) -> None:
        self.program = program
        self.nodes = nodes
        self.graph = graph
        self.dependent = _dependents(graph.parameters.values(), nodes)
        self.branches: defaultdict[Value, list[Slot]] = defaultdict(list)

    def from_loss(self, loss: Value) -> Slot:
        one = Slot(f"d {loss.name}", self.program.slots[loss].shape, home="own", constant=True)
        self.branches[loss].append(one)
        for node in reversed(self.nodes):
            if self.branches[node.output]:
                self._through(node, self._sum_of_branches(node.output))
        for parameter in self.graph.parameters.values():
            if self.branches[parameter]:
                self._into_flat_gradient(parameter)
        return one

    def _through(self, node: Node, dy: Slot) -> None:
        """Add the chain rule of one operation."""
        kind = operation_kind(node.operation)
        program = self.program
        bound: dict[str, Slot | None] = dict(
            zip(kind.inputs, (program.slots[value] for value in node.inputs), strict=True)
        )
        bound |= {"y": program.slots[node.output], "dy": dy, **program.workspaces[node]}
        gradients: list[tuple[Value, Slot]] = []
        for name, value in zip(kind.inputs, node.inputs, strict=True):
            bound[f"d{name}"] = None
            if value in self.dependent and kind.has_gradient(name):
                view_of = dy if kind.views.get(f"d{name}") == "dy" else None
                gradient = self._gradient(value, view_of)
                bound[f"d{name}"] = gradient
                gradients.append((value, gradient))
        scratch = set(kind.workspace) - {*kind.forward, *kind.value}
        writes = [
            n for n in kind.backward if n in scratch or (n[0] == "d" and n[1:] in kind.inputs)
        ]
        if gradients:
            self._add(
                Instruction(
                    title=f"{kind.name} backward",
                    operation=node.operation,
                    bind=node.operation.backward,
                    slots={name: bound[name] for name in kind.backward},
                    writes=writes,
                    in_place=kind.in_place,
                )
            )
        for value, gradient in gradients:
            self.branches[value].append(gradient)

    def _gradient(self, value: Value, view_of: Slot | None = None) -> Slot:
        slot = self.program.slots[value]
        return Slot(
            f"d {value.name}",
            slot.shape,
            layout=slot.layout,
            precision=slot.precision,
            view_of=view_of,
        )

    def _sum_of_branches(self, value: Value) -> Slot:
        """Apply the flow rule of copy: add up the gradients from all readers of a value."""
        total, *others = self.branches[value]
        for branch in others:
            sum_so_far, total = total, self._gradient(value)
            self._add(
                Instruction(
                    title="copy sums branches",
                    operation=Copy(),
                    bind=Copy().sum_of_branches,
                    slots={"dy_1": sum_so_far, "dy_2": branch, "dx": total},
                    writes=["dx"],
                    in_place={"dx": ("dy_1", "dy_2")},
                )
            )
        return total

    def _into_flat_gradient(self, parameter: Value) -> None:
        """Let the last instruction for a parameter's gradient write into the flat gradient."""
        total = self._sum_of_branches(parameter)
        if total.view_of or total.constant:
            target = self._gradient(parameter)
            copy = Copy()
            slots = {"x": total, "y": target}
            instruction = Instruction("copy forward", copy, copy.forward, slots, writes=["y"])
            # In each training step, even if it is constant: optimizers may change the gradient.
            self.program.backward.append(instruction)
            total = target
        total.home = "gradient"
        total.parameter = parameter.name

    def _add(self, instruction: Instruction) -> None:
        """Add an instruction to the backward pass, or to `once` if it reads only constants."""
        if all(slot.constant for slot in instruction.read()):
            for slot in instruction.written():
                slot.home, slot.constant = "own", True
            self.program.once.append(instruction)
        else:
            self.program.backward.append(instruction)


def _dependents(parameters: Iterable[Value], nodes: Sequence[Node]) -> set[Value]:
    """Return the parameters and every value that depends on them."""
    dependent = set(parameters)
    for node in nodes:
        if any(value in dependent for value in node.inputs):
            dependent.add(node.output)
    return dependent
