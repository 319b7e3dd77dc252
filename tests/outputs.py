"""What the programs and commands of a page print, to compare it with what the page shows.

A page shows the output of a Python block in a block of text behind it, and the output of a command
in a block of the language console, whose first line is the command:

    $ chainrule --version
    chainrule 0.1.0

Of a block that ends with a line of three dots, the lines before it are compared. The working
directory is written as /home/me.

`python -m docs.write_outputs` writes these blocks.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import torch

from chainrule.cli import main
from chainrule.demo import write_data
from tests.book import Fence, fences, registries_restored

# The width of the terminal for which commands print.
COLUMNS = "80"

# What ends a block that shows the first lines of an output.
DOTS = "..."

# What depends on the moment or on the speed of the machine.
MASKS = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d|\d{8}-\d{6}", "DATE"),
    (r"(?<= )\d+\.\d(?= s\b| {3})", "SECONDS"),
    (r"\bepoch \d+", "epoch N"),
    (r"\brose from \S+ to \S+", "rose"),
    (r"(?m)^(\w+)(?: +\d+){2,}$", r"\1 COUNTS"),  # a row of a confusion matrix
    (r" {2,}", "  "),  # columns are as wide as what is masked in them
)

# Losses and scores: processors round differently, and over a training the difference grows.
SCORE = re.compile(r"\d+\.\d{3,}(?:e[-+]\d+)?|\d+\.\d+e[-+]\d+")
TOLERANCE = 0.05


@dataclass(frozen=True)
class Output:
    """A block of a page that shows what was printed.

    Attributes:
        fence: the block.
        printed: its text according to the program or the command.
    """

    fence: Fence
    printed: str

    @property
    def is_stale(self) -> bool:
        """Whether the page shows something else than was printed."""
        if self.fence.language == "console":
            return not same_output(self.fence.text, self.printed)
        return self.fence.text != self.printed


def same_output(one: str, other: str) -> bool:
    """Compare what a command printed at two times, but for dates, seconds and rounding.

    >>> same_output("accuracy 0.9926 in 2.1 s", "accuracy 0.9851 in 11.7 s")
    True
    >>> same_output("accuracy 0.9926", "accuracy 0.5012")
    False
    """
    one, other = masked(one), masked(other)
    scores = zip(SCORE.findall(one), SCORE.findall(other), strict=False)
    return SCORE.sub("SCORE", one) == SCORE.sub("SCORE", other) and all(
        abs(float(a) - float(b)) <= TOLERANCE * max(1, float(a)) for a, b in scores
    )


def masked(text: str) -> str:
    """Replace what depends on the moment or on the speed of the machine."""
    for pattern, name in MASKS:
        text = re.sub(pattern, name, text)
    return text


def without_progress(printed: str) -> str:
    """Leave out lines of progress, which on a terminal is a bar that vanishes.

    >>> without_progress("epoch 1: loss 0.5\\ndrawing rows: 160 of 1,000\\n115 rows\\n")
    '115 rows\\n'
    """
    return re.sub(r"(?m)^(?:epoch \d+: .*|[a-z ]+: [\d,]+ of [\d,]+)\n", "", printed)


@contextlib.contextmanager
def place_to_run(folder: Path) -> Iterator[None]:
    """Work in a folder with the data of `chainrule demo`, with one thread: all is small."""
    (folder / "demo").mkdir()
    write_data(folder / "demo")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with contextlib.chdir(folder), registries_restored():
            yield
    finally:
        torch.set_num_threads(threads)


def outputs(page: Path) -> Iterator[Output]:
    """Run the programs and commands of a page in their order; yield each block with output.

    The Python blocks of a page share a namespace.
    """
    namespace: dict[str, object] = {"__name__": "book"}
    printed = ""
    for fence in fences(page):
        if fence.language == "python":
            printed = _run_program(page, fence, namespace)
        elif fence.language == "text" and fence.follows:
            yield Output(fence, printed)
        elif fence.language == "console":
            shown = fence.text.splitlines()
            printed = _run_command(shown[0])
            if shown[-1] == DOTS:
                printed = "\n".join([*printed.splitlines()[: len(shown) - 1], DOTS, ""])
            yield Output(fence, printed)


def _run_program(page: Path, fence: Fence, namespace: dict[str, object]) -> str:
    # Blank lines in front, so that a traceback has the line of the page.
    program = compile("\n" * (fence.line - 1) + fence.text, str(page), "exec", dont_inherit=True)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(program, namespace)
    return out.getvalue()


def _run_command(line: str) -> str:
    """Return a command line with what it prints below it."""
    command = line.removeprefix("$ ")
    if command.startswith("chainrule "):
        printed = _run_chainrule(shlex.split(command))
    else:
        printed = subprocess.run(
            ["bash", "-c", command], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    printed = without_progress(printed).replace(str(Path.cwd()), "/home/me")
    lines = "\n".join(map(str.rstrip, printed.splitlines())).strip("\n")
    return f"$ {command}\n{lines}\n"


def _run_chainrule(arguments: list[str]) -> str:
    """Run chainrule in this process; return standard output and error as a terminal shows them."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    colours = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "NO_COLOR")
    with (
        patch.dict(os.environ, {"COLUMNS": COLUMNS}),
        patch.object(sys, "argv", arguments),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        contextlib.suppress(SystemExit),
    ):
        for name in colours:
            os.environ.pop(name, None)
        main()
    out.seek(0)
    return out.read()
