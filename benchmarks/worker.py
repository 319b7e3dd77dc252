"""A process that trains one work with one peer: it answers requests, a line of JSON for each.

    python -m benchmarks.worker PEER WORK FOLDER STARTED

Its memory, imports and threads are its own. Between requests it waits in a read and uses no
processor. FOLDER holds the samples and the initial weights, STARTED is the moment, on the
system's monotonic clock, at which the process was started.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.networks import Weights
from benchmarks.peers import peer_named
from benchmarks.peers.peer import OneAfterAnother
from benchmarks.samples import load
from benchmarks.works import STEPS_CHECKED, work_named

Answer = dict[str, Any]

INITIAL = "initial.npz"  # in the folder, the weights that all begin with, of each member


class Worker:
    """A training of all members of a work, and what can be asked of it."""

    def __init__(self, peer: str, work: str, folder: str, started: str) -> None:
        self._work, self._folder, self._peer = work_named(work), Path(folder), peer_named(peer)
        began = time.monotonic()
        self._samples = load(self._folder, as_bytes=self._peer.ours)
        with np.load(self._folder / INITIAL) as stored:
            self._initial: Weights = dict(stored)
        # As if it had been started later by what reading takes, which is nobody's merit.
        self._started = float(started) + time.monotonic() - began

    def begin(self) -> Answer:
        """Import the peer, build, and take the first step."""
        began = time.monotonic()
        module = importlib.import_module(f"benchmarks.peers.{self._peer.module}")
        imported = time.monotonic()
        given = (self._work, self._initial, self._samples)
        begin: Callable[..., Any] = module.begin
        self._training = begin(*given) if self._peer.ours else OneAfterAnother(begin, *given)
        self._training.learn(self._work.rows(0, STEPS_CHECKED)[:, :1])
        return {
            "import_seconds": imported - began,
            "first_step_seconds": time.monotonic() - self._started,
        }

    def check(self) -> Answer:
        """Go on to STEPS_CHECKED steps, and leave the weights in the folder."""
        self._training.learn(self._work.rows(0, STEPS_CHECKED)[:, 1:])
        path = self._folder / f"{os.getpid()}.npz"
        np.savez(path, **self._training.weights())
        return {"weights": str(path)}

    def learn(self, turn: int) -> Answer:
        """A turn: its steps, timed, behind some that bring back what left the caches."""
        warm = self._work.steps // 10
        rows = self._work.rows(turn, warm + self._work.steps)
        self._training.learn(rows[:, :warm])
        start = time.perf_counter()
        self._training.learn(rows[:, warm:])
        return {"seconds": time.perf_counter() - start}

    def memory(self) -> Answer:
        """The most memory that the process had so far."""
        lines = Path("/proc/self/status").read_text().splitlines()
        kibibytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        return {"peak_mebibytes": kibibytes / 1024}

    def score(self) -> Answer:
        """On the test samples, the mean of the members."""
        x = self._samples.test_features
        batches = np.split(x, range(1000, len(x), 1000))
        members = np.concatenate([self._training.scores(batch) for batch in batches], axis=1)
        scores = [self._samples.score(predicted) for predicted in members]
        return {"score": sum(scores) / len(scores)}

    def floor(self) -> Answer:
        """The least seconds of a step, and the threads that chainrule chose; of chainrule alone."""
        return {
            "floor_seconds": self._training.floor_seconds(),
            "threads": self._training.threads,
        }


def main() -> None:
    """Answer until the input ends."""
    # What libraries print goes to the error stream: the output is for answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(*sys.argv[1:])
    for line in sys.stdin:
        request = json.loads(line)
        method: Callable[..., Answer] = getattr(worker, request.pop("do"))
        print(json.dumps(method(**request)), file=answers, flush=True)


if __name__ == "__main__":
    main()
