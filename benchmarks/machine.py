"""The machine of a measurement, and its load by other processes."""

import os
import platform
import time
from pathlib import Path

import torch

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
BFLOAT16_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}


def description() -> str:
    """Return processor, cores and versions in one line."""
    names = _of_processor("model name")
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {capability}, "
        f"Python {platform.python_version()}, PyTorch {torch.__version__}"
    )


def multiplies_bfloat16() -> bool:
    """Return whether the processor has instructions for bfloat16; otherwise it is emulated."""
    flags = " ".join(_of_processor("flags") + _of_processor("Features")).split()
    return bool(BFLOAT16_INSTRUCTIONS & set(flags))


def _of_processor(field: str) -> list[str]:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return [line.split(":", 1)[1].strip() for line in lines if line.startswith(field)]


class OtherWork:
    """Load by other processes since it was created; needs /proc of Linux.

    Args:
        process: process that does not count, together with its descendants; by default this one.
    """

    def __init__(self, process: int | None = None) -> None:
        self._process = os.getpid() if process is None else process
        self._start = self._now()

    def cores(self) -> float:
        """Return the cores that other processes kept busy since the start, 0.0 if unknown."""
        (wall, all_, own), (wall_0, all_0, own_0) = self._now(), self._start
        return max(0.0, (all_ - all_0 - (own - own_0)) / max(wall - wall_0, 1e-9))

    def _now(self) -> tuple[float, float, float]:
        """Return seconds of the clock, busy seconds of all cores, and those of the process."""
        stat = Path("/proc/stat")
        busy = 0.0
        if stat.exists():
            user, nice, system, _, _, irq, softirq, steal = map(
                int, stat.read_text().split("\n", 1)[0].split()[1:9]
            )
            busy = (user + nice + system + irq + softirq + steal) / TICKS_A_SECOND
        return time.perf_counter(), busy, _seconds_of_tree(self._process)


def _seconds_of_tree(process: int) -> float:
    """Return the processor seconds of a process and its descendants, including ended ones."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may have any characters: state, parent, ..., times from 12 on.
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # the process has ended
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
