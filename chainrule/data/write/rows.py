"""Rows to a file or to a stream, in the format that the name of the file, or a person, says."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TextIO, get_args

from chainrule import durable
from chainrule.data.table import Column
from chainrule.data.write.csv_text import as_csv
from chainrule.data.write.json_text import as_json, as_json_lines
from chainrule.data.write.parquet_file import write_parquet
from chainrule.errors import InputError

Format = Literal["csv", "json", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
GZIP_SUFFIX = ".gz"

# Rows come in parts, each with the same columns, so that a part at a time is in memory.
Parts = Iterable[Sequence[Column]]

TEXTS: dict[Format, Callable[[Parts], Iterator[str]]] = {
    "csv": as_csv,
    "json": as_json,
    "jsonl": as_json_lines,
}


def format_of(path: Path, said: Format | None = None) -> Format:
    """The format of a file to write: what a person said, or else what its name ends in.

    Raises:
        InputError: the name ends in none that is known, or Parquet would be packed once more.

    >>> format_of(Path("predicted.csv.gz"))
    'csv'
    """
    packed = path.suffix == GZIP_SUFFIX
    ending = (path.with_suffix("") if packed else path).suffix
    format = said or next((known for known in FORMATS if ending.lower() == f".{known}"), None)
    if format is None:
        raise InputError(
            f"{path}: got a file whose name ends in '{ending}', expected one to write that ends in "
            f"{', '.join(f'.{known}' for known in FORMATS)}, or in {GZIP_SUFFIX} behind it. Name "
            "it so, or say --format csv."
        )
    if packed and format == "parquet":
        raise InputError(
            f"{path}: got Parquet to be packed by gzip, expected one of them, as Parquet is packed "
            f"already. Leave {GZIP_SUFFIX} out."
        )
    return format


def check_streamed(format: Format) -> None:
    """Refuse a format that can't be written line by line.

    Raises:
        InputError: it is Parquet.
    """
    if format not in TEXTS:
        raise InputError(
            "--format: got parquet for the standard output, expected it for a file, as its end "
            "tells what is where. Name one, such as --out predicted.parquet."
        )


def write_file(parts: Parts, path: Path, format: Format) -> None:
    """Write rows into a file, whole or not at all; packed by gzip where its name ends in .gz.

    The same rows give the same bytes: no time is written into what is packed.
    """

    def write(beside: Path) -> None:
        if format == "parquet":
            write_parquet(parts, beside)
            return
        with beside.open("wb") as plain:
            if path.suffix != GZIP_SUFFIX:
                plain.writelines(text.encode() for text in TEXTS[format](parts))
                return
            with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                packed.writelines(text.encode() for text in TEXTS[format](parts))

    durable.write_with(path, write)


def write_to(stream: TextIO, parts: Parts, format: Format) -> None:
    """Write rows to a stream, part by part, in a format of text."""
    for text in TEXTS[format](parts):
        stream.write(text)
        stream.flush()
