"""Array: many fitted numbers, which JSON carries as the base64 of their bits."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.json_fields import Json, damaged, read_fields

# A model file's header holds at most 100 MB, and base64 writes 4 characters for 3 bytes: so many
# numbers are 85 MB, which leaves room for everything else that stands there.
MAX_NUMBERS = 8_000_000
LITTLE_ENDIAN = "<f8"


@dataclass(frozen=True, eq=False)
class Array:
    """Numbers of any shape, equal to others if shape and all bits are.

    In JSON they are {"shape": [2, 3], "float64": base64 of the little-endian bytes, last axis
    innermost}: a third of the size that digits would need, and exact.
    """

    values: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        """Whether the other is an array of the same shape and bits."""
        return isinstance(other, Array) and self._key == other._key

    def __hash__(self) -> int:
        """Equal for equal arrays."""
        return hash(self._key)

    @property
    def _key(self) -> tuple[tuple[int, ...], bytes]:
        return self.values.shape, self.values.astype(LITTLE_ENDIAN).tobytes()

    def as_json(self) -> Json:
        """Its shape and bits."""
        shape, content = self._key
        return {"shape": list(shape), "float64": base64.b64encode(content).decode("ascii")}

    @classmethod
    def from_json(cls, name: str, value: object, axes: int) -> Array:
        """Create from the output of `as_json`.

        Args:
            name: the numbers are, for messages.
            value: anything that was read from JSON.
            axes: how many axes are expected, each of at least one element.
        Raises:
            InputError: it is no such record, has too few or too many numbers, or one is not finite.
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
