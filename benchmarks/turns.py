"""Turns: alternating epochs of chainrule's training and of another one.

So both run under the same conditions, with the threads that chainrule chose and with subnormal
numbers flushed. The first turn of each is a warm-up.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

from benchmarks.page import with_spread
from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model


class Turn(NamedTuple):
    """Seconds of an epoch of each, without validation."""

    ours: float
    theirs: float


class InTurns:
    """Callback of chainrule's training that runs the other training after each epoch.

    Args:
        theirs: trains an epoch by its number and returns its seconds; None after its end.
    """

    def __init__(self, theirs: Callable[[int], float | None]) -> None:
        self._theirs = theirs
        self._turns: list[Turn] = []

    @property
    def counted(self) -> list[Turn]:
        """All turns but the first."""
        return self._turns[1:]

    def started(self) -> None:
        """Ignore the start of training."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Record the seconds of both epochs."""
        with torch.inference_mode(False), torch.enable_grad():
            theirs = self._theirs(int(record["epoch"]))
        if theirs is not None:
            self._turns.append(Turn(record["seconds"], theirs))


def medians(turns: Sequence[Turn]) -> Turn:
    """Return the median seconds of both."""
    ours, theirs = zip(*turns, strict=True)
    return Turn(statistics.median(ours), statistics.median(theirs))


def ratio(turns: Sequence[Turn]) -> str:
    """Return how many times longer theirs took: median, lowest and highest turn."""
    ratios = [turn.theirs / turn.ours for turn in turns]
    return with_spread(statistics.median(ratios), ratios, "{:.2f}".format)
