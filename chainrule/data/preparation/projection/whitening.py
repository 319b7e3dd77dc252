"""Whitening: what its kinds share, the number that keeps them from blowing up noise."""

import math

from chainrule.errors import InputError

# Added to the variance along each direction, in the squared unit of the features. Directions that
# vary much less are not brought to deviation 1 but stay small: they are mostly noise. 1e-5 suits
# features of about unit size; photographs are often smoothed with 1e-2 or 1e-1 instead.
EPSILON = 1e-5


def check_epsilon(kind: str, epsilon: float) -> None:
    """Refuse an epsilon that is not positive; without any, a direction may divide by 0."""
    if not 0 < epsilon < math.inf:
        raise InputError(
            f"projection '{kind}': got {epsilon} as epsilon, expected a small number above 0. "
            f"Give one such as {EPSILON}."
        )
