"""Compiled: a list of calls in which runs of understood ones have become one call each."""

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
    """Kernels one after the other, in one call.

    Attributes:
        kernels: what it runs.
        functions: the library that has them.
    """

    def __init__(self, kernels: Sequence[Kernel], functions: ctypes.CDLL) -> None:
        self.kernels = kernels  # and with them their tensors, which have to stay where they are
        self.functions = functions
        barriers = barriers_before(kernels)
        self._records = (KernelRecord * len(kernels))(
            *(_record(k, b, functions) for k, b in zip(kernels, barriers, strict=True))
        )
        self._run, self._start = functions.run, ctypes.addressof(self._records)

    def __call__(self) -> None:
        """Run them, on as many threads as torch has."""
        self._run(self._start, len(self._records), torch.get_num_threads())


def merge_calls(runs: Sequence[CompiledCalls]) -> CompiledCalls:
    """Runs that do not concern each other, at least one, in one call."""
    # The first kernels of all, then the second, ...: so threads wait once a round, not once a run.
    rounds = zip_longest(*(run.kernels for run in runs))
    kernels = [kernel for of_all in rounds for kernel in of_all if kernel is not None]
    return CompiledCalls(kernels, runs[0].functions)


def lower_calls(calls: Iterable[Call]) -> list[Call | Kernel]:
    """The calls, with a kernel in place of each for which there is one and a library to run it."""
    if library() is None:
        return list(calls)
    return [translate(call) or call for call in calls]


def compile_calls(calls: Iterable[Call | Kernel]) -> Calls:
    """What `lower_calls` gave, with one call in place of all kernels that follow each other."""
    functions = library()
    result: Calls = []
    for _, group in groupby(calls, lambda call: isinstance(call, Kernel)):
        neighbours = list(group)
        kernels = [call for call in neighbours if isinstance(call, Kernel)]
        if kernels and functions is not None:
            result.append(CompiledCalls(kernels, functions))
        result += [call for call in neighbours if not isinstance(call, Kernel)]
    return result


def barriers_before(kernels: Sequence[Kernel]) -> list[bool]:
    """For each kernel, whether all threads have to be done with those before it.

    That is so where it touches what another thread may still be at, since the last such place.
    """
    barriers: list[bool] = []
    since: list[Kernel] = []
    for kernel in kernels:
        waits = any(kernel.has_to_wait_for(earlier) for earlier in since)
        barriers.append(waits)
        since = [kernel] if waits else [*since, kernel]
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
