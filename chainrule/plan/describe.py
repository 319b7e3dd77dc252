"""A plan as text: what it will do, call by call."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chainrule.graph.operation import unusual_settings_of
from chainrule.plan.buffers import Buffers
from chainrule.plan.program import Program, Slot, Step, needed_for_gradient


def describe(program: Program, buffers: Buffers, batch_size: int) -> str:
    """The steps in order, with shapes, floating-point operations and bytes read and written."""
    made = {slot for step in program.forward for slot in step.written()}
    read = dict.fromkeys(slot for step in program.forward for slot in step.read())
    given = [_with_shape(slot) for slot in read if slot not in made]
    rows: list[tuple[str, ...]] = [("", "call", "reads", "writes", "kFLOP", "KiB")]
    flops, bytes_ = 0, 0
    lean = {*needed_for_gradient(program), *program.backward}
    numbered = enumerate([*program.forward, *program.backward], start=1)
    for number, step in numbered:
        mark = "*" if program.backward and step not in lean else ""
        rows.append((f"{mark}{number}", *_row(step, buffers)))
        flops += step_flops(step)
        bytes_ += step_bytes(step, buffers)
    told = any(row[0].startswith("*") for row in rows)
    for step in program.once:
        rows.append(("once", *_row(step, buffers)))
    shared = buffers.arena.numel() * buffers.arena.itemsize
    unshared = buffers.unshared_elements * buffers.arena.itemsize
    return "\n".join(
        [
            f"Plan for batches of {batch_size}, given {', '.join(given)}",
            *_table(rows),
            *(["* tells the loss: left out where only the gradient is asked for."] * told),
            f"A step: {flops / 1e6:,.2f} MFLOP, {bytes_ / 1024:,.1f} KiB read and written.",
            f"Shared buffers: {shared / 1024:,.1f} KiB, where one for each value would take "
            f"{unshared / 1024:,.1f} KiB. All buffers: {buffers.bytes / 1024:,.1f} KiB.",
        ]
    )


def step_flops(step: Step) -> int:
    """Floating-point operations: what the operation says, or one for each element written."""
    count = getattr(step.operation, "flops", None)
    shapes = {name: slot.shape for name, slot in step.slots.items() if slot}
    written = [name for name in step.writes if name in shapes and not _is_view(step, name)]
    if count is None:
        return sum(math.prod(shapes[name]) for name in written)
    return sum(count(name, **shapes) for name in written)


def step_bytes(step: Step, buffers: Buffers) -> int:
    """Bytes of all tensors that a step touches, each counted once."""
    slots = {slot.base for slot in (*step.read(), *step.written())}
    if all(_is_view(step, name) for name in step.writes if step.slots[name]):
        return 0
    return sum(math.prod(s.shape) * buffers.tensor(s).itemsize for s in slots)


def _is_view(step: Step, name: str) -> bool:
    slot = step.slots[name]
    return slot is not None and slot.view_of is not None


def _row(step: Step, buffers: Buffers) -> tuple[str, ...]:
    settings = ", ".join(f"{k}={v}" for k, v in unusual_settings_of(step.operation).items())
    return (
        f"{step.title}{f' [{settings}]' if settings else ''}",
        ", ".join(slot.name for slot in step.read()),
        ", ".join(_with_shape(slot) for slot in step.written()),
        f"{step_flops(step) / 1e3:,.1f}",
        f"{step_bytes(step, buffers) / 1024:,.1f}",
    )


def _with_shape(slot: Slot) -> str:
    return f"{slot.name} {'x'.join(map(str, slot.shape)) or '1'}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    numeric = {0, 4, 5}
    return [
        "  ".join(
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
