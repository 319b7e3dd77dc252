"""Buffers: memory for the slots of a program, shared wherever lifetimes do not overlap.

First, a slot whose step allows it takes over the memory of one that the step is the last to read:
so relu runs in place, and gradients flow back through memory that is there already. What remains
are blocks with a first and a last step; two of them may lie at the same place of one arena if the
one has ended before the other begins. The largest are placed first, each at the lowest free place.
Source: Pisarchyk & Lee (2020), Efficient memory management for deep neural net inference,
"greedy by size for offset calculation".

Members are known here and nowhere above: with K of them each slot becomes a tensor with a leading
axis of K, and the program is the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.plan.parameters import ALIGNMENT_IN_BYTES, Parameters
from chainrule.plan.program import Program, Slot, Step


@dataclass(eq=False)
class Block:
    """Memory that one slot after the other lives in, and the steps from its first to its last."""

    elements: int
    first: int
    last: int
    start: int = 0

    def overlaps(self, other: Block) -> bool:
        """Whether both are in use at some step."""
        return self.first <= other.last and other.first <= self.last


class Buffers:
    """The tensors of a program's slots.

    Attributes:
        arena: the shared memory.
        unshared_elements: how many elements the arena would have if every slot had its own.
    """

    def __init__(self, program: Program, parameters: Parameters) -> None:
        steps = [*program.once, *program.forward, *program.backward]
        self._own: dict[Slot, Tensor] = {}
        self._parameters = parameters
        self._lead = () if parameters.members is None else (parameters.members,)
        self._blocks = _blocks(steps, self._elements_of_arena)
        blocks = list(dict.fromkeys(self._blocks.values()))
        alignment = ALIGNMENT_IN_BYTES // parameters.weights.dtype.itemsize
        size = _place(blocks, alignment)
        self.arena = parameters.weights.new_zeros(size)
        self.unshared_elements = sum(map(self._elements_of_arena, self._blocks))

    def tensor(self, slot: Slot) -> Tensor:
        """The slot's tensor; the same memory each time."""
        if slot.view_of is not None:
            return self._seen_as(self.tensor(slot.base), slot)
        if slot.home == "weights":
            return self._parameters.values[slot.parameter]
        if slot.home == "gradient":
            return self._parameters.gradients[slot.parameter]
        if slot.home == "own":
            if slot not in self._own:
                self._own[slot] = self._laid_out(self._new(slot), slot)
            return self._own[slot]
        start = self._blocks[slot].start
        flat = self.arena[start : start + self._elements_of_arena(slot)].view(self._dtype(slot))
        return self._laid_out(flat[: self._elements(slot)], slot)

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
        """How many elements of the arena the slot needs: two of its numbers may fit in one."""
        size = self._elements(slot) * self._dtype(slot).itemsize
        return -(-size // self._parameters.weights.dtype.itemsize)

    def _elements(self, slot: Slot) -> int:
        return math.prod((*self._lead, *slot.shape))

    def _laid_out(self, flat: Tensor, slot: Slot) -> Tensor:
        """Flat memory seen in the slot's shape; over columns the batch axis is the innermost."""
        if slot.layout == "rows" or len(slot.shape) < 2:
            return flat.view((*self._lead, *slot.shape))
        batch, *features = slot.shape
        return flat.view((*self._lead, *features, batch)).movedim(-1, len(self._lead))

    def _seen_as(self, tensor: Tensor, slot: Slot) -> Tensor:
        """A tensor in the slot's shape. The batch axis stays: each layout allows every reshape."""
        if tensor.shape == (*self._lead, *slot.shape):
            return tensor
        if tensor.is_contiguous():
            return tensor.view((*self._lead, *slot.shape))
        batch, *features = slot.shape
        axis = len(self._lead)
        return tensor.movedim(axis, -1).view((*self._lead, *features, batch)).movedim(-1, axis)


def _blocks(steps: Sequence[Step], elements: Callable[[Slot], int]) -> dict[Slot, Block]:
    """A block for each slot of the arena; slots that follow each other in place have one."""
    last_read = _last_reads(steps)
    blocks: dict[Slot, Block] = {}
    for now, step in enumerate(steps):
        taken: set[Slot] = set()
        for name in step.writes:
            slot = step.slots[name]
            if slot is None or slot.home != "shared" or slot.view_of:
                continue
            last = last_read.get(slot, now)
            heir_of = _memory_to_take_over(step, name, slot, taken, blocks, now, last_read)
            if heir_of is None:
                blocks[slot] = Block(elements(slot), now, last)
            else:
                taken.add(heir_of)
                blocks[slot] = blocks[heir_of]
                blocks[slot].last = last
    return blocks


def _last_reads(steps: Iterable[Step]) -> dict[Slot, int]:
    return {
        slot.base: now for now, step in enumerate(steps) for slot in (*step.written(), *step.read())
    }


def _memory_to_take_over(
    step: Step,
    name: str,
    slot: Slot,
    taken: set[Slot],
    blocks: dict[Slot, Block],
    now: int,
    last_read: dict[Slot, int],
) -> Slot | None:
    """A slot that ends with this step and whose memory the step allows to be overwritten."""
    for candidate in step.in_place.get(name, ()):
        old = step.slots.get(candidate)
        if old is None or old.view_of or old not in blocks or old in taken:
            continue
        alike = (old.shape, old.layout, old.precision) == (slot.shape, slot.layout, slot.precision)
        # The step may read it under a second name, of which nothing is promised.
        names = {n for n, other in step.slots.items() if other and other.base is old}
        if alike and last_read[old] == now and names <= set(step.in_place[name]):
            return old
    return None


def _place(blocks: list[Block], alignment: int) -> int:
    """Give each block its start in the arena, and return the arena's size in elements."""
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
