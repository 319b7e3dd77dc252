"""Checks that pictures fit into memory, before it is taken."""

from __future__ import annotations

import math

from chainrule.data.memory import available_bytes, machine_bytes
from chainrule.errors import InputError

# Each value is a byte, and a float32 in training.
BYTES_PER_VALUE = 1 + 4
# That decoding a single picture may take.
MOST_BYTES_OF_A_PICTURE = 2**30
# A worker process with Python, NumPy and Pillow.
BYTES_OF_A_PROCESS = 2**26


def check_memory(
    source: str, shape: tuple[int, ...], bytes_per_value: int = BYTES_PER_VALUE
) -> None:
    """Check that an array of pictures fits into memory.

    Args:
        source: the name of the file or folder, for messages.
        shape: of the array.
        bytes_per_value: that reading or training takes.
    Raises:
        InputError: it would take more memory than the machine has.
    """
    needed, available = bytes_per_value * math.prod(shape), machine_bytes()
    if needed > available:
        raise InputError(
            f"{source}: got {' x '.join(f'{length:,}' for length in shape)} values, which take "
            f"{needed / 2**30:,.1f} GiB, expected at most the {available / 2**30:,.1f} GiB of "
            "memory of this machine. Give fewer pictures, or smaller ones; files of pictures are "
            "scaled down with --picture-size 64."
        )


def most_bytes() -> int:
    """Return the memory that decoding a picture may take."""
    return min(MOST_BYTES_OF_A_PICTURE, _decoding_bytes(0))


def most_workers(decoding_bytes: int, taken: int) -> int:
    """Return how many processes may decode at once, at least one.

    All of them together take at most half of the memory that is free.
    Args:
        decoding_bytes: of the largest picture.
        taken: bytes of what is free that will hold the pixels.
    """
    return max(1, _decoding_bytes(taken) // (BYTES_OF_A_PROCESS + decoding_bytes))


def _decoding_bytes(taken: int) -> int:
    return max(available_bytes() - taken, 0) // 2
