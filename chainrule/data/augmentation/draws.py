"""The random numbers of one transform in one batch."""

from dataclasses import dataclass

from torch import Tensor

from chainrule.randomness import uniforms


@dataclass(frozen=True, eq=False)
class Draws:
    """Numbers of 0 <= u < 1, each a function of seed, epoch, transform and sample.

    Attributes:
        seed: of the run.
        epoch: in which the samples are seen.
        transform: which it is, so that no two draw the same.
        rows: the samples of the batch by their rows in the data, int64 (batch,).
    """

    seed: int
    epoch: int
    transform: str
    rows: Tensor

    def uniform(self, what: str) -> Tensor:
        """A number for each sample, float64 (batch,)."""
        return self._uniforms(what, self.rows)

    def between(self, what: str, low: float, high: float) -> Tensor:
        """A number from low to high for each sample, float64 (batch,)."""
        return low + (high - low) * self.uniform(what)

    def at(self, what: str, sample: Tensor, place: Tensor) -> Tensor:
        """A number for each of some places, float64 of their shape.

        Args:
            what: the numbers are for.
            sample: in which each place is, by its number in the batch.
            place: its number within the sample, below 2^32.
        """
        return self._uniforms(what, self.rows[sample] * 2**32 + place)

    def _uniforms(self, what: str, rows: Tensor) -> Tensor:
        return uniforms(self.seed, "augmentation", self.epoch, self.transform, what, rows=rows)
