"""Selection of principal components, by number or by their share of the variance."""

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.array import MAX_NUMBERS
from chainrule.data.preparation.projection.projection import Components
from chainrule.data.preparation.projection.spectrum import Spectrum
from chainrule.errors import InputError


def principal_components(
    kind: str,
    features: NDArray[np.float32],
    components: Components | None,
    weights: NDArray[np.float64] | None = None,
) -> Spectrum:
    """Return the directions of the largest variance.

    Args:
        kind: of the projection, for messages.
        features: of the training rows, (rows, features).
        components: the number to keep; or the minimal share of variance to keep, with as few as
            possible. None for as many as there are features, or rows if these are fewer.
        weights: of the rows, (rows,); None if all are 1.
    Raises:
        InputError: components is out of range, or they exceed the size of a model file.
    """
    maximum = min(features.shape)
    if isinstance(components, float):
        if not 0 < components <= 1:
            raise _out_of_range(kind, components, maximum)
        spectrum = Spectrum.of(features, weights)
        cumulative = np.cumsum(spectrum.variances)
        number = int(np.searchsorted(cumulative, components * cumulative[-1])) + 1
        _check_storable(kind, number, features.shape[1])
        return spectrum.leading(number)
    number = maximum if components is None else components
    if isinstance(components, bool) or not 1 <= number <= maximum:
        raise _out_of_range(kind, number, maximum)
    _check_storable(kind, number, features.shape[1])
    return Spectrum.of(features, weights).leading(number)


def _out_of_range(kind: str, components: Components, maximum: int) -> InputError:
    return InputError(
        f"projection '{kind}': got {components} as components, expected a whole number from 1 to "
        f"{maximum:,}, as there are no more features or training rows, or a share of the variance "
        "above 0 up to 1.0. Give a number such as 10, or a share such as 0.95."
    )


def _check_storable(kind: str, components: int, features: int) -> None:
    if components * features > MAX_NUMBERS:
        raise InputError(
            f"projection '{kind}': got {components:,} components of {features:,} features, "
            f"expected at most {MAX_NUMBERS // features:,}, which a model file can hold. "
            "Keep fewer components."
        )
