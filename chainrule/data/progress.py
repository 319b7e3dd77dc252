"""Progress of long operations on data, on the standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Shorter operations show nothing. Without a terminal, a line is printed now and then.
SECONDS_BEFORE_SHOWN = 2.0
SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress_bar(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show progress on the standard error: a bar on a terminal, else a line now and then.

    Args:
        description: the operation, such as "decoding pictures of photos".
        total: number of items.
    Yields:
        A function to call with the number of items that are done.
    """
    from rich.console import Console  # loaded where there is something to show

    console = Console(file=sys.stderr)
    # Not console.is_terminal, which FORCE_COLOR makes true of a file: a bar there is rubbish.
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    with _bar(console, description, total) if live else _lines(console, description, total) as show:
        yield show


@contextmanager
def _bar(console: Console, description: str, total: int) -> Iterator[Callable[[int], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
    task = bar.add_task(description, total=total)
    began = time.monotonic()

    def show(done: int) -> None:
        bar.update(task, completed=done)
        if time.monotonic() - began > SECONDS_BEFORE_SHOWN:
            bar.start()

    try:
        yield show
    finally:
        bar.stop()


@contextmanager
def _lines(console: Console, description: str, total: int) -> Iterator[Callable[[int], None]]:
    due = time.monotonic() + SECONDS_BEFORE_SHOWN

    def show(done: int) -> None:
        nonlocal due
        if time.monotonic() > due:
            due = time.monotonic() + SECONDS_BETWEEN_LINES
            line = f"{description}: {done:,} of {total:,}"
            console.print(line, highlight=False, soft_wrap=True)

    yield show
