"""Rows written to a file or stream, in the format of the file's name or the user's choice."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TextIO, get_args

from chainrule import durable
from chainrule.data.table import Column
from chainrule.data.write.csv_text import as_csv
from chainrule.data.write.json_text import as_json, as_json_lines
from chainrule.data.write.parquet_file import write_parquet
from chainrule.errors import InputError, unknown_name

Format = Literal["csv", "json", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
GZIP_SUFFIX = ".gz"

# Rows come in chunks with the same columns, of which one at a time is in memory.
Chunks = Iterable[Sequence[Column]]

TEXT_FORMATS: dict[Format, Callable[[Chunks], Iterator[str]]] = {
    "csv": as_csv,
    "json": as_json,
    "jsonl": as_json_lines,
}


def parse_format(name: str) -> Format:
    """Return the format of that name.

    Raises:
        InputError: there is no such format.
    """
    for known in FORMATS:
        if name == known:
            return known
    raise unknown_name("format", name, FORMATS)


def format_of(path: Path, chosen: Format | None = None) -> Format:
    """Return the format of a file to write: the user's choice, or that of its suffix.

    Raises:
        InputError: the suffix is unknown, or a Parquet file would be compressed by gzip.

    >>> format_of(Path("predicted.csv.gz"))
    'csv'
    """
    compressed = path.suffix == GZIP_SUFFIX
    suffix = (path.with_suffix("") if compressed else path).suffix
    format = chosen or next((known for known in FORMATS if suffix.lower() == f".{known}"), None)
    if format is None:
        raise InputError(
            f"{path}: got a file whose name ends in '{suffix}', expected one to write that ends in "
            f"{', '.join(f'.{known}' for known in FORMATS)}, or in {GZIP_SUFFIX} after it. Rename "
            "it, or use --format csv."
        )
    if compressed and format == "parquet":
        raise InputError(
            f"{path}: got Parquet to be packed by gzip, expected one of them, as Parquet is packed "
            f"already. Leave {GZIP_SUFFIX} out."
        )
    return format


def check_streamed(format: Format) -> None:
    """Check that a format can be written line by line.

    Raises:
        InputError: it is Parquet.
    """
    if format not in TEXT_FORMATS:
        raise InputError(
            "--format: got parquet for the standard output, expected it for a file, as its index "
            "is at the end. Name one, such as --out predicted.parquet."
        )


def write_file(chunks: Chunks, path: Path, format: Format) -> None:
    """Write rows to a file atomically, compressed by gzip if its name ends in .gz.

    The same rows give the same bytes, as the gzip header has no time.
    """

    def write(temporary: Path) -> None:
        if format == "parquet":
            write_parquet(chunks, temporary)
            return
        with temporary.open("wb") as file:
            if path.suffix != GZIP_SUFFIX:
                file.writelines(text.encode() for text in TEXT_FORMATS[format](chunks))
                return
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as compressed:
                compressed.writelines(text.encode() for text in TEXT_FORMATS[format](chunks))

    durable.write_with(path, write)


def write_to(stream: TextIO, chunks: Chunks, format: Format) -> None:
    """Write rows to a stream, chunk by chunk, in a text format."""
    for text in TEXT_FORMATS[format](chunks):
        stream.write(text)
        stream.flush()
