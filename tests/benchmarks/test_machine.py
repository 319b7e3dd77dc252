"""How busy other processes are: what a benchmark itself computes must not count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.machine import OtherWork, _seconds_of_tree

needs_proc = pytest.mark.skipif(not Path("/proc/stat").exists(), reason="there is no /proc here")
COMPUTE = "import time\nwhile time.process_time() < 0.3: pass\n"


@needs_proc
def test_what_a_process_that_was_started_computes_counts_as_own_while_it_runs_and_after() -> None:
    program = f"{COMPUTE}print('computed', flush=True)\ninput()"
    before = OtherWork()._now()[2]
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "computed\n"
        while_it_runs = OtherWork()._now()[2] - before
        of_itself = _seconds_of_tree(process.pid)
        process.communicate("\n")
    after = OtherWork()._now()[2] - before
    # The system counts in ticks of a hundredth of a second.
    assert of_itself >= 0.27
    assert while_it_runs >= 0.27
    assert after >= 0.27


@needs_proc
def test_what_others_compute_is_not_own() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True
    ) as waiting:
        before = _seconds_of_tree(waiting.pid)
        subprocess.run([sys.executable, "-c", COMPUTE], check=True)
        assert _seconds_of_tree(waiting.pid) - before < 0.2
        waiting.communicate("\n")
