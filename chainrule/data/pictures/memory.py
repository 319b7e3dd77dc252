"""A check that pictures fit into memory, before it is allocated."""

import math
import os

from chainrule.errors import InputError

# Each value is a byte, and a float32 in training.
BYTES_PER_VALUE = 1 + 4


def check_memory(source: str, shape: tuple[int, ...]) -> None:
    """Check that an array of pictures fits into memory.

    Args:
        source: the name of the file or folder, for messages.
        shape: of the array.
    Raises:
        InputError: it would take more memory than the machine has.
    """
    needed, available = BYTES_PER_VALUE * math.prod(shape), machine_bytes()
    if needed > available:
        raise InputError(
            f"{source}: got {' x '.join(f'{length:,}' for length in shape)} values, which take "
            f"{needed / 2**30:,.1f} GiB, expected at most the {available / 2**30:,.1f} GiB of "
            "memory of this machine. Give fewer pictures, or smaller ones: --picture-size 64."
        )


def machine_bytes() -> float:
    """Return the memory of the machine, or infinity if it is unknown."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):  # Windows; a system without these names
        return math.inf
