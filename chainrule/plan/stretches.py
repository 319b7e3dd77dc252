"""Stretches: parts of the flat vectors that can be updated before the backward pass has ended.

A layer's weights can move as soon as its gradient is complete and no later step reads them. Then
they and their gradient are still in the cache, which the rest of the backward pass would empty: for
784-512-512-10 at batch 128 that is a fifteenth of a step. Parts that would be short are left to
their neighbours, as each update costs a call.
Source: Lv et al. (2023), Full parameter fine-tuning for large language models with limited
resources, who fuse gradient and update to save memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.plan.parameters import Parameters
from chainrule.plan.program import Program

SHORTEST_IN_BYTES = 256 * 1024


@dataclass(frozen=True)
class Stretch:
    """Elements of the flat vectors, and how many backward steps have to come before their update.

    Attributes:
        start: the first element.
        end: the one after the last.
        ready: number of steps of the backward pass, from its beginning.
    """

    start: int
    end: int
    ready: int


def stretches(program: Program, parameters: Parameters) -> list[Stretch]:
    """All of the flat vectors, cut where a part is ready before its neighbour; earliest first."""
    last_use: dict[str, int] = {}
    for number, step in enumerate(program.backward, start=1):
        for slot in (*step.read(), *step.written()):
            if slot.parameter:
                last_use[slot.parameter] = number
    starts = [int(value.storage_offset()) for value in parameters.values.values()]
    ends = [*starts, parameters.weights.numel()][1:]
    pieces = [
        Stretch(start, end, last_use.get(name, 0))
        for name, start, end in zip(parameters.values, starts, ends, strict=True)
    ]
    shortest = SHORTEST_IN_BYTES // parameters.weights.itemsize
    return sorted(_joined(pieces, shortest), key=lambda stretch: stretch.ready)


def _joined(pieces: list[Stretch], shortest: int) -> list[Stretch]:
    """Neighbours made one where both are ready at once, or one of them is too short."""
    joined: list[Stretch] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if before and (
            before.ready == piece.ready
            or before.end - before.start < shortest
            or piece.end - piece.start < shortest
        ):
            joined[-1] = Stretch(before.start, piece.end, max(before.ready, piece.ready))
        else:
            joined.append(piece)
    return joined
