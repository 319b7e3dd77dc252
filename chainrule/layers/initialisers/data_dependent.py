"""Data-dependent: first values under which each unit tells the samples apart."""

from dataclasses import dataclass

import torch
from torch import Tensor

# Of so many samples each bias begins as the mean, with random weights.
SAMPLES_OF_A_BIAS = 5


@dataclass(frozen=True)
class DataDependent:
    """Each unit's sums begin with deviation 1 over the samples, and with 0 somewhere among them.

    Weights are drawn as standard normal numbers and divided, unit by unit, by the deviation of the
    sums z that they make of the samples. A unit's bias is minus a convex combination of its sums of
    five samples drawn at random, so that the bend of its activation lies where samples are; the
    shares of the five are exponential numbers over their sum.
    Where there are no samples, as in a check of gradients, weights stay as drawn and biases 0.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3; the biases: Steinwart (2019), A sober look at neural
    network initializations.
    """

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Before samples are seen: standard normal weights and biases of 0, float64."""
        if len(shape) == 1:
            return torch.zeros(shape, dtype=torch.float64)
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    def fit(self, weights: Tensor, bias: Tensor, z: Tensor, generator: torch.Generator) -> None:
        """Fit weights (outputs, inputs) and bias (outputs,) in place to sums z (samples, outputs).

        A unit whose sums are all the same keeps its weights.
        """
        deviation = z.std(0, correction=0)
        deviation = deviation.where(deviation > 0, torch.ones_like(deviation))
        weights.div_(deviation.unsqueeze(-1))
        chosen = (SAMPLES_OF_A_BIAS, z.shape[1])
        rows = torch.randint(len(z), chosen, generator=generator)
        shares = torch.empty(chosen, dtype=z.dtype).exponential_(generator=generator)
        shares /= shares.sum(0)
        bias.copy_(-(shares * (z / deviation).gather(0, rows)).sum(0))
