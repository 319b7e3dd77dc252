"""Interruption: a Ctrl-C that comes while an epoch is written down waits until it is."""

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
    Only the main thread is ever interrupted; others go on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[FrameType | None] = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: came.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if usual is None else usual)
    if came and callable(usual):
        usual(signal.SIGINT, came[-1])
