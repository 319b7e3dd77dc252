"""Tables that name files of pictures, such as a CSV of paths and labels."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.pictures.files import PictureFiles, read_files
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, Table
from chainrule.decoding import SUFFIXES
from chainrule.errors import InputError

MAX_FILES_CHECKED = 20  # to decide whether a column names existing files


def read_picture_table(table: Table, folder: Path, options: ReadOptions) -> Images | Table:
    """Read the pictures whose files a table names; return the table itself if it names none.

    A column names pictures if all its values have a suffix of pictures, and one of the first 20
    files exists. If the table has no target and one other column without missing values, that is
    the target.
    Args:
        table: as it was read.
        folder: of the table, to which paths are relative.
        options: how pictures are read; they may name the column.
    Raises:
        InputError: the column does not exist, or several do; no file exists; or `read_files`
            fails.
    """
    column = _path_column(table, folder, options)
    if column is None:
        return replace(table, notes=(*table.notes, *_notes_on_mixed_columns(table, folder)))
    others = [other for other in table.columns if other is not column]
    target, notes = table.target, list(table.notes)
    if target is None and len(others) == 1 and not others[0].missing.any():
        target, others = others[0], []
        notes.append(
            f"{table.source}: the target is '{target.name}', the only column except '{column.name}'"
        )
    if others:
        names = [other.name for other in others]
        verb = "is" if len(names) == 1 else "are"
        notes.append(
            f"{table.source}: {pluralised(len(names), 'column')} {verb} not used, as only the "
            f"pictures are: {quoted_list(names, most=5)}"
        )
    named = np.flatnonzero(~column.missing)
    if len(named) < len(column):
        rows = pluralised(len(column) - len(named), "row")
        notes.append(f"{table.source}: {rows} without a picture in '{column.name}' left out")
    if not len(named):
        raise InputError(
            f"{table.source}, column '{column.name}': got no value in any row, expected the paths "
            "of pictures. Fill them in, or name another column with --path-column."
        )
    texts = [str(text) for text in column.categories()[named]]
    return read_files(
        PictureFiles(
            table.source,
            [_path(folder, text) for text in texts],
            texts,
            None if target is None else target.take(named),
            notes,
        ),
        options,
    )


def _path_column(table: Table, folder: Path, options: ReadOptions) -> Column | None:
    if options.path_column is not None:
        return table.column(options.path_column)
    columns = [column for column in table.columns if _names_pictures(column)]
    existing = [column for column in columns if _any_exists(column, folder)]
    if len(existing) > 1:
        names = [column.name for column in existing]
        raise InputError(
            f"{table.source}: got pictures in the columns {quoted_list(names)}, expected one such "
            f"column. Name the one to learn from: --path-column {shlex.quote(names[0])}."
        )
    if columns and not existing and len(columns) == len(table.columns):
        raise InputError(
            f"{table.source}, column '{columns[0].name}': got '{_texts(columns[0])[0]}', but there "
            f"is no such file in {folder}; expected paths that begin at the folder of the table. "
            "Move the table, or correct the paths."
        )
    return existing[0] if existing else None


def _notes_on_mixed_columns(table: Table, folder: Path) -> Iterator[str]:
    """Yield a note on each column of which most values name pictures, and others do not."""
    for column in table.columns:
        texts = _texts(column) if column.kind == "category" else []
        others = [text for text in texts if not _has_suffix(text)]
        if len(others) < len(texts) / 2 and _any_exists(column, folder):
            yield (
                f"{table.source}, column '{column.name}': {len(texts) - len(others):,} of "
                f"{pluralised(len(texts), 'value')} name pictures, but not '{others[0]}': it is "
                "taken as text; to learn from the pictures, name it: "
                f"--path-column {shlex.quote(column.name)}"
            )


def _names_pictures(column: Column) -> bool:
    texts = _texts(column) if column.kind == "category" else []
    return bool(texts) and all(map(_has_suffix, texts))


def _has_suffix(text: str) -> bool:
    return os.path.splitext(text)[1].lower() in SUFFIXES


def _any_exists(column: Column, folder: Path) -> bool:
    return any(os.path.isfile(_path(folder, text)) for text in _texts(column)[:MAX_FILES_CHECKED])


def _texts(column: Column) -> Sequence[str]:
    return [text for text in column.values if text is not None]


def _path(folder: Path, text: str) -> str:
    """Return the path of a picture; tables written on Windows have backslashes."""
    path = os.path.join(folder, text)
    return path if os.path.exists(path) else os.path.join(folder, text.replace("\\", "/"))
