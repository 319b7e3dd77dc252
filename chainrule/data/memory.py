"""Memory of the machine, within the limit of the control group of this process."""

import math
import os
import re
from pathlib import Path

GROUP = Path("/sys/fs/cgroup")
# Taken as free where the system does not tell.
UNKNOWN = 4 * 2**30


def machine_bytes() -> float:
    """Return the memory that there is, or infinity if it is unknown."""
    try:
        physical = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):  # Windows; a system without these names
        physical = math.inf
    return min(physical, _group_bytes())


def available_bytes() -> int:
    """Return the free memory; half of the memory of the machine where it is unknown."""
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        (kibibytes,) = re.findall(r"MemAvailable:\s+(\d+) kB", meminfo.read_text())
        free = 1024.0 * int(kibibytes)
    else:
        free = min(machine_bytes() / 2, UNKNOWN)
    if (limit := _group_bytes()) < math.inf:
        free = min(free, limit - float((GROUP / "memory.current").read_text()))
    return max(int(free), 0)


def _group_bytes() -> float:
    limit = GROUP / "memory.max"
    bound = limit.read_text().strip() if limit.exists() else "max"
    return math.inf if bound == "max" else float(bound)
