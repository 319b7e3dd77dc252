"""The process of a peer, which answers requests and waits in between."""

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
    """The process of a peer ended before it answered."""


class Process:
    """A worker for one peer and work.

    Attributes:
        peer: peer that trains.
        threads: number of threads that it may use.
        busy: cores that other processes used in each counted turn.
    """

    def __init__(self, peer: Peer, work: Work, folder: Path, threads: int) -> None:
        self.peer, self.threads = peer, threads
        self.busy: list[float] = []
        self._error_file = folder / f"{peer.module}-{threads}.txt"
        arguments = [peer.name, work.name, str(folder), str(time.monotonic())]
        with self._error_file.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=as_installed() | _environment(threads, folder / f"compiled-{threads}"),
            )

    def ask(self, do: str, **arguments: int) -> dict[str, Any]:
        """Send a request to the worker and return its answer.

        Raises:
            Failed: the worker ended; with the last line of its error output.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self._last_error_line()) from None
        answer = self._process.stdout.readline()
        if not answer:
            raise Failed(self._last_error_line())
        return dict(json.loads(answer))

    def turn(self, number: int, tries: int) -> float:
        """Return the seconds of a turn without load by other processes, or of the best try."""
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
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def _last_error_line(self) -> str:
        self._process.wait()
        lines = self._error_file.read_text().strip().splitlines()
        return lines[-1][:200] if lines else f"exit status {self._process.returncode}"


def as_installed() -> dict[str, str]:
    """Return an environment in which Python caches bytecode, as in an installation."""
    return os.environ | {"PYTHONDONTWRITEBYTECODE": ""}


def _environment(threads: int, compiled: Path) -> dict[str, str]:
    """Return variables that limit the threads of each library and isolate its compiled code."""
    xla = "--xla_cpu_multi_thread_eigen=false" if threads == 1 else ""
    return {
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "XLA_FLAGS": xla,
        "TORCHINDUCTOR_CACHE_DIR": str(compiled),
    }
