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
    """A training of all members of a work; each public method answers a request."""

    def __init__(self, peer: str, work: str, folder: str, started: str) -> None:
        self._work, self._folder, self._peer = work_named(work), Path(folder), peer_named(peer)
        began = time.monotonic()
        self._samples = load(self._folder, as_bytes=self._peer.ours)
        with np.load(self._folder / INITIAL) as stored:
            self._initial: Weights = dict(stored)
        # Reading the files does not count: the start is moved by the time that it takes.
        self._started = float(started) + time.monotonic() - began

    def begin(self) -> Answer:
        """Import the peer, build, and take the first step."""
        began = time.monotonic()
        module = importlib.import_module(f"benchmarks.peers.{self._peer.module}")
        imported = time.monotonic()
        inputs = (self._work, self._initial, self._samples)
        begin: Callable[..., Any] = module.begin
        self._training = begin(*inputs) if self._peer.ours else OneAfterAnother(begin, *inputs)
        self._training.learn(self._work.rows(0, STEPS_CHECKED)[:, :1])
        return {
            "import_seconds": imported - began,
            "first_step_seconds": time.monotonic() - self._started,
        }

    def check(self) -> Answer:
        """Train up to STEPS_CHECKED steps, and write the weights to the folder."""
        self._training.learn(self._work.rows(0, STEPS_CHECKED)[:, 1:])
        path = self._folder / f"{os.getpid()}.npz"
        np.savez(path, **self._training.weights())
        return {"weights": str(path)}

    def learn(self, turn: int) -> Answer:
        """Train a turn: some steps that warm up the caches, then the timed ones."""
        warm = self._work.steps // 10
        rows = self._work.rows(turn, warm + self._work.steps)
        self._training.learn(rows[:, :warm])
        start = time.perf_counter()
        self._training.learn(rows[:, warm:])
        return {"seconds": time.perf_counter() - start}

    def memory(self) -> Answer:
        """Return the peak of the resident memory."""
        lines = Path("/proc/self/status").read_text().splitlines()
        kibibytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        return {"peak_mebibytes": kibibytes / 1024}

    def score(self) -> Answer:
        """Return the test score, the mean over the members."""
        x = self._samples.test_features
        batches = np.split(x, range(1000, len(x), 1000))
        members = np.concatenate([self._training.scores(batch) for batch in batches], axis=1)
        scores = [self._samples.score(predicted) for predicted in members]
        return {"score": sum(scores) / len(scores)}

    def floor(self) -> Answer:
        """Return the least seconds of a step, and the threads; for chainrule only."""
        assert not isinstance(self._training, OneAfterAnother)
        return {
            "floor_seconds": self._training.floor_seconds(),
            "threads": self._training.threads,
        }


def main() -> None:
    """Answer requests until the input ends."""
    # Libraries print to the error stream: standard output is for answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(*sys.argv[1:])
    for line in sys.stdin:
        request = json.loads(line)
        method: Callable[..., Answer] = getattr(worker, request.pop("do"))
        print(json.dumps(method(**request)), file=answers, flush=True)


if __name__ == "__main__":
    main()
