"""Detection of the format of a file by its content, not its name."""

import re
import zipfile
from pathlib import Path
from typing import Literal

from chainrule.data.decompress import read_decompressed
from chainrule.errors import InputError

FileKind = Literal["csv", "json", "parquet", "idx", "npz", "duckdb", "sqlite"]

PARQUET, ZIP = b"PAR1", b"PK\x03\x04"
# Two zero bytes, the type of the values, and the number of dimensions.
IDX = re.compile(rb"\0\0[\x08\x09\x0b-\x0e][\x01-\x7f]")
SQLITE = b"SQLite format 3\0"
DUCKDB, DUCKDB_PLACE = b"DUCK", 8
# The start of an object, alone or as the first element of an array.
JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*["}]')

# Unsupported formats that users try: the first bytes, description, and remedy.
_TO_CSV = "Save the sheet as 'CSV UTF-8'"
_PICTURE = rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|RIFF.{4}WEBP|BM.{4}\0{4}"
UNSUPPORTED = tuple(
    (re.compile(start, re.DOTALL), description, remedy)
    for start, description, remedy in (
        (re.escape(ZIP), "an Excel workbook or another ZIP archive", f"{_TO_CSV}, or unpack it"),
        (rb"\xd0\xcf\x11\xe0", "an old Excel workbook", _TO_CSV),
        (rb"%PDF", "a PDF document", "Export its table as CSV"),
        (rb"ARROW1", "an Arrow or Feather file", "Save the table as Parquet"),
        (rb"\x89HDF", "an HDF5 file", "Save the table as Parquet"),
        (rb"\x80[\x04\x05]", "a pickle, which can run any program,", "Save the table as Parquet"),
        (_PICTURE, "a picture", "Give the folder in which it lies, or a table that names pictures"),
    )
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
    for pattern, description, remedy in UNSUPPORTED:
        if pattern.match(start):
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
    if IDX.match(content):
        return "idx"
    if content and not content.strip(b"\0"):
        raise InputError(
            f"{path.name}: got zero bytes only, as a copy that broke off leaves them, expected a "
            "CSV, Parquet or IDX file. Fetch the file again."
        )
    return "json" if JSON.match(content) else "csv"


def _holds_arrays(path: Path) -> bool:
    """Return whether a zip archive is an npz file; a damaged one is by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except zipfile.BadZipFile:
        return path.suffix.lower() == ".npz"
