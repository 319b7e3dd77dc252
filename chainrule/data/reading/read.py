"""Reading of files, databases and data frames; content decides the format of a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from chainrule.data.dataset import Dataset, Images
from chainrule.data.pictures import (
    folder_holds_pictures,
    read_folder,
    read_npz,
    read_picture_table,
)
from chainrule.data.pictures.idx import read_idx_images
from chainrule.data.read_options import ReadKwargs, ReadOptions
from chainrule.data.reading.data_frame import read_frame
from chainrule.data.reading.databases.duckdb import read_duckdb
from chainrule.data.reading.databases.postgresql import is_server, read_postgresql
from chainrule.data.reading.databases.sqlite import read_sqlite
from chainrule.data.reading.file_format import FileKind, file_kind
from chainrule.data.reading.file_patterns import check_file, file_names, resolve_paths
from chainrule.data.reading.parquet import read_parquet
from chainrule.data.reading.select_columns import refuse_options
from chainrule.data.reading.text.csv import read_csv
from chainrule.data.reading.text.json_lines import read_json
from chainrule.data.reading.workbook import read_workbook
from chainrule.errors import InputError
from chainrule.options import validate


def read(data: str | Path | Any, **options: Unpack[ReadKwargs]) -> Dataset:
    """Read a file, a database or a data frame; notes count its problems.

    Args:
        data: a path: of a table as CSV, JSON lines, Parquet or a workbook, whose rows may name
            files of pictures; of pictures as a folder that has a folder for each class, as IDX or
            as npz; or of a database of DuckDB or SQLite; or a pattern of the paths of several
            tables of the same columns. Text and IDX may be packed by gzip, zstd, bzip2 or xz. Or
            the URL of a PostgreSQL server, or a data frame of pandas, Polars or Arrow.
        options: the fields of `ReadOptions`, such as target="price", missing=["unknown"],
            role={"postcode": "category"} or decimal=",". Rows without a value of the target are
            left out.
    Raises:
        InputError: the data can't be read, or an option is invalid or not supported by this source.
    """
    return read_dataset(data, validate(ReadOptions, options))


def read_dataset(
    data: str | Path | Any,
    options: ReadOptions,
    *,
    explicit: ReadOptions | None = None,
) -> Dataset:
    """Read data with a record of options; otherwise as `read`.

    Args:
        data: as for `read`.
        options: the options to read with.
        explicit: the options that the user set for this data, by default all of them. One that the
            source does not support is an error; if it is stored in a model only, it is ignored.
    """
    explicit = explicit or options
    if not isinstance(data, str | Path):
        refuse_options(explicit, "a data frame", ["query"])
        refuse_options(explicit, "a data frame", (*OF_TEXT, "keep"))
        refuse_options(explicit, "a data frame", OF_PICTURE_FILES)
        return read_frame(data, options)
    if is_server(str(data)):
        refuse_options(explicit, "a database", OF_TEXT)
        refuse_options(explicit, "a database", OF_PICTURE_FILES)
        return read_postgresql(str(data), options)
    if os.path.isdir(data) and folder_holds_pictures(Path(data)):
        for names in (OF_TABLES, ("query",), OF_TEXT, ("path_column", "keep")):
            refuse_options(explicit, "a folder of pictures", names)
        return read_folder(Path(data), options)
    files = resolve_paths(data)
    reader = choose_reader(files, explicit)
    if reader.single and len(files) > 1:
        raise InputError(
            f"{data}: got a pattern that {len(files):,} files match, each {reader.description}, "
            "expected a single one. Give its path."
        )
    dataset = reader.read(files, options)
    if isinstance(dataset, Images):
        for names in (OF_TABLES, ("path_column", "keep"), OF_PICTURE_FILES):
            refuse_options(explicit, reader.description, names)
        return dataset
    if options.columns is not None:
        return dataset  # a model of tables does not read files of pictures
    read_as = read_picture_table(dataset, files[0].parent, options)
    if not isinstance(read_as, Images):
        refuse_options(explicit, "a table that names no pictures", OF_PICTURE_FILES)
    return read_as


def choose_reader(files: list[Path], explicit: ReadOptions) -> Reader:
    """Return the reader of the common format of the files.

    Raises:
        InputError: their formats differ, or the format does not support one of the options.
    """
    reader = READERS[_common_format(files)]
    for name in ("query", *OF_TEXT):
        if name not in reader.takes:
            refuse_options(explicit, reader.description, [name])
    return reader


OF_LAYOUT = ("header_row", "no_header", "skip_rows")
OF_TEXT: tuple[str, ...] = ("text_encoding", "delimiter", *OF_LAYOUT, "sheet")
OF_PICTURE_FILES: tuple[str, ...] = ("picture_size", "unreadable_share")
OF_TABLES: tuple[str, ...] = (
    "missing",
    "keep_missing",
    "categorical",
    "role",
    "date_form",
    "drop",
    "decimal",
)


@dataclass(frozen=True)
class Reader:
    """The reader of a file format.

    Attributes:
        description: name of a file of that format, for messages.
        read: reads files as a dataset.
        takes: supported options among query, text_encoding and delimiter.
        single: whether only a single file can be read.
    """

    description: str
    read: Callable[[list[Path], ReadOptions], Dataset]
    takes: tuple[str, ...] = ()
    single: bool = False


def _read_idx(files: list[Path], options: ReadOptions) -> Dataset:
    labels = None if options.target is None else Path(options.target)
    if labels is not None:
        check_file(labels)
    images = read_idx_images(files[0], labels)
    # The target is the file of labels of these pictures; other pictures have another one.
    return replace(images, read_options=_with_shape(options.updated(target=None), images))


def _read_npz(files: list[Path], options: ReadOptions) -> Dataset:
    images = read_npz(files[0], options.target)
    return replace(images, read_options=_with_shape(options, images))


def _with_shape(options: ReadOptions, images: Images) -> ReadOptions:
    return options.updated(picture_shape=images.pixels.shape[1:])


READERS: dict[FileKind, Reader] = {
    "csv": Reader("a CSV file", read_csv, ("text_encoding", "delimiter", "decimal", *OF_LAYOUT)),
    "workbook": Reader("a workbook", read_workbook, ("decimal", *OF_LAYOUT, "sheet"), single=True),
    "json": Reader("a JSON file", read_json, ("text_encoding",)),
    "parquet": Reader("a Parquet file", read_parquet),
    "duckdb": Reader("a DuckDB database", read_duckdb, ("query",), single=True),
    "sqlite": Reader("an SQLite database", read_sqlite, ("query",), single=True),
    "idx": Reader("a file of pictures", _read_idx, single=True),
    "npz": Reader("an npz file of pictures", _read_npz, single=True),
}


def _common_format(files: list[Path]) -> FileKind:
    """Return the common format of the files."""
    kind, *others = [file_kind(file) for file in files]
    for name, other in zip(file_names(files)[1:], others, strict=True):
        if other != kind:
            raise InputError(
                f"{name}: got {READERS[other].description} where {files[0]} is "
                f"{READERS[kind].description}, expected files of one kind. Convert it, or give "
                "fewer files."
            )
    return kind
