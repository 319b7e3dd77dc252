"""The floor: the least time that a work can take on this machine, from what was measured of it.

Nothing is assumed about the processor. How fast it multiplies matrices and how fast it moves
memory are measured once, with as many threads as computations then have.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor

# Square matrices are multiplied, of double the width each time, until a product takes so long that
# every core is busy. Where the processor has no instructions for a type, small ones do already.
WIDTHS = (128, 256, 512, 1024, 2048)
ENOUGH_SECONDS = 0.05
# More bytes than the caches of usual machines have, so that they come from memory.
BYTES_MOVED = 2**27
REPETITIONS = 7
MOST_SECONDS = 0.1  # for the repetitions of one measurement


@dataclass(frozen=True)
class Floor:
    """What the machine can do at most.

    Attributes:
        flops_per_second: floating-point operations, in matrix products.
        bytes_per_second: read and written, in memory.
    """

    flops_per_second: float
    bytes_per_second: float

    def seconds(self, flops: float, bytes_: float) -> float:
        """The least time of a work: flops / flops_per_second + bytes / bytes_per_second.

        It is the sum of both, not the greater one: a product waits for its operands, and what runs
        between products moves memory while nothing is multiplied. Bytes are counted as if they
        came from memory; where all buffers fit into a cache, a work can be faster than this.
        Args:
            flops: floating-point operations.
            bytes_: read and written, each tensor counted once.
        """
        return flops / self.flops_per_second + bytes_ / self.bytes_per_second


def measured_floor(dtype: torch.dtype = torch.float32) -> Floor:
    """What this machine can do with the threads that torch now has; measured once for each count.

    The first call takes up to a second, and as much memory as `BYTES_MOVED`.
    Args:
        dtype: in which matrices are multiplied; both factors and the product have it.
    """
    return _measured(torch.get_num_threads(), dtype)


def measure_anew() -> None:
    """Have the machine measured again: others may use it less or more by now."""
    _measured.cache_clear()


@cache
def _measured(threads: int, dtype: torch.dtype) -> Floor:
    """As `measured_floor`. The threads are those that torch has: they are named for the cache."""
    return Floor(flops_per_second=_product_rate(dtype), bytes_per_second=_memory_rate())


def _product_rate(dtype: torch.dtype) -> float:
    """Floating-point operations a second in matrix products: the most of any width."""
    rate = 0.0
    for width in WIDTHS:
        a, b, product = (torch.ones(width, width, dtype=dtype) for _ in range(3))
        seconds = _least_seconds(partial(torch.mm, a, b, out=product))
        rate = max(rate, 2 * width**3 / seconds)
        if seconds > ENOUGH_SECONDS:
            break
    return rate


def _memory_rate() -> float:
    """Bytes a second, read and written.

    Each byte is changed in place, so that it is read once and written once; a copy would fetch
    what it writes as well, on some processors and not on others.
    """
    memory, one = torch.zeros(BYTES_MOVED // 4), torch.ones(())
    return 2 * BYTES_MOVED / _least_seconds(partial(memory.add_, one))


def _least_seconds(work: Callable[[], Tensor]) -> float:
    """The shortest of some repetitions, after a first one that warms up."""
    work()
    seconds: list[float] = []
    while len(seconds) < REPETITIONS and (not seconds or sum(seconds) < MOST_SECONDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
