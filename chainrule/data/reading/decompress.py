"""The bytes of a file, whether it is packed or not. The content decides, not the name."""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chainrule.errors import InputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK_BYTES = 2**20

# How each kind of packed data begins, its name, and what opens it.
PACKED: tuple[tuple[bytes, str, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.open),
    (b"\x28\xb5\x2f\xfd", "zstd", zstd.open),
    (b"BZh", "bzip2", bz2.open),
    (b"\xfd7zXZ\0", "xz", lzma.open),
)


def packing(path: Path) -> str | None:
    """The name of what packed the file at path, or None if nothing did."""
    with path.open("rb") as file:
        start = file.read(max(len(magic) for magic, _, _ in PACKED))
    return next((name for magic, name, _ in PACKED if start.startswith(magic)), None)


def unpacked(path: Path) -> Iterator[bytes]:
    """The bytes of a file, unpacked if need be, in pieces of at most `CHUNK_BYTES`.

    A file that claims to be huge costs no more memory than one piece.
    Raises:
        InputError: the packed data is damaged or cut off.
    """
    name = packing(path)
    opened = {known: opener for _, known, opener in PACKED}
    found = 0
    with opened[name](path) if name else path.open("rb") as file:
        try:
            while piece := file.read(CHUNK_BYTES):
                found += len(piece)
                yield piece
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zstd.ZstdError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the machine; what bz2 and gzip raise about the content has no number
            raise InputError(
                f"{path.name}: got {name} data that is damaged or cut off after {found:,} unpacked "
                f"bytes, expected a whole file. Fetch the file again, or pack it again with {name}."
            ) from error
