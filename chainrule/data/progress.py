"""How far the work on data is, told to people where it takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# What is done sooner needs no bar, and what is no terminal a line now and then.
SECONDS_WITHOUT_A_WORD = 2.0
SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Tell the standard error how far work is, a bar on a terminal and lines elsewhere.

    Args:
        what: is done, such as "decoding pictures of photos".
        total: how many there are.
    Yields:
        A function to be called with how many are done.
    """
    from rich.console import Console  # loaded where there is something to show

    console = Console(file=sys.stderr)
    # Not console.is_terminal, which FORCE_COLOR makes true of a file: a bar there is rubbish.
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    with _bar(console, what, total) if live else _lines(console, what, total) as tell:
        yield tell


@contextmanager
def _bar(console: Console, what: str, total: int) -> Iterator[Callable[[int], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
    task = bar.add_task(what, total=total)
    began = time.monotonic()

    def tell(done: int) -> None:
        bar.update(task, completed=done)
        if time.monotonic() - began > SECONDS_WITHOUT_A_WORD:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()


@contextmanager
def _lines(console: Console, what: str, total: int) -> Iterator[Callable[[int], None]]:
    due = time.monotonic() + SECONDS_WITHOUT_A_WORD

    def tell(done: int) -> None:
        nonlocal due
        if time.monotonic() > due:
            due = time.monotonic() + SECONDS_BETWEEN_LINES
            line = f"{what}: {done:,} of {total:,}"
            console.print(line, highlight=False, soft_wrap=True)

    yield tell
