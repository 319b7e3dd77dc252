"""The epsilon of PCA and ZCA whitening, which keeps them from amplifying noise."""

import math

from chainrule.errors import InputError

# Added to the variance along each direction, in the squared unit of the features. Directions of a
# much smaller variance, mostly noise, stay below deviation 1. 1e-5 suits features of about unit
# size; photographs are often smoothed with 1e-2 or 1e-1 instead.
EPSILON = 1e-5


def check_epsilon(kind: str, epsilon: float) -> None:
    """Refuse an epsilon that is not positive; without any, a direction may divide by 0."""
    if not 0 < epsilon < math.inf:
        raise InputError(
            f"projection '{kind}': got {epsilon} as epsilon, expected a small number above 0. "
            f"Give one such as {EPSILON}."
        )
