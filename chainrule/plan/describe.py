"""A plan as text: what it will do, call by call, and how long that takes beside the floor."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence

import torch

from chainrule.graph.operation import Calls, non_default_settings
from chainrule.plan.buffers import Buffers
from chainrule.plan.floor import measured_floor
from chainrule.plan.program import Program, Slot, Step, needed_for_gradient

Bind = Callable[[Step], Calls]

# How often a plan is run to time its steps, if that takes no longer than the seconds.
RUNS = 101
MOST_SECONDS = 2.0


def describe(program: Program, buffers: Buffers, batch_size: int, timed: Bind | None = None) -> str:
    """The steps in order, with shapes, floating-point operations and bytes read and written.

    Timed, also the microseconds of each step, and which share of them the floor is: the time that
    its operations take at the measured peak of matrix products, and its bytes at the measured
    bandwidth of memory (see `Floor`). Bytes count as if they came from memory. In a small plan they
    come from a cache, which is faster, so a share can exceed 100 %: such a step is as good as done.
    Args:
        program: of the plan.
        buffers: of its slots.
        batch_size: of a step.
        timed: gives the calls of a step, bound to the buffers; None to leave the times out. They
            are run on what the buffers hold, and what they change is restored.
    """
    made = {slot for step in program.forward for slot in step.written()}
    read = dict.fromkeys(slot for step in program.forward for slot in step.read())
    given = [_with_shape(slot) for slot in read if slot not in made]
    steps = [*program.forward, *program.backward]
    times = _Times(steps, buffers, timed) if timed else None
    rows = [("", "call", "reads", "writes", "kFLOP", "KiB", *(_Times.heading if times else ()))]
    lean = {*needed_for_gradient(program), *program.backward}
    for number, step in enumerate(steps, start=1):
        mark = "*" if program.backward and step not in lean else ""
        row = (f"{mark}{number}", *_row(step, buffers))
        rows.append((*row, *(times.columns(step) if times else ())))
    told = any(row[0].startswith("*") for row in rows)
    for step in program.once:
        rows.append(("once", *_row(step, buffers), *(("", "") if times else ())))
    shared = buffers.arena.numel() * buffers.arena.itemsize
    unshared = buffers.unshared_elements * buffers.arena.itemsize
    flops = sum(_members(step, buffers) * step_flops(step) for step in steps)
    bytes_ = sum(step_bytes(step, buffers) for step in steps)
    return "\n".join(
        [
            f"Plan for batches of {batch_size}, given {', '.join(given)}",
            *_table(rows),
            *(["* tells the loss: left out where only the gradient is asked for."] * told),
            f"A step: {flops / 1e6:,.2f} MFLOP, {bytes_ / 1024:,.1f} KiB read and written.",
            *([times.total()] if times else []),
            f"Shared buffers: {shared / 1024:,.1f} KiB, where one for each value would take "
            f"{unshared / 1024:,.1f} KiB. All buffers: {buffers.bytes / 1024:,.1f} KiB.",
        ]
    )


class _Times:
    """How long each of the steps takes, and the floor."""

    heading = ("us", "% floor")

    def __init__(self, steps: Sequence[Step], buffers: Buffers, bind: Bind) -> None:
        self._floors = {step: floor_of(step, buffers) for step in steps}
        self._seconds = step_seconds(steps, buffers, bind)

    def columns(self, step: Step) -> tuple[str, str]:
        """Microseconds and the floor's share of them; empty for a view, which is no call."""
        seconds = self._seconds[step]
        if not seconds:
            return "", ""
        return f"{seconds * 1e6:,.1f}", f"{self._floors[step] / seconds:.0%}"

    def total(self) -> str:
        """The line about the whole."""
        floor, seconds = sum(self._floors.values()), sum(self._seconds.values())
        machine = measured_floor()
        return (
            f"Its calls took {seconds * 1e6:,.1f} us, of which the floor of {floor * 1e6:,.1f} us "
            f"is {floor / seconds:.0%}. Measured: {machine.flops_per_second / 1e9:,.1f} GFLOP/s, "
            f"{machine.bytes_per_second / 1e9:,.1f} GB/s, on {torch.get_num_threads()} threads."
        )


@torch.inference_mode()  # as in training
def step_seconds(steps: Sequence[Step], buffers: Buffers, bind: Bind) -> dict[Step, float]:
    """The median seconds of each step's calls; 0 for a step without any.

    All steps run in their order, again and again, so that each finds in its buffers, and in the
    caches, what it finds in training. Afterwards the buffers hold what they held before.
    """
    calls = {step: bind(step) for step in steps}
    slots = {slot.base for step in steps for slot in (*step.read(), *step.written())}
    before = {slot: buffers.tensor(slot).clone() for slot in slots}
    seconds: dict[Step, list[float]] = {step: [] for step in steps}
    began = time.perf_counter()
    for run in range(1 + RUNS):
        for step in steps:
            start = time.perf_counter()
            for call in calls[step]:
                call()
            if run:  # the first one warms up
                seconds[step].append(time.perf_counter() - start)
        if run and time.perf_counter() - began > MOST_SECONDS:
            break
    for slot, tensor in before.items():
        buffers.tensor(slot).copy_(tensor)
    return {step: statistics.median(seconds[step]) if calls[step] else 0.0 for step in steps}


def floor_of(step: Step, buffers: Buffers) -> float:
    """The least seconds that a step can take on this machine, by `Floor`, for all members.

    The peak is that of products in the precision in which the step writes.
    """
    types = [buffers.tensor(slot).dtype for slot in step.written()]
    product = next((dtype for dtype in types if dtype.is_floating_point), torch.float32)
    return measured_floor(product).seconds(
        _members(step, buffers) * step_flops(step), step_bytes(step, buffers)
    )


def step_flops(step: Step) -> int:
    """Floating-point operations for one member: what the operation says, or one an element."""
    count = getattr(step.operation, "flops", None)
    shapes = {name: slot.shape for name, slot in step.slots.items() if slot}
    written = [name for name in step.writes if name in shapes and not _is_view(step, name)]
    if count is None:
        return sum(math.prod(shapes[name]) for name in written)
    return sum(count(name, **shapes) for name in written)


def step_bytes(step: Step, buffers: Buffers) -> int:
    """Bytes of all tensors that a step touches, those of all members, each counted once."""
    slots = {slot.base for slot in (*step.read(), *step.written())}
    if all(_is_view(step, name) for name in step.writes if step.slots[name]):
        return 0
    return sum(buffers.tensor(slot).nbytes for slot in slots)


def _members(step: Step, buffers: Buffers) -> int:
    """For how many networks a step computes: how often the slot's shape is in its tensor."""
    slot = step.written()[0].base
    return buffers.tensor(slot).numel() // math.prod(slot.shape)


def _is_view(step: Step, name: str) -> bool:
    slot = step.slots[name]
    return slot is not None and slot.view_of is not None


def _row(step: Step, buffers: Buffers) -> tuple[str, ...]:
    settings = ", ".join(f"{k}={v}" for k, v in non_default_settings(step.operation).items())
    return (
        f"{step.title}{f' [{settings}]' if settings else ''}",
        ", ".join(slot.name for slot in step.read()),
        ", ".join(_with_shape(slot) for slot in step.written()),
        f"{_members(step, buffers) * step_flops(step) / 1e3:,.1f}",
        f"{step_bytes(step, buffers) / 1024:,.1f}",
    )


def _with_shape(slot: Slot) -> str:
    return f"{slot.name} {'x'.join(map(str, slot.shape)) or '1'}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    words = {1, 2, 3}
    return [
        "  ".join(
            cell.ljust(width) if column in words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
