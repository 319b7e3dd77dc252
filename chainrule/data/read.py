"""Read a person's file, a table as CSV or Parquet or pictures as IDX: the content decides."""

from collections.abc import Sequence
from pathlib import Path

from chainrule.data.csv_file import read_csv
from chainrule.data.dataset import Dataset
from chainrule.data.idx import read_idx_images
from chainrule.data.parquet_file import read_parquet
from chainrule.data.request import Request
from chainrule.data.spelling import listed
from chainrule.data.unpack import unpacked
from chainrule.errors import InputError, nearest

PARQUET_MAGIC = b"PAR1"
IDX_MAGIC = b"\0\0"


def read(
    path: str | Path,
    *,
    target: str | None = None,
    missing: Sequence[str] = (),
    categorical: Sequence[str] = (),
    columns: Sequence[str] | None = None,
) -> Dataset:
    """The data in a file, with its target set apart and its problems counted in notes.

    Args:
        path: of a CSV file (packed by gzip or not), a Parquet file, or an IDX file of pictures.
        target: the column to be learned; for pictures the path of the file of labels, by default
            the one that is named like it. Rows without a value of the target are left out.
        missing: spellings of a missing value, besides the usual ones (empty, ?, NA, n/a, ...).
        categorical: columns whose values are names even if they are written as numbers.
        columns: the only columns to learn from, as a fitted preparation needs them; others are
            ignored. By default all but the target.
    Raises:
        InputError: the file or what was asked of it cannot be used.
    """
    path = Path(path)
    _check_file(path)
    with path.open("rb") as file:
        start = file.read(4)
    if start == PARQUET_MAGIC:
        return read_parquet(path, Request(target, missing, categorical, columns))
    if next(unpacked(path), b"").startswith(IDX_MAGIC):
        if columns is None and (missing or categorical):
            raise InputError(
                f"{path.name}: got --missing or --categorical for a file of pictures, expected "
                "them for a table only. Leave them out."
            )
        if target is not None:
            _check_file(Path(target))
        return read_idx_images(path, None if target is None else Path(target))
    return read_csv(path, Request(target, missing, categorical, columns))


def _check_file(path: Path) -> None:
    """Refuse what is no file with something in it, and say what may have been meant."""
    if path.is_dir():
        files = sorted(inside.name for inside in path.iterdir() if inside.is_file())
        holds = f"Give one of its files: {listed(files)}." if files else "It holds no files."
        raise InputError(f"{path}: got a folder, expected a file. {holds}")
    if not path.parent.is_dir():
        raise InputError(
            f"{path}: got a path into a folder that does not exist, expected a file. "
            f"Check the folder {path.parent}."
        )
    if not path.is_file():
        files = sorted(beside.name for beside in path.parent.iterdir() if beside.is_file())
        near = nearest(path.name, files)
        question = f"Did you mean '{near}'? " if near else ""
        beside = f"The folder's files are: {listed(files)}." if files else "The folder is empty."
        raise InputError(f"{path}: got no such file, expected a file. {question}{beside}")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except PermissionError as error:
        raise InputError(
            f"{path}: got a file that may not be read, expected one with reading allowed. "
            "Change its permissions, or give another file."
        ) from error
    if empty:
        raise InputError(
            f"{path.name}: got an empty file, expected a table or pictures. Give another file."
        )
