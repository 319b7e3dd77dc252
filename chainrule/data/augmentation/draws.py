"""Random numbers of one transform in one batch."""

from dataclasses import dataclass

from torch import Tensor

from chainrule.randomness import uniforms


@dataclass(frozen=True, eq=False)
class Draws:
    """Uniform random numbers 0 <= u < 1, each a function of seed, epoch, transform and sample.

    Attributes:
        seed: of the run.
        epoch: number of the epoch.
        transform: a unique key of the transform.
        rows: of the samples in the data, int64 (batch,).
    """

    seed: int
    epoch: int
    transform: str
    rows: Tensor

    def uniform(self, purpose: str) -> Tensor:
        """Return a number for each sample, float64 (batch,)."""
        return self._uniforms(purpose, self.rows)

    def between(self, purpose: str, low: float, high: float) -> Tensor:
        """Return a number from low to high for each sample, float64 (batch,)."""
        return low + (high - low) * self.uniform(purpose)

    def at(self, purpose: str, sample: Tensor, index: Tensor) -> Tensor:
        """Return a number for each element, float64 of the shape of `sample`.

        Args:
            purpose: of the numbers; each has other ones.
            sample: index of the sample of each element in the batch.
            index: of the element in its sample, below 2^32.
        """
        return self._uniforms(purpose, self.rows[sample] * 2**32 + index)

    def _uniforms(self, purpose: str, rows: Tensor) -> Tensor:
        return uniforms(self.seed, "augmentation", self.epoch, self.transform, purpose, rows=rows)
