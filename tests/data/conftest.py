"""What the tests of the data floor share: files that are really written, and real data sets."""

import gzip
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Write = Callable[..., Path]
Idx = Callable[..., bytes]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text or bytes to a new file, and return its path."""

    def to_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to_file


@pytest.fixture
def idx() -> Idx:
    """The bytes of an IDX file."""

    def to_bytes(shape: Sequence[int], values: bytes, kind: int = 8, packed: bool = False) -> bytes:
        header = struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)
        return gzip.compress(header + values) if packed else header + values

    return to_bytes


@pytest.fixture
def real() -> Path:
    """The folder of real data sets."""
    folder = os.environ.get("CHAINRULE_DATA")
    if not folder:
        pytest.skip("CHAINRULE_DATA names no folder of real data sets")
    return Path(folder)
