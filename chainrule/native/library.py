"""Library: kernels.c, compiled once for this machine and cached; None where that fails.

A cached library ends with the SHA-256 digest of all bytes before it, which loaders of libraries
ignore: one that was cut off or changed is compiled again, and never run.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import warnings
from functools import cache
from pathlib import Path

import torch

from chainrule import durable
from chainrule.errors import SlowWarning

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


# A compiler that hangs would look as if training did.
LONGEST_COMPILATION = 120.0  # seconds


@cache
def library() -> ctypes.CDLL | None:
    """Load the compiled kernels; None without a C compiler, or where torch hides its BLAS.

    They use torch's BLAS, so products have the same digits as torch's, and OpenMP's threads, as
    torch does. A compiler or a cache folder that can't be used gives None and a `SlowWarning`.
    """
    compiler, blas = shutil.which("cc"), _torch_blas()
    if os.environ.get(SWITCH) == "0" or compiler is None or blas is None:
        return None
    try:
        return _load(_compiled(compiler), blas)
    except (OSError, RuntimeError, AttributeError, subprocess.SubprocessError) as error:
        warnings.warn(
            f"the C compiler {compiler} gave no kernels that can be used ({_reason(error)}), so "
            "each operation is a call of PyTorch, which takes longer. Repair the compiler, set "
            f"XDG_CACHE_HOME to a folder that can be written to, or set {SWITCH}=0 to train "
            "without a compiler.",
            SlowWarning,
            stacklevel=2,
        )
        return None


def _load(path: Path, blas: ctypes.c_void_p) -> ctypes.CDLL:
    """Load a compiled library.

    Raises:
        OSError: it is none for this machine; it is deleted, to be compiled again the next time.
        AttributeError: it does not have the functions of the source, and is deleted likewise.
    """
    try:
        kernels = ctypes.CDLL(str(path))
        kernels.run.argtypes = (ctypes.c_void_p, ctypes.c_long, ctypes.c_int)
        kernels.run.restype = None
        kernels.use_blas(blas)
    except (OSError, AttributeError):
        path.unlink(missing_ok=True)
        raise
    return kernels


def _torch_blas() -> ctypes.c_void_p | None:
    try:
        libtorch = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
        return ctypes.cast(libtorch.sgemm_, ctypes.c_void_p)
    except (OSError, AttributeError):
        return None


def _compiled(compiler: str) -> Path:
    """Return the shared library of this source for this processor, compiling it if missing.

    Raises:
        OSError: the compiler can't be started, or the cache folder can't be written to.
        RuntimeError: there is no home folder.
        subprocess.SubprocessError: the compiler fails, or does not end.
    """
    path = _folder() / f"kernels-{_fingerprint(compiler)}.so"
    if path.exists() and _is_whole(path.read_bytes()):
        return path

    def compile_into(target: Path) -> None:
        _run([compiler, *OPTIONS, "-shared", "-fPIC", str(SOURCE), "-o", str(target), "-lm"])
        content = target.read_bytes()
        target.write_bytes(content + hashlib.sha256(content).digest())

    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write_with(path, compile_into)
    return path


def _is_whole(content: bytes) -> bool:
    size = hashlib.sha256().digest_size
    return hashlib.sha256(content[:-size]).digest() == content[-size:]


def _run(command: list[str]) -> bytes:
    """Run a command and return what it prints; its input is empty."""
    return subprocess.run(
        command,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=LONGEST_COMPILATION,
    ).stdout


def _reason(error: Exception) -> str:
    """Return an error as a line: what the compiler printed, if it did."""
    printed = getattr(error, "stderr", None) or b""
    lines = printed.decode(errors="replace").splitlines() or str(error).splitlines()
    return next((line.strip() for line in lines if line.strip()), type(error).__name__)


def _folder() -> Path:
    """Return the cache folder. Source: XDG base directory specification."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule"


def _fingerprint(compiler: str) -> str:
    """Hash the source, the options, the compiler and the processor into a name."""
    version = _run([compiler, "--version"]).decode(errors="replace")
    processor = Path("/proc/cpuinfo")
    features = processor.read_text().partition("\n\n")[0] if processor.exists() else ""
    flags = [line for line in features.splitlines() if line.startswith(("model name", "flags"))]
    parts = [SOURCE.read_text(), *OPTIONS, version, platform.machine(), *flags]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
