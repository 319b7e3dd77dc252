"""Many files read by several processes, in order, where that takes less time than in this one."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from chainrule.data.progress import progress_bar
from chainrule.decoding import begin_worker
from chainrule.errors import InputError

# Files that a process reads at a time: of large photographs a second's work, and of tiny ones
# enough that handing them over takes little beside.
CHUNK = 32
# A process takes about half a second to begin, more on a busy machine.
SECONDS_WORTH_WORKERS = 3.0
MAX_WORKERS = 16

T = TypeVar("T")
Read = Callable[[Sequence[str]], list[T]]


def read_each(
    read: Read[T], paths: Sequence[str], what: str, workers: int | None = None
) -> Iterator[T]:
    """What `read` makes of each path, in their order.

    Args:
        read: takes some paths, gives as many results; a function of a module, or a partial one.
        paths: of files.
        what: is done, for people.
        workers: processes that read; 1 is this process alone. By default this process begins, and
            as many workers as there are processors go on if the rest would take it seconds.
    Raises:
        InputError: a worker was ended from outside, as a system does that runs out of memory.
    """
    chunks = deque(paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK))
    began, done = time.monotonic(), 0
    with progress_bar(what, len(paths)) as tell:
        while chunks and not _worth_workers(workers, time.monotonic() - began, done, len(paths)):
            results = read(chunks.popleft())
            yield from results
            done += len(results)
            tell(done)
        for results in _by_workers(read, chunks, workers or _processors()) if chunks else ():
            yield from results
            done += len(results)
            tell(done)


def _worth_workers(workers: int | None, seconds: float, done: int, total: int) -> bool:
    if workers is not None:
        return workers > 1
    if _processors() < 2 or multiprocessing.current_process().daemon:  # which may have no children
        return False
    return done > 0 and seconds / done * (total - done) > SECONDS_WORTH_WORKERS


def _processors() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MAX_WORKERS, usable or 1)


def _by_workers(read: Read[T], chunks: deque[Sequence[str]], workers: int) -> Iterator[list[T]]:
    """The results of each chunk, in order."""
    # Processes that begin anew (spawn) inherit no locks, threads or open files of this one.
    pool = ProcessPoolExecutor(
        min(workers, len(chunks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin_worker,
    )
    try:
        with _program_not_run_again():
            reading: deque[Future[list[T]]] = deque(pool.submit(read, chunk) for chunk in chunks)
        while reading:
            yield reading.popleft().result()
    except BrokenProcessPool as error:
        raise InputError(
            "got a process that was ended while it decoded pictures, expected it to go on; maybe "
            "memory ran out. Try again, or make very large pictures smaller."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _program_not_run_again() -> Iterator[None]:
    """Processes that are started within do not import the program that is running.

    By itself a process that begins anew first runs the main program again, which without the
    famous `if __name__ == "__main__"` would read the pictures, start processes, and so on. Nothing
    that workers do needs it.
    """
    program: dict[str, object] = sys.modules["__main__"].__dict__
    names = [name for name in ("__file__", "__spec__") if name in program]
    tells_where: dict[str, object] = {name: program[name] for name in names}
    program.update(dict.fromkeys(tells_where))
    try:
        yield
    finally:
        program.update(tells_where)
