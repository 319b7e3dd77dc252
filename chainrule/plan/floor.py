"""The floor: the least time that a computation can take on this machine, a roofline estimate.

Nothing is assumed about the processor: the rate of matrix products and the memory bandwidth are
measured once, with the number of threads that torch has.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor

# Square matrices of double the width each time are multiplied, until a product takes long enough to
# keep every core busy. Where the processor has no instructions for a type, small ones suffice.
WIDTHS = (128, 256, 512, 1024, 2048)
SATURATING_SECONDS = 0.05
# More bytes than common caches hold, so that they come from memory.
BYTES_MOVED = 2**27
REPETITIONS = 7
MAX_SECONDS = 0.1  # for the repetitions of one measurement


@dataclass(frozen=True)
class Floor:
    """Upper limits of the machine.

    Attributes:
        flops_per_second: floating-point operations, in matrix products.
        bytes_per_second: read and written, in memory.
    """

    flops_per_second: float
    bytes_per_second: float

    def seconds(self, flops: float, bytes_: float) -> float:
        """Compute the least time: flops / flops_per_second + bytes / bytes_per_second.

        The sum of both, not the maximum: a product waits for its operands, and between products
        memory is moved while nothing is multiplied. Bytes are counted as if they came from memory;
        where all buffers fit into a cache, a computation can be faster than this.
        Args:
            flops: floating-point operations.
            bytes_: read and written, each tensor counted once.
        """
        return flops / self.flops_per_second + bytes_ / self.bytes_per_second


def measured_floor(dtype: torch.dtype = torch.float32) -> Floor:
    """Measure this machine with torch's current number of threads, once for each number.

    The first call takes up to a second, and as much memory as `BYTES_MOVED`.
    Args:
        dtype: of both factors and of the product.
    """
    return _measured(torch.get_num_threads(), dtype)


def clear_measured_floor() -> None:
    """Forget the measurements, so that the machine is measured again: its load may have changed."""
    _measured.cache_clear()


@cache
def _measured(threads: int, dtype: torch.dtype) -> Floor:
    """Measure as `measured_floor` does; the number of threads serves as key of the cache."""
    return Floor(flops_per_second=_product_rate(dtype), bytes_per_second=_memory_rate())


def _product_rate(dtype: torch.dtype) -> float:
    """Measure floating-point operations per second in matrix products, the most of any width."""
    rate = 0.0
    for width in WIDTHS:
        a, b, product = (torch.ones(width, width, dtype=dtype) for _ in range(3))
        seconds = _least_seconds(partial(torch.mm, a, b, out=product))
        rate = max(rate, 2 * width**3 / seconds)
        if seconds > SATURATING_SECONDS:
            break
    return rate


def _memory_rate() -> float:
    """Measure bytes read and written per second.

    Each byte is changed in place, so it is read once and written once; a copy would also read its
    destination, on some processors and not on others.
    """
    memory, one = torch.zeros(BYTES_MOVED // 4), torch.ones(())
    return 2 * BYTES_MOVED / _least_seconds(partial(memory.add_, one))


def _least_seconds(call: Callable[[], Tensor]) -> float:
    """Return the time of the fastest of several repetitions, after one that warms up."""
    call()
    seconds: list[float] = []
    while len(seconds) < REPETITIONS and (not seconds or sum(seconds) < MAX_SECONDS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
