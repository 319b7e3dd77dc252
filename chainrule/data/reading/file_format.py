"""Detection of the format of a file by its content, not its name."""

import re
import zipfile
from pathlib import Path
from typing import Literal

from chainrule.data.decompress import read_decompressed
from chainrule.errors import InputError

FileKind = Literal["csv", "json", "parquet", "idx", "npz", "duckdb", "sqlite"]

PARQUET, IDX, ZIP = b"PAR1", b"\0\0", b"PK\x03\x04"
SQLITE = b"SQLite format 3\0"
DUCKDB, DUCKDB_PLACE = b"DUCK", 8
# The start of an object, alone or as the first element of an array.
JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*["}]')

# Unsupported formats that users try: magic number, description, and remedy.
_TO_CSV = "Save the sheet as 'CSV UTF-8'"
UNSUPPORTED = (
    (ZIP, "an Excel workbook or another ZIP archive", f"{_TO_CSV}, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _TO_CSV),
    (b"%PDF", "a PDF document", "Export its table as CSV"),
    (b"ARROW1", "an Arrow or Feather file", "Save the table as Parquet"),
    (b"\x89HDF", "an HDF5 file", "Save the table as Parquet"),
    (b"\x80\x04", "a pickle, which can run any program,", "Save the table as Parquet"),
    (b"\x80\x05", "a pickle, which can run any program,", "Save the table as Parquet"),
    (b"\x89PNG", "a picture", "Give a table of numbers and names, or pictures as IDX"),
    (b"\xff\xd8\xff", "a picture", "Give a table of numbers and names, or pictures as IDX"),
    (b"GIF8", "a picture", "Give a table of numbers and names, or pictures as IDX"),
)


def file_kind(path: Path) -> FileKind:
    """Detect the format of a file.

    Raises:
        InputError: the format is not supported, or the file is compressed and damaged.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(ZIP) and _holds_arrays(path):
        return "npz"
    for magic, description, remedy in UNSUPPORTED:
        if start.startswith(magic):
            raise InputError(
                f"{path.name}: got binary data, {description}, expected a CSV, Parquet or IDX "
                f"file. {remedy}."
            )
    if start.startswith(PARQUET):
        return "parquet"
    if start.startswith(SQLITE):
        return "sqlite"
    if start[DUCKDB_PLACE:].startswith(DUCKDB):
        return "duckdb"
    content = next(read_decompressed(path), b"")
    if content.startswith(IDX):
        return "idx"
    return "json" if JSON.match(content) else "csv"


def _holds_arrays(path: Path) -> bool:
    """Return whether a zip archive is an npz file; a damaged one is by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except zipfile.BadZipFile:
        return path.suffix.lower() == ".npz"
