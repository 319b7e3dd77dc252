"""Whether pictures fit into memory, asked before it is taken."""

import math
import os

from chainrule.errors import InputError

# Each value is kept as a byte, and training makes a float32 of it.
BYTES_A_VALUE = 1 + 4


def check_memory(source: str, shape: tuple[int, ...]) -> None:
    """Refuse an array of pictures for which the machine has no room.

    Args:
        source: the name of the file or folder, for messages.
        shape: of the array.
    Raises:
        InputError: it would take more than the machine has.
    """
    needed, there = BYTES_A_VALUE * math.prod(shape), machine_bytes()
    if needed > there:
        raise InputError(
            f"{source}: got {' x '.join(f'{length:,}' for length in shape)} values, which take "
            f"{needed / 2**30:,.1f} GiB, expected at most the {there / 2**30:,.1f} GiB of memory "
            "of this machine. Give fewer pictures, or smaller ones: --picture-size 64."
        )


def machine_bytes() -> float:
    """The memory of the machine, or infinity where the system does not tell."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):  # Windows; a system without these names
        return math.inf
