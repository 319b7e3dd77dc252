"""Read a person's data, whatever it is in: the content of a file decides, not its name."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainrule.data.dataset import Dataset
from chainrule.data.pictures import (
    UNREADABLE_SHARE,
    PictureWish,
    folder_holds_pictures,
    read_folder,
    read_listed,
    read_npz,
)
from chainrule.data.pictures.idx import read_idx_images
from chainrule.data.reading.data_frame import read_frame
from chainrule.data.reading.databases.duckdb import read_duckdb
from chainrule.data.reading.databases.postgresql import is_server, read_postgresql
from chainrule.data.reading.databases.sqlite import read_sqlite
from chainrule.data.reading.file_format import FileKind, kind_of
from chainrule.data.reading.file_patterns import check_file, each_name, resolve_paths
from chainrule.data.reading.parquet import read_parquet
from chainrule.data.reading.read_options import Decimal, Request
from chainrule.data.reading.text.csv import read_csv
from chainrule.data.reading.text.json_lines import read_json
from chainrule.data.table import Table
from chainrule.errors import InputError


def read(
    data: str | Path | Any,
    *,
    target: str | None = None,
    missing: Sequence[str] = (),
    categorical: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    query: str | None = None,
    text_encoding: str | None = None,
    decimal: Decimal | None = None,
    picture_size: int | None = None,
    picture_shape: tuple[int, ...] | None = None,
    unreadable_share: float = UNREADABLE_SHARE,
    path_column: str | None = None,
) -> Dataset:
    """The data in a file, a database or a data frame, with its problems counted in notes.

    Args:
        data: a path: of a table as CSV, JSON lines or Parquet, whose rows may name files of
            pictures; of pictures as a folder that has a folder for each class, as IDX or as npz;
            or of a database of DuckDB or SQLite; or a pattern of the paths of several tables of
            the same columns. Text and IDX may be packed by gzip, zstd, bzip2 or xz. Or the URL of
            a PostgreSQL server, or a data frame of pandas, Polars or Arrow.
        target: the column to be learned; for IDX the path of the file of labels, by default the
            one that is named like it; for npz the array of labels; for a folder nothing. Rows
            without a value of the target are left out.
        missing: spellings of a missing value, besides the usual ones (empty, ?, NA, n/a, ...).
        categorical: columns whose values are names even if they are written as numbers.
        columns: the only columns to learn from, as a fitted preparation needs them; others are
            ignored. By default all but the target.
        query: SQL that selects the rows, for a database only.
        text_encoding: of a text file, such as cp949; by default it is found out.
        decimal: the sign before the decimals of numbers in a text file; by default a point, or
            where semicolons stand between values a comma too.
        picture_size: length of the longer side, in pixels, that files of pictures get; by default
            what is usual in the set, but at most 64.
        picture_shape: (height, width) or (height, width, 3) that they get, as a fitted preparation
            needs it.
        unreadable_share: of the files of pictures that may be unreadable, 0 to 1.
        path_column: of a table, that names files of pictures, where it can't be found out.
    Raises:
        InputError: the data or what was asked of it cannot be used.
    """
    request = Request(target, missing, categorical, columns, query, text_encoding, decimal)
    wish = PictureWish(picture_size, picture_shape, unreadable_share, path_column)
    if not isinstance(data, str | Path):
        request.refuse("a data frame", ["query"])
        request.refuse("a data frame", OF_TEXT)
        return read_frame(data, request)
    if is_server(str(data)):
        request.refuse("a database", OF_TEXT)
        return read_postgresql(str(data), request)
    if os.path.isdir(data) and folder_holds_pictures(Path(data)):
        for options in (OF_TABLES, ["query"], OF_TEXT):
            request.refuse("a folder of pictures", options)
        wish.refuse_column("a folder of pictures")
        return read_folder(Path(data), wish, target)
    files = resolve_paths(data)
    reader = READERS[_kind_of_all(files)]
    for option in ("query", *OF_TEXT):
        if option not in reader.takes:
            request.refuse(reader.what, [option])
    if reader.single and len(files) > 1:
        raise InputError(
            f"{data}: got a pattern that {len(files):,} files match, each {reader.what}, expected "
            "a single one. Give its path."
        )
    dataset = reader.read(files, request)
    if isinstance(dataset, Table) and columns is not None:
        return dataset  # for a model that learned from a table
    if isinstance(dataset, Table):
        return read_listed(dataset, files[0].parent, wish)
    wish.refuse_column(reader.what)
    return dataset


OF_TEXT = ("text_encoding", "decimal")
OF_TABLES = ("missing", "categorical")


@dataclass(frozen=True)
class Reader:
    """How a kind of file is read.

    Attributes:
        what: one is in words.
        read: makes the dataset.
        takes: those of the options query, text_encoding and decimal that mean something.
        single: whether several such files can't be one dataset.
    """

    what: str
    read: Callable[[list[Path], Request], Dataset]
    takes: tuple[str, ...] = ()
    single: bool = False


def _read_idx(files: list[Path], request: Request) -> Dataset:
    if request.columns is None:  # with them a model's preparation speaks, and not a person
        request.refuse("a file of pictures", OF_TABLES)
    labels = None if request.target is None else Path(request.target)
    if labels is not None:
        check_file(labels)
    return read_idx_images(files[0], labels)


def _read_npz(files: list[Path], request: Request) -> Dataset:
    if request.columns is None:
        request.refuse("a file of pictures", OF_TABLES)
    return read_npz(files[0], request.target)


READERS: dict[FileKind, Reader] = {
    "csv": Reader("a CSV file", read_csv, OF_TEXT),
    "json": Reader("a JSON file", read_json, ("text_encoding",)),
    "parquet": Reader("a Parquet file", read_parquet),
    "duckdb": Reader("a DuckDB database", read_duckdb, ("query",), single=True),
    "sqlite": Reader("an SQLite database", read_sqlite, ("query",), single=True),
    "idx": Reader("a file of pictures", _read_idx, single=True),
    "npz": Reader("an npz file of pictures", _read_npz, single=True),
}


def _kind_of_all(files: list[Path]) -> FileKind:
    """The one kind that all the files are of."""
    kind, *others = [kind_of(file) for file in files]
    for name, other in zip(each_name(files)[1:], others, strict=True):
        if other != kind:
            raise InputError(
                f"{name}: got {READERS[other].what} where {files[0]} is {READERS[kind].what}, "
                "expected files of one kind. Convert it, or give fewer files."
            )
    return kind
