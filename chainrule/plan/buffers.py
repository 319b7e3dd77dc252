"""Buffers: memory for the slots of a program, shared wherever lifetimes do not overlap.

First, a slot takes over the memory of one that its instruction is the last to read, where the
operation allows it: so relu runs in place, and gradients reuse the memory of activations. What
remains are blocks with a first and a last instruction; two of them may have the same address in one
arena if one ends before the other begins. The largest are placed first, each at the lowest free
address. Source: Pisarchyk & Lee (2020), Efficient memory management for deep neural net inference,
"greedy by size for offset calculation".

Only this module knows of members: with K of them each slot becomes a tensor with a leading axis of
K, and the program is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.plan.parameters import ALIGNMENT_IN_BYTES, Parameters
from chainrule.plan.program import Instruction, Program, Slot


@dataclass(eq=False)
class Block:
    """Memory of one or several slots in turn, in use from a first to a last instruction.

    Attributes:
        elements: its size.
        first: index of the instruction that first writes it.
        last: index of the instruction that last uses it.
        start: its offset in the arena, in elements.
    """

    elements: int
    first: int
    last: int
    start: int = 0

    def overlaps(self, other: Block) -> bool:
        """Whether both are in use at the same time."""
        return self.first <= other.last and other.first <= self.last


class Buffers:
    """The tensors of a program's slots.

    Attributes:
        arena: the shared memory.
        unshared_elements: size of the arena if no slots shared memory.
    """

    def __init__(self, program: Program, parameters: Parameters) -> None:
        instructions = [*program.once, *program.forward, *program.backward]
        self._own: dict[Slot, Tensor] = {}
        self._parameters = parameters
        self._lead = () if parameters.members is None else (parameters.members,)
        self._blocks = _blocks(instructions, self._elements_of_arena)
        blocks = list(dict.fromkeys(self._blocks.values()))
        alignment = ALIGNMENT_IN_BYTES // parameters.weights.dtype.itemsize
        size = _assign_starts(blocks, alignment)
        self.arena = parameters.weights.new_zeros(size)
        self.unshared_elements = sum(map(self._elements_of_arena, self._blocks))

    def tensor(self, slot: Slot) -> Tensor:
        """Return the tensor of a slot; the same memory each time."""
        if slot.view_of is not None:
            return self._view(self.tensor(slot.base), slot)
        if slot.home == "weights":
            return self._parameters.values[slot.parameter]
        if slot.home == "gradient":
            return self._parameters.gradients[slot.parameter]
        if slot.home == "own":
            if slot not in self._own:
                self._own[slot] = self._shaped(self._new(slot), slot)
            return self._own[slot]
        start = self._blocks[slot].start
        flat = self.arena[start : start + self._elements_of_arena(slot)].view(self._dtype(slot))
        return self._shaped(flat[: self._elements(slot)], slot)

    @property
    def bytes(self) -> int:
        """Memory of the arena and of the tensors that are not shared."""
        return sum(t.numel() * t.itemsize for t in (self.arena, *self._own.values()))

    def _new(self, slot: Slot) -> Tensor:
        like = self._parameters.weights
        return like.new_zeros(self._elements(slot), dtype=self._dtype(slot))

    def _dtype(self, slot: Slot) -> torch.dtype:
        if slot.type == "index":
            return torch.int64
        full = self._parameters.weights.dtype
        return full if slot.precision == "full" else torch.bfloat16

    def _elements_of_arena(self, slot: Slot) -> int:
        """Count the elements of the arena that the slot needs; two bfloat16 fit into a float32."""
        size = self._elements(slot) * self._dtype(slot).itemsize
        return -(-size // self._parameters.weights.dtype.itemsize)

    def _elements(self, slot: Slot) -> int:
        return math.prod((*self._lead, *slot.shape))

    def _shaped(self, flat: Tensor, slot: Slot) -> Tensor:
        """View flat memory in the slot's shape; by columns the batch axis is the innermost."""
        if slot.layout == "rows" or len(slot.shape) < 2:
            return flat.view((*self._lead, *slot.shape))
        batch, *features = slot.shape
        return flat.view((*self._lead, *features, batch)).movedim(-1, len(self._lead))

    def _view(self, tensor: Tensor, slot: Slot) -> Tensor:
        """View a tensor in the slot's shape, in either layout. The batch axis stays."""
        if tensor.shape == (*self._lead, *slot.shape):
            return tensor
        if tensor.is_contiguous():
            return tensor.view((*self._lead, *slot.shape))
        batch, *features = slot.shape
        axis = len(self._lead)
        return tensor.movedim(axis, -1).view((*self._lead, *features, batch)).movedim(-1, axis)


def _blocks(
    instructions: Sequence[Instruction], elements: Callable[[Slot], int]
) -> dict[Slot, Block]:
    """Assign a block to each slot of the arena; slots that follow each other in place share one."""
    last_read = _last_reads(instructions)
    blocks: dict[Slot, Block] = {}
    for now, instruction in enumerate(instructions):
        taken: set[Slot] = set()
        for name in instruction.writes:
            slot = instruction.slots[name]
            if slot is None or slot.home != "shared" or slot.view_of:
                continue
            last = last_read.get(slot, now)
            predecessor = _memory_to_take_over(
                instruction, name, slot, taken, blocks, now, last_read
            )
            if predecessor is None:
                blocks[slot] = Block(elements(slot), now, last)
            else:
                taken.add(predecessor)
                blocks[slot] = blocks[predecessor]
                blocks[slot].last = last
    return blocks


def _last_reads(instructions: Iterable[Instruction]) -> dict[Slot, int]:
    return {
        slot.base: now
        for now, instruction in enumerate(instructions)
        for slot in (*instruction.written(), *instruction.read())
    }


def _memory_to_take_over(
    instruction: Instruction,
    name: str,
    slot: Slot,
    taken: set[Slot],
    blocks: dict[Slot, Block],
    now: int,
    last_read: dict[Slot, int],
) -> Slot | None:
    """Find a slot that this instruction is the last to read and whose memory it may overwrite."""
    for candidate in instruction.in_place.get(name, ()):
        old = instruction.slots.get(candidate)
        if old is None or old.view_of or old not in blocks or old in taken:
            continue
        fits = (old.shape, old.layout, old.precision) == (slot.shape, slot.layout, slot.precision)
        # The instruction may read it under a second name too, which may not be overwritten.
        names = {n for n, other in instruction.slots.items() if other and other.base is old}
        if fits and last_read[old] == now and names <= set(instruction.in_place[name]):
            return old
    return None


def _assign_starts(blocks: list[Block], alignment: int) -> int:
    """Set the start of each block in the arena and return the arena's size in elements."""
    placed: list[Block] = []
    for block in sorted(blocks, key=lambda b: b.elements, reverse=True):
        neighbours = sorted((p for p in placed if p.overlaps(block)), key=lambda p: p.start)
        for other in neighbours:
            if block.start + block.elements <= other.start:
                break
            end = -(-(other.start + other.elements) // alignment) * alignment
            block.start = max(block.start, end)
        placed.append(block)
    return max((block.start + block.elements for block in placed), default=0)
