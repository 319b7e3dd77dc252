"""Arrays of fitted numbers, stored in JSON as base64."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.json_fields import Json, damaged, read_fields

# The header of a model file holds at most 100 MB, and base64 writes 4 characters for 3 bytes: this
# many numbers take 85 MB, which leaves room for the rest of the header.
MAX_NUMBERS = 8_000_000
LITTLE_ENDIAN = "<f8"


@dataclass(frozen=True, eq=False)
class Array:
    """An array of any shape, compared by shape and bits.

    The JSON is {"shape": [2, 3], "float64": base64 of the bytes, little-endian, row-major}:
    exact, and a third of the size of decimal digits.
    """

    values: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        """Return whether the other is an array of the same shape and bits."""
        return isinstance(other, Array) and self._key == other._key

    def __hash__(self) -> int:
        """Return a hash that is equal for equal arrays."""
        return hash(self._key)

    @property
    def _key(self) -> tuple[tuple[int, ...], bytes]:
        return self.values.shape, self.values.astype(LITTLE_ENDIAN).tobytes()

    def as_json(self) -> Json:
        """Return the shape and the bits as a JSON object."""
        shape, content = self._key
        return {"shape": list(shape), "float64": base64.b64encode(content).decode("ascii")}

    @classmethod
    def from_json(cls, name: str, value: object, axes: int) -> Array:
        """Create from the output of `as_json`.

        Args:
            name: of the array, for messages.
            value: any value that was read from JSON.
            axes: the expected number of axes, each of at least one element.
        Raises:
            InputError: the value has other fields, too few or too many numbers, or a number that is
                not finite.
        """
        fields = read_fields(name, value, {"shape": object, "float64": str})
        shape = fields["shape"]
        if not (
            isinstance(shape, list)
            and len(shape) == axes
            and all(type(length) is int and length > 0 for length in shape)
        ):
            raise damaged(name, f"{shape!r:.40} as shape", f"{axes} positive whole numbers")
        try:
            content = base64.b64decode(fields["float64"], validate=True)
        except ValueError:
            raise damaged(name, "text that is no base64", "base64 of float64 numbers") from None
        if len(content) != 8 * math.prod(shape):
            raise damaged(
                name,
                f"{len(content):,} bytes",
                f"{8 * math.prod(shape):,} for {' x '.join(map(str, shape))} numbers",
            )
        values = np.frombuffer(content, LITTLE_ENDIAN).astype(np.float64).reshape(shape)
        if not np.isfinite(values).all():
            raise damaged(name, "numbers that are not finite", "finite ones")
        return cls(values)
