"""A plan as text: its calls, their cost, and their time compared with the floor."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence

import torch

from chainrule.graph.operation import Calls, non_default_settings
from chainrule.plan.buffers import Buffers
from chainrule.plan.floor import measured_floor
from chainrule.plan.program import Instruction, Program, Slot, needed_for_gradient

Bind = Callable[[Instruction], Calls]

# How often a plan is run to time its instructions, within the limit of seconds.
RUNS = 101
MAX_SECONDS = 2.0


def describe(program: Program, buffers: Buffers, batch_size: int, timed: Bind | None = None) -> str:
    """Format the instructions in order, with shapes, floating-point operations and bytes.

    If timed, also with the microseconds of each instruction and the floor as a share of them: the
    time that its operations take at the measured peak of matrix products, plus that of its bytes at
    the measured memory bandwidth (see `Floor`). Bytes count as if they came from memory; in a small
    plan they come from a cache, which is faster, so a share can exceed 100 %.
    Args:
        program: of the plan.
        buffers: of its slots.
        batch_size: of the plan.
        timed: returns the calls of an instruction, bound to the buffers; None to leave the times
            out. They run on the values in the buffers, which are restored afterwards.
    """
    computed = {slot for instruction in program.forward for slot in instruction.written()}
    read = dict.fromkeys(slot for instruction in program.forward for slot in instruction.read())
    inputs = [_with_shape(slot) for slot in read if slot not in computed]
    instructions = [*program.forward, *program.backward]
    times = _Times(instructions, buffers, timed) if timed else None
    rows = [("", "call", "reads", "writes", "kFLOP", "KiB", *(_Times.heading if times else ()))]
    lean = {*needed_for_gradient(program), *program.backward}
    for number, instruction in enumerate(instructions, start=1):
        mark = "*" if program.backward and instruction not in lean else ""
        row = (f"{mark}{number}", *_row(instruction, buffers))
        rows.append((*row, *(times.columns(instruction) if times else ())))
    marked = any(row[0].startswith("*") for row in rows)
    for instruction in program.once:
        rows.append(("once", *_row(instruction, buffers), *(("", "") if times else ())))
    shared = buffers.arena.numel() * buffers.arena.itemsize
    unshared = buffers.unshared_elements * buffers.arena.itemsize
    flops = sum(
        _members(instruction, buffers) * count_flops(instruction) for instruction in instructions
    )
    bytes_ = sum(count_bytes(instruction, buffers) for instruction in instructions)
    return "\n".join(
        [
            f"Plan for batches of {batch_size}, given {', '.join(inputs)}",
            *_table(rows),
            *(["* computes only the loss: skipped where only the gradient is needed."] * marked),
            f"A step: {flops / 1e6:,.2f} MFLOP, {bytes_ / 1024:,.1f} KiB read and written.",
            *([times.total()] if times else []),
            f"Shared buffers: {shared / 1024:,.1f} KiB, where one for each value would take "
            f"{unshared / 1024:,.1f} KiB. All buffers: {buffers.bytes / 1024:,.1f} KiB.",
        ]
    )


class _Times:
    """Measured time of each instruction, and its floor."""

    heading = ("us", "% floor")

    def __init__(self, instructions: Sequence[Instruction], buffers: Buffers, bind: Bind) -> None:
        self._floors = {
            instruction: floor_seconds(instruction, buffers) for instruction in instructions
        }
        self._seconds = measure_seconds(instructions, buffers, bind)

    def columns(self, instruction: Instruction) -> tuple[str, str]:
        """Format microseconds and the floor's share of them; empty for a view: it has no call."""
        seconds = self._seconds[instruction]
        if not seconds:
            return "", ""
        return f"{seconds * 1e6:,.1f}", f"{self._floors[instruction] / seconds:.0%}"

    def total(self) -> str:
        """Format the line on all instructions together."""
        floor, seconds = sum(self._floors.values()), sum(self._seconds.values())
        machine = measured_floor()
        return (
            f"Its calls took {seconds * 1e6:,.1f} us, of which the floor of {floor * 1e6:,.1f} us "
            f"is {floor / seconds:.0%}. Measured: {machine.flops_per_second / 1e9:,.1f} GFLOP/s, "
            f"{machine.bytes_per_second / 1e9:,.1f} GB/s, on {torch.get_num_threads()} threads."
        )


@torch.inference_mode()  # as in training
def measure_seconds(
    instructions: Sequence[Instruction], buffers: Buffers, bind: Bind
) -> dict[Instruction, float]:
    """Measure the median seconds of each instruction's calls; 0 for one without calls.

    All instructions run in order, repeatedly, so that buffers and caches have the state that they
    have in training. The values in the buffers are restored afterwards.
    """
    calls = {instruction: bind(instruction) for instruction in instructions}
    slots = {
        slot.base
        for instruction in instructions
        for slot in (*instruction.read(), *instruction.written())
    }
    before = {slot: buffers.tensor(slot).clone() for slot in slots}
    seconds: dict[Instruction, list[float]] = {instruction: [] for instruction in instructions}
    began = time.perf_counter()
    for run in range(1 + RUNS):
        for instruction in instructions:
            start = time.perf_counter()
            for call in calls[instruction]:
                call()
            if run:  # the first one warms up
                seconds[instruction].append(time.perf_counter() - start)
        if run and time.perf_counter() - began > MAX_SECONDS:
            break
    for slot, tensor in before.items():
        buffers.tensor(slot).copy_(tensor)
    return {
        instruction: statistics.median(seconds[instruction]) if calls[instruction] else 0.0
        for instruction in instructions
    }


def floor_seconds(instruction: Instruction, buffers: Buffers) -> float:
    """Compute the least seconds that an instruction can take on this machine, for all members.

    The peak is that of matrix products in the precision of the instruction's result.
    """
    types = [buffers.tensor(slot).dtype for slot in instruction.written()]
    product = next((dtype for dtype in types if dtype.is_floating_point), torch.float32)
    return measured_floor(product).seconds(
        _members(instruction, buffers) * count_flops(instruction), count_bytes(instruction, buffers)
    )


def count_flops(instruction: Instruction) -> int:
    """Count floating-point operations for one member: by the operation, or one per element."""
    count = getattr(instruction.operation, "flops", None)
    shapes = {name: slot.shape for name, slot in instruction.slots.items() if slot}
    written = [
        name for name in instruction.writes if name in shapes and not _is_view(instruction, name)
    ]
    if count is None:
        return sum(math.prod(shapes[name]) for name in written)
    return sum(count(name, **shapes) for name in written)


def count_bytes(instruction: Instruction, buffers: Buffers) -> int:
    """Count the bytes of all tensors that an instruction uses, each tensor once."""
    slots = {slot.base for slot in (*instruction.read(), *instruction.written())}
    if all(_is_view(instruction, name) for name in instruction.writes if instruction.slots[name]):
        return 0
    return sum(buffers.tensor(slot).nbytes for slot in slots)


def _members(instruction: Instruction, buffers: Buffers) -> int:
    """Count the networks that an instruction computes: size of a tensor over that of its slot."""
    slot = instruction.written()[0].base
    return buffers.tensor(slot).numel() // math.prod(slot.shape)


def _is_view(instruction: Instruction, name: str) -> bool:
    slot = instruction.slots[name]
    return slot is not None and slot.view_of is not None


def _row(instruction: Instruction, buffers: Buffers) -> tuple[str, ...]:
    settings = ", ".join(f"{k}={v}" for k, v in non_default_settings(instruction.operation).items())
    return (
        f"{instruction.title}{f' [{settings}]' if settings else ''}",
        ", ".join(slot.name for slot in instruction.read()),
        ", ".join(_with_shape(slot) for slot in instruction.written()),
        f"{_members(instruction, buffers) * count_flops(instruction) / 1e3:,.1f}",
        f"{count_bytes(instruction, buffers) / 1024:,.1f}",
    )


def _with_shape(slot: Slot) -> str:
    return f"{slot.name} {'x'.join(map(str, slot.shape)) or '1'}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    text_columns = {1, 2, 3}
    return [
        "  ".join(
            cell.ljust(width) if column in text_columns else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
