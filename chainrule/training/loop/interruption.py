"""Interruption: a Ctrl-C is deferred while the results of an epoch are recorded."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Defer an interruption to the end of the block.

    So an epoch is in the history, the files and the best weights of a run, or in none of them.
    Other threads than the main thread are never interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupts: list[FrameType | None] = []
    previous = signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if previous is None else previous)
    if interrupts and callable(previous):
        previous(signal.SIGINT, interrupts[-1])
