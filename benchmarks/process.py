"""The process of a peer, seen from outside: it is asked, computes, answers, and waits again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import OtherWork
from benchmarks.peers import Peer
from benchmarks.works import Work

BUSY = 0.1  # cores that others may use in a turn before it is repeated


class Failed(Exception):
    """A peer's process ended before it answered."""


class Process:
    """A worker for one peer and work.

    Attributes:
        peer: that trains.
        threads: that it may use.
        busy: cores that others used, in each turn that counted.
    """

    def __init__(self, peer: Peer, work: Work, folder: Path, threads: int) -> None:
        self.peer, self.threads = peer, threads
        self.busy: list[float] = []
        self._said = folder / f"{peer.module}-{threads}.txt"
        arguments = [peer.name, work.name, str(folder), str(time.monotonic())]
        with self._said.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=as_installed() | _environment(threads, folder / f"compiled-{threads}"),
            )

    def ask(self, do: str, **arguments: int) -> dict[str, Any]:
        """What the worker answers.

        Raises:
            Failed: with the last line that it said.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self._last_words()) from None
        answer = self._process.stdout.readline()
        if not answer:
            raise Failed(self._last_words())
        return dict(json.loads(answer))

    def turn(self, number: int, tries: int) -> float:
        """Seconds of a turn in which no other process was busy; after all tries, of the best."""
        seconds: list[float] = []
        busy: list[float] = []
        while len(seconds) < tries and (not busy or busy[-1] > BUSY):
            others = OtherWork(self._process.pid)
            seconds.append(float(self.ask("learn", turn=number)["seconds"]))
            busy.append(others.cores())
        best = len(busy) - 1 if busy[-1] <= BUSY else seconds.index(min(seconds))
        self.busy.append(busy[best])
        return seconds[best]

    def close(self) -> None:
        """Let it end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def _last_words(self) -> str:
        self._process.wait()
        lines = self._said.read_text().strip().splitlines()
        return lines[-1][:200] if lines else f"exit status {self._process.returncode}"


def as_installed() -> dict[str, str]:
    """The environment, where Python keeps the bytecode of modules, as an installation does."""
    return os.environ | {"PYTHONDONTWRITEBYTECODE": ""}


def _environment(threads: int, compiled: Path) -> dict[str, str]:
    """What limits the threads of each library, and keeps compiled code out of other runs' reach."""
    xla = "--xla_cpu_multi_thread_eigen=false" if threads == 1 else ""
    return {
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "XLA_FLAGS": xla,
        "TORCHINDUCTOR_CACHE_DIR": str(compiled),
    }
