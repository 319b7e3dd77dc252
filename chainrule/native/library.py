"""Library: kernels.c, compiled for this machine once and then kept; none where that can't be."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path

import torch

from chainrule import durable

SOURCE = Path(__file__).with_name("kernels.c")

# As exact as the formulas say: sums may not be reordered but where the source allows it. What is
# switched off are errno and traps, that nobody looks at and that keep loops from being vectorised.
OPTIONS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp")

# Set to 0 to do without.
SWITCH = "CHAINRULE_NATIVE"

MOST_TENSORS, MOST_NUMBERS, MOST_SCALARS = 6, 15, 3


class KernelRecord(ctypes.Structure):
    """A call, as kernels.c declares it."""

    _fields_ = (
        ("run", ctypes.c_void_p),
        ("tensors", ctypes.c_void_p * MOST_TENSORS),
        ("numbers", ctypes.c_long * MOST_NUMBERS),
        ("scalars", ctypes.c_double * MOST_SCALARS),
        ("units", ctypes.c_long),
        ("barrier", ctypes.c_long),
    )


@cache
def library() -> ctypes.CDLL | None:
    """The compiled kernels, or None.

    They take torch's own BLAS, so a product has the same digits here and there, and its threads are
    torch's own too. There is none without a C compiler, or where torch hides its BLAS.
    """
    if os.environ.get(SWITCH) == "0":
        return None
    blas = _blas_of_torch()
    compiled = _compiled() if blas else None
    if compiled is None:
        return None
    try:
        kernels = ctypes.CDLL(str(compiled))
    except OSError:
        return None
    kernels.run.argtypes = (ctypes.c_void_p, ctypes.c_long, ctypes.c_int)
    kernels.run.restype = None
    kernels.use_blas(blas)
    return kernels


def _blas_of_torch() -> ctypes.c_void_p | None:
    try:
        torch_itself = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
        return ctypes.cast(torch_itself.sgemm_, ctypes.c_void_p)
    except (OSError, AttributeError):
        return None


def _compiled() -> Path | None:
    """The compiled file, of this source for this processor; made now if it isn't there yet."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    path = _folder() / f"kernels-{_fingerprint(compiler)}.so"
    if path.exists():
        return path

    def compile_into(beside: Path) -> None:
        command = [compiler, *OPTIONS, "-shared", "-fPIC", str(SOURCE), "-o", str(beside), "-lm"]
        subprocess.run(command, check=True, capture_output=True)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write_with(path, compile_into)
    except (OSError, subprocess.CalledProcessError):
        return None
    return path


def _folder() -> Path:
    """Where programs keep what they can make again. Source: XDG base directory specification."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule"


def _fingerprint(compiler: str) -> str:
    """A name for this source, compiled with these options by this compiler for this processor."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
    processor = Path("/proc/cpuinfo")
    features = processor.read_text().partition("\n\n")[0] if processor.exists() else ""
    flags = [line for line in features.splitlines() if line.startswith(("model name", "flags"))]
    known = [SOURCE.read_text(), *OPTIONS, version.stdout, platform.machine(), *flags]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]
