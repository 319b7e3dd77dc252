"""The mean over samples, weighted if they have weights."""

from torch import Tensor


def mean(values: Tensor, weights: Tensor | None) -> float:
    """Return the mean of values (n, ...) of a sample, by sample weights (n,) above 0 or None."""
    exact = values.double()
    if weights is None:
        return float(exact.mean())
    shares = weights.double() / weights.double().sum()
    return float(shares @ exact.reshape(len(weights), -1).mean(1))
