"""Orthogonal: weights that rotate signals without stretching them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from chainrule.layers.initialisers.registry import initialiser


@initialiser("orthogonal")
@dataclass(frozen=True)
class Orthogonal:
    """A random matrix W with W W^T = gain^2 I; W^T W = gain^2 I if it has more rows than columns.

    All singular values are the gain, so in a deep linear network no direction fades or grows,
    where those of independent numbers spread further with each layer. ReLU halves the squares;
    there a gain of sqrt 2 keeps them. Filters count as rows (outputs, kernel axes and inputs).

    All these matrices are equally likely: Q of the QR decomposition of normal numbers, with the
    signs of its columns such that R's diagonal is positive; without that their distribution would
    depend on the algorithm (Mezzadri (2007), How to generate random matrices from the classical
    compact groups).
    Source: Saxe et al. (2014), Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks, section 3.

    Args:
        gain: by which signals are stretched.
    """

    gain: float = 1.0

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Draw the matrix, float64, in that shape: (outputs, kernel axes ..., inputs)."""
        z = torch.randn(shape, generator=generator, dtype=torch.float64).flatten(1)
        wide = z.shape[0] < z.shape[1]
        q, r = torch.linalg.qr(z.T if wide else z)
        q *= r.diagonal().sign()
        orthogonal: Tensor = q.T if wide else q
        return self.gain * orthogonal.reshape(shape)
