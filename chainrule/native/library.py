"""Library: kernels.c, compiled once for this machine and cached; None where that fails."""

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

# Exact floating-point semantics: sums are reordered only where the source allows it. Only errno and
# traps, which are not used, are switched off, since they keep loops from being vectorised.
OPTIONS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp")

# Environment variable that switches compiled code off if it is 0.
SWITCH = "CHAINRULE_NATIVE"

MAX_TENSORS, MAX_NUMBERS, MAX_SCALARS = 6, 15, 3


class KernelRecord(ctypes.Structure):
    """A kernel call, struct call in kernels.c."""

    _fields_ = (
        ("run", ctypes.c_void_p),
        ("tensors", ctypes.c_void_p * MAX_TENSORS),
        ("numbers", ctypes.c_long * MAX_NUMBERS),
        ("scalars", ctypes.c_double * MAX_SCALARS),
        ("units", ctypes.c_long),
        ("barrier", ctypes.c_long),
    )


@cache
def library() -> ctypes.CDLL | None:
    """Load the compiled kernels; None without a C compiler, or where torch hides its BLAS.

    They use torch's BLAS, so products have the same digits as torch's, and OpenMP's threads, as
    torch does.
    """
    if os.environ.get(SWITCH) == "0":
        return None
    blas = _torch_blas()
    compiled = _compile() if blas else None
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


def _torch_blas() -> ctypes.c_void_p | None:
    try:
        libtorch = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
        return ctypes.cast(libtorch.sgemm_, ctypes.c_void_p)
    except (OSError, AttributeError):
        return None


def _compile() -> Path | None:
    """Return the shared library of this source for this processor, compiling it if missing."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    path = _folder() / f"kernels-{_fingerprint(compiler)}.so"
    if path.exists():
        return path

    def compile_into(target: Path) -> None:
        command = [compiler, *OPTIONS, "-shared", "-fPIC", str(SOURCE), "-o", str(target), "-lm"]
        subprocess.run(command, check=True, capture_output=True)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write_with(path, compile_into)
    except (OSError, subprocess.CalledProcessError):
        return None
    return path


def _folder() -> Path:
    """Return the cache folder. Source: XDG base directory specification."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule"


def _fingerprint(compiler: str) -> str:
    """Hash the source, the options, the compiler and the processor into a name."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
    processor = Path("/proc/cpuinfo")
    features = processor.read_text().partition("\n\n")[0] if processor.exists() else ""
    flags = [line for line in features.splitlines() if line.startswith(("model name", "flags"))]
    parts = [SOURCE.read_text(), *OPTIONS, version.stdout, platform.machine(), *flags]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
