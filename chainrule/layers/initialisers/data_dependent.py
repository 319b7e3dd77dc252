"""Data-dependent: initial values with which each unit separates the samples."""

from dataclasses import dataclass

import torch
from torch import Tensor

# Number of samples whose weighted mean is the initial value of a bias.
SAMPLES_OF_A_BIAS = 5


@dataclass(frozen=True)
class DataDependent:
    """Weighted sums that have deviation 1 over the samples, with 0 inside their range.

    Weights are drawn as standard normal numbers and divided, unit by unit, by the deviation of the
    sums z of the samples. A unit's bias is minus a convex combination of its sums of five samples
    drawn at random, so that its activation bends in the range of the samples; the coefficients are
    exponential random numbers over their sum.
    Where there are no samples, as in a gradient check, weights stay as drawn and biases 0.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3; the biases: Steinwart (2019), A sober look at neural
    network initializations.
    """

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw standard normal weights, or return biases of 0; float64."""
        if len(shape) == 1:
            return torch.zeros(shape, dtype=torch.float64)
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    def fit(self, weights: Tensor, bias: Tensor, z: Tensor, generator: torch.Generator) -> None:
        """Fit weights (outputs, inputs) and bias (outputs,) in place to sums z (samples, outputs).

        A unit whose sums are all equal keeps its weights.
        """
        deviation = z.std(0, correction=0)
        deviation = deviation.where(deviation > 0, torch.ones_like(deviation))
        weights.div_(deviation.unsqueeze(-1))
        drawn = (SAMPLES_OF_A_BIAS, z.shape[1])
        rows = torch.randint(len(z), drawn, generator=generator)
        coefficients = torch.empty(drawn, dtype=z.dtype).exponential_(generator=generator)
        coefficients /= coefficients.sum(0)
        bias.copy_(-(coefficients * (z / deviation).gather(0, rows)).sum(0))
