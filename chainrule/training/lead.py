"""Lead: the progress of several loops, shown as that of the one that is furthest."""

from __future__ import annotations

from torch import Tensor

from chainrule.training.progress import Progress, Work


class Lead:
    """Passes on what moves the furthest of several loops.

    Args:
        progress: that is shown; who made it starts and stops it.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.visited, self.epoch = 0, 0

    def follow(self) -> Follower:
        """The progress of one more loop."""
        return Follower(self)


class Follower:
    """The progress of one of the loops."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._visited = 0

    def start(self, work: Work) -> None:
        """Show nothing."""

    def batch(self, samples: int, loss: Tensor) -> None:
        """Pass on what goes beyond the others."""
        self._visited += samples
        if (more := self._visited - self._lead.visited) > 0:
            self._lead.visited = self._visited
            self._lead.progress.batch(more, loss)

    def epoch(self, record: dict[str, float]) -> None:
        """Pass on the first record of an epoch."""
        if record["epoch"] > self._lead.epoch:
            self._lead.epoch = int(record["epoch"])
            self._lead.progress.epoch(record)

    def stop(self) -> None:
        """Show nothing."""
