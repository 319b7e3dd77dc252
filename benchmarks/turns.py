"""Turns: an epoch of chainrule's training, then one of somebody else's, and so on.

So both have the machine as it then is, with the threads that chainrule chose, and with subnormal
numbers flushed. The first turn of each warms up.
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
    """Seconds of an epoch of each, validation not included."""

    ours: float
    theirs: float


class InTurns:
    """Watches chainrule's training, and gives the other one its turn after each epoch.

    Args:
        theirs: trains an epoch by its number and tells its seconds; None if it has ended.
    """

    def __init__(self, theirs: Callable[[int], float | None]) -> None:
        self._theirs = theirs
        self._turns: list[Turn] = []

    @property
    def counted(self) -> list[Turn]:
        """The turns of both but the first."""
        return self._turns[1:]

    def started(self) -> None:
        """Nothing is timed yet."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Note the seconds of our epoch and of theirs."""
        with torch.inference_mode(False), torch.enable_grad():
            theirs = self._theirs(int(record["epoch"]))
        if theirs is not None:
            self._turns.append(Turn(record["seconds"], theirs))


def medians(turns: Sequence[Turn]) -> Turn:
    """The usual epoch of each."""
    ours, theirs = zip(*turns, strict=True)
    return Turn(statistics.median(ours), statistics.median(theirs))


def ratio(turns: Sequence[Turn]) -> str:
    """How many times as long theirs took: the median of the turns, the lowest and the highest."""
    ratios = [turn.theirs / turn.ours for turn in turns]
    return with_spread(statistics.median(ratios), ratios, "{:.2f}".format)
