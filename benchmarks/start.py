"""Time from the start of Python to the first step, against that of importing PyTorch alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import peer_named
from benchmarks.process import Process, as_installed
from benchmarks.race import lay_out
from benchmarks.works import WORKS

SMALL = WORKS[0]


@dataclass(frozen=True)
class Starts:
    """Median seconds of alternating processes.

    Attributes:
        import_torch: from the start of Python to the end of `import torch`.
        first_step: from the start of Python to the end of chainrule's first step.
    """

    import_torch: float
    first_step: float

    @property
    def ratio(self) -> float:
        """Ratio of the first step to the import."""
        return self.first_step / self.import_torch


def compare_starts(turns: int) -> Starts:
    """Start both in turns; the first turn, which fills the file cache, does not count."""
    imports: list[float] = []
    steps: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(SMALL, folder)
        for turn in range(1 + turns):
            print(f"[start] turn {turn} of {turns}", flush=True)
            imports.append(seconds_to_import_torch())
            process = Process(peer_named("chainrule"), SMALL, folder, threads=1)
            steps.append(float(process.ask("begin")["first_step_seconds"]))
            process.close()
    return Starts(statistics.median(imports[1:]), statistics.median(steps[1:]))


def seconds_to_import_torch() -> float:
    """Return the seconds from the start of Python to the end of `import torch`."""
    program = "import torch, time; print(time.monotonic())"
    start = time.monotonic()
    command = [sys.executable, "-c", program]
    out = subprocess.run(command, capture_output=True, check=True, env=as_installed())
    return float(out.stdout) - start
