"""The bytes of a file, whether gzip packed them or not. The content decides, not the name."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from chainrule.errors import InputError

CHUNK_BYTES = 2**20
GZIP_MAGIC = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    """Whether the file at path begins as gzip data does."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


def unpacked(path: Path) -> Iterator[bytes]:
    """The bytes of a file, unpacked if need be, in pieces of at most `CHUNK_BYTES`.

    A file that claims to be huge costs no more memory than one piece.
    Raises:
        InputError: the gzip data is damaged or cut off.
    """
    found = 0
    with gzip.open(path) if is_gzip(path) else path.open("rb") as file:
        try:
            while piece := file.read(CHUNK_BYTES):
                found += len(piece)
                yield piece
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(
                f"{path.name}: got gzip data that is damaged or cut off after {found:,} unpacked "
                "bytes, expected a whole file. Fetch the file again, or pack it again with gzip."
            ) from error
