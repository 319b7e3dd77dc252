"""The machine that a figure was measured on, and how busy others kept it meanwhile."""

import os
import platform
import time
from pathlib import Path

import torch

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
BFLOAT16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}


def description() -> str:
    """Processor, cores, and versions, in one line."""
    names = _of_processor("model name")
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {capability}, "
        f"Python {platform.python_version()}, PyTorch {torch.__version__}"
    )


def multiplies_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16; without them it is emulated, slowly."""
    words = " ".join(_of_processor("flags") + _of_processor("Features")).split()
    return bool(BFLOAT16_INSTRUCTIONS & set(words))


def _of_processor(field: str) -> list[str]:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return [line.split(":", 1)[1].strip() for line in lines if line.startswith(field)]


class OtherWork:
    """How many cores other processes kept busy between two moments; needs Linux's /proc.

    Args:
        process: whose own work, with that of the processes it started, does not count; this one
            where none is given.
    """

    def __init__(self, process: int | None = None) -> None:
        self._process = os.getpid() if process is None else process
        self._start = self._now()

    def cores(self) -> float:
        """Cores that others kept busy since the beginning, 0.0 where that can't be told."""
        (wall, all_, own), (wall_0, all_0, own_0) = self._now(), self._start
        return max(0.0, (all_ - all_0 - (own - own_0)) / max(wall - wall_0, 1e-9))

    def _now(self) -> tuple[float, float, float]:
        """Seconds: of the clock, that all cores were busy, that the process and its own were."""
        stat = Path("/proc/stat")
        busy = 0.0
        if stat.exists():
            user, nice, system, _, _, irq, softirq, steal = map(
                int, stat.read_text().split("\n", 1)[0].split()[1:9]
            )
            busy = (user + nice + system + irq + softirq + steal) / TICKS_A_SECOND
        return time.perf_counter(), busy, _seconds_of_tree(self._process)


def _seconds_of_tree(process: int) -> float:
    """Processor seconds of a process and of all that it started, ended ones included."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may hold anything: state, parent, ..., times from the 12th on.
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended meanwhile
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        seconds[number] = sum(map(int, fields[11:15])) / TICKS_A_SECOND
    tree = {process}
    for _ in parents:
        grown = tree | {number for number, parent in parents.items() if parent in tree}
        if grown == tree:
            break
        tree = grown
    return sum(seconds.get(number, 0.0) for number in tree)
