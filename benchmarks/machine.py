"""The machine that a figure was measured on, and how busy others kept it meanwhile."""

import os
import platform
import time
from pathlib import Path

import torch


def description() -> str:
    """Processor, cores, and versions, in one line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {capability}, "
        f"Python {platform.python_version()}, PyTorch {torch.__version__}"
    )


class OtherWork:
    """How many cores other processes kept busy between two moments; needs Linux's /proc."""

    def __init__(self) -> None:
        self._start = self._now()

    def cores(self) -> float:
        """Cores that others kept busy since the beginning, 0.0 where that can't be told."""
        (wall, all_, own), (wall_0, all_0, own_0) = self._now(), self._start
        return max(0.0, (all_ - all_0 - (own - own_0)) / max(wall - wall_0, 1e-9))

    @staticmethod
    def _now() -> tuple[float, float, float]:
        stat = Path("/proc/stat")
        busy = 0.0
        if stat.exists():
            user, nice, system, _, _, irq, softirq, steal = map(
                int, stat.read_text().split("\n", 1)[0].split()[1:9]
            )
            ticks = user + nice + system + irq + softirq + steal
            busy = ticks / os.sysconf("SC_CLK_TCK")
        return time.perf_counter(), busy, time.process_time()
