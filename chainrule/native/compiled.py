"""Compilation of a list of calls: consecutive calls that have kernels become one call."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from itertools import groupby, zip_longest

import torch

from chainrule.graph.operation import Call, Calls
from chainrule.native.kernel import Kernel
from chainrule.native.library import KernelRecord, library
from chainrule.native.translation import translate


class CompiledCalls:
    """A sequence of kernels, run in one call.

    Attributes:
        kernels: in the order in which they run.
        functions: the library of their functions.
    """

    def __init__(self, kernels: Sequence[Kernel], functions: ctypes.CDLL) -> None:
        self.kernels = kernels  # keeps their tensors alive, whose addresses are in the records
        self.functions = functions
        barriers = barriers_before(kernels)
        self._records = (KernelRecord * len(kernels))(
            *(_record(k, b, functions) for k, b in zip(kernels, barriers, strict=True))
        )
        self._run, self._start = functions.run, ctypes.addressof(self._records)

    def __call__(self) -> None:
        """Run the kernels on as many threads as torch has."""
        self._run(self._start, len(self._records), torch.get_num_threads())


def merge_calls(calls: Sequence[CompiledCalls]) -> CompiledCalls:
    """Merge compiled calls that are independent of each other, at least one, into one call."""
    # The first kernels of all, then the second, ...: threads then wait once for each of these
    # rounds and not once for each kernel.
    rounds = zip_longest(*(call.kernels for call in calls))
    kernels = [kernel for of_all in rounds for kernel in of_all if kernel is not None]
    return CompiledCalls(kernels, calls[0].functions)


def lower_calls(calls: Iterable[Call]) -> list[Call | Kernel]:
    """Replace each call by its kernel, where it has one and the library is available."""
    if library() is None:
        return list(calls)
    return [translate(call) or call for call in calls]


def compile_calls(calls: Iterable[Call | Kernel]) -> Calls:
    """Replace consecutive kernels in the result of `lower_calls` by one compiled call."""
    functions = library()
    result: Calls = []
    for _, group in groupby(calls, lambda call: isinstance(call, Kernel)):
        consecutive = list(group)
        kernels = [call for call in consecutive if isinstance(call, Kernel)]
        if kernels and functions is not None:
            result.append(CompiledCalls(kernels, functions))
        result += [call for call in consecutive if not isinstance(call, Kernel)]
    return result


def barriers_before(kernels: Sequence[Kernel]) -> list[bool]:
    """Decide for each kernel whether all threads have to finish the kernels before it.

    They have to where it accesses memory that another thread may still use, in a kernel since the
    last barrier.
    """
    barriers: list[bool] = []
    since_barrier: list[Kernel] = []
    for kernel in kernels:
        waits = any(kernel.has_to_wait_for(earlier) for earlier in since_barrier)
        barriers.append(waits)
        since_barrier = [kernel] if waits else [*since_barrier, kernel]
    return barriers


def _record(kernel: Kernel, barrier: bool, functions: ctypes.CDLL) -> KernelRecord:
    record = KernelRecord()
    record.run = ctypes.cast(getattr(functions, kernel.function), ctypes.c_void_p)
    record.tensors[: len(kernel.tensors)] = [tensor.data_ptr() for tensor in kernel.tensors]
    record.numbers[: len(kernel.numbers)] = list(kernel.numbers)
    record.scalars[: len(kernel.scalars)] = list(kernel.scalars)
    record.units = kernel.units
    record.barrier = barrier
    return record
