"""Reading of many files in order, by several processes if that is faster."""

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

from chainrule.data.formatting import printable
from chainrule.data.progress import progress_bar
from chainrule.decoding import begin_worker
from chainrule.errors import InputError

# Files per task: a second's work for large photographs, and for tiny ones enough that the overhead
# of a task is small.
CHUNK = 32
# A process takes about half a second to start, more on a busy machine.
SECONDS_WORTH_WORKERS = 3.0
MAX_WORKERS = 16

T = TypeVar("T")
Read = Callable[[Sequence[str]], list[T]]


def read_each(
    read: Read[T],
    paths: Sequence[str],
    description: str,
    *,
    workers: int | None = None,
    most_workers: int = MAX_WORKERS,
) -> Iterator[T]:
    """Yield the result of `read` for each path, in order.

    Args:
        read: takes a list of paths and returns as many results; a module-level function, or a
            partial one.
        paths: of files.
        description: of the operation, for the progress bar.
        workers: number of processes; 1 is this process alone. By default this process begins, and
            one worker per processor continues if the rest would take this process seconds.
        most_workers: for which memory suffices.
    Raises:
        InputError: a worker was killed, as when the system runs out of memory.
    """
    most = min(most_workers, _processors())
    chunks = deque(paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK))
    began, done = time.monotonic(), 0
    with progress_bar(description, len(paths)) as show:
        while chunks and not (
            _worth_workers(most, time.monotonic() - began, done, len(paths))
            if workers is None
            else workers > 1
        ):
            results = read(chunks.popleft())
            yield from results
            done += len(results)
            show(done)
        for results in _by_workers(read, chunks, workers or most) if chunks else ():
            yield from results
            done += len(results)
            show(done)


def _worth_workers(workers: int, seconds: float, done: int, total: int) -> bool:
    if workers < 2 or multiprocessing.current_process().daemon:  # daemons have no children
        return False
    return done > 0 and seconds / done * (total - done) > SECONDS_WORTH_WORKERS


def _processors() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(MAX_WORKERS, usable or 1)


def _by_workers(read: Read[T], chunks: deque[Sequence[str]], workers: int) -> Iterator[list[T]]:
    """Yield the results of each chunk, in order."""
    # Spawned processes inherit no locks, threads or open files of this one.
    pool = ProcessPoolExecutor(
        min(workers, len(chunks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin_worker,
    )
    try:
        with _main_not_imported():
            reading: deque[Future[list[T]]] = deque(pool.submit(read, chunk) for chunk in chunks)
        while reading:
            yield reading.popleft().result()
            chunks.popleft()
    except BrokenProcessPool as error:
        raise InputError(
            f"got a process that was ended while it decoded pictures ('{printable(chunks[0][0])}' "
            "or later ones), expected it to go on; maybe memory ran out. Try again, or make very "
            "large pictures smaller."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _main_not_imported() -> Iterator[None]:
    """Keep processes that are started in this context from importing the main module.

    A spawned process imports the main module, which without `if __name__ == "__main__"` would read
    the pictures and start processes again. Workers do not need it.
    """
    main: dict[str, object] = sys.modules["__main__"].__dict__
    names = [name for name in ("__file__", "__spec__") if name in main]
    location: dict[str, object] = {name: main[name] for name in names}
    main.update(dict.fromkeys(location))
    try:
        yield
    finally:
        main.update(location)
