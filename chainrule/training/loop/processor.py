"""Processor settings during training: subnormal numbers and threads."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

# Below this much work in a step a second thread gains little. If another process uses its core, the
# first thread waits for it at each kernel, for milliseconds: on a busy machine two threads were a
# hundred times slower than one. benchmarks/choices.py shows both sides of the limit.
FLOPS_WORTH_A_SECOND_THREAD = 50e6


@contextmanager
def tuned_processor(flops: float) -> Iterator[None]:
    """Set threads and subnormal handling for training steps, and restore them afterwards.

    Subnormal numbers are flushed to zero: the moments of inputs that stay zero decay into them, and
    they slow down every later step. Flushing has no significant effect on results.
    Args:
        flops: floating-point operations of a step.
    """
    threads, flushed = torch.get_num_threads(), _flushes_subnormals()
    if flops < FLOPS_WORTH_A_SECOND_THREAD:
        torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        with torch.inference_mode():  # without autograd, which is a tenth of a small step
            yield
    finally:
        torch.set_flush_denormal(flushed)
        torch.set_num_threads(threads)


def _flushes_subnormals() -> bool:
    smallest_normal = torch.tensor(torch.finfo(torch.float64).tiny, dtype=torch.float64)
    return bool(smallest_normal / 2 == 0)
