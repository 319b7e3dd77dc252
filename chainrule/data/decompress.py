"""Decompression of files; the content decides whether and how they are compressed."""

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
    from compression import zstd as zstd
else:
    from backports import zstd as zstd

CHUNK_BYTES = 2**20

# The magic number, the name and the opener of each format.
COMPRESSIONS: tuple[tuple[bytes, str, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.open),
    (b"\x28\xb5\x2f\xfd", "zstd", zstd.open),
    (b"BZh", "bzip2", bz2.open),
    (b"\xfd7zXZ\0", "xz", lzma.open),
)


def compression_of(path: Path) -> str | None:
    """Return the name of the compression of a file, or None."""
    with path.open("rb") as file:
        start = file.read(max(len(magic) for magic, _, _ in COMPRESSIONS))
    return next((name for magic, name, _ in COMPRESSIONS if start.startswith(magic)), None)


def read_decompressed(path: Path) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file, in chunks of at most `CHUNK_BYTES`.

    No file, however large after decompression, takes more memory than one chunk.
    Raises:
        InputError: the compressed data is damaged or cut off.
    """
    name = compression_of(path)
    openers = {known: opener for _, known, opener in COMPRESSIONS}
    total = 0
    with openers[name](path) if name else path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                total += len(chunk)
                yield chunk
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zstd.ZstdError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # an error of the machine; those of bz2 and gzip on the content have no errno
            raise InputError(
                f"{path.name}: got {name} data that is damaged or cut off after {total:,} unpacked "
                f"bytes, expected a whole file. Fetch the file again, or pack it again with {name}."
            ) from error
