"""The files that a path or a pattern of paths names, each found to be one that can be read."""

import errno
import glob
import os
from pathlib import Path

from chainrule.data.formatting import quoted_list
from chainrule.errors import InputError, nearest


def resolve_paths(given: str | Path) -> list[Path]:
    """The files of a path, or of a pattern such as ``sales-*.csv``, sorted by name.

    A path that exists is itself, whatever signs are in its name.
    Raises:
        InputError: there is no such file, or it is empty, or may not be read.
    """
    path = Path(given)
    if glob.has_magic(str(given)) and not os.path.lexists(path):
        matches = [Path(match) for match in sorted(glob.glob(str(given), recursive=True))]
        files = [match for match in matches if not match.is_dir()]
        if not files:
            raise InputError(
                f"{given}: got a pattern that no file matches, expected one or more files. "
                f"{_beside(path)}"
            )
        for file in files:
            check_file(file)
        return files
    check_file(path)
    return [path]


def name_of(files: list[Path]) -> str:
    """What messages call the files together.

    >>> name_of([Path("data/may.csv")]), name_of([Path("may.csv"), Path("june.csv")])
    ('may.csv', 'may.csv and 1 more')
    """
    return files[0].name if len(files) == 1 else f"{files[0].name} and {len(files) - 1:,} more"


def each_name(files: list[Path]) -> list[str]:
    """What messages call each of the files: one alone by its name, several by their paths."""
    return [files[0].name] if len(files) == 1 else [str(file) for file in files]


def same_columns(columns: dict[str, list[str]]) -> None:
    """Refuse files that differ in their columns; the order does not count.

    Args:
        columns: of each file by its name.
    Raises:
        InputError: with the first file that has others than the first one.
    """
    (first, expected), *others = columns.items()
    for name, names in others:
        lacking = [column for column in expected if column not in names]
        further = [column for column in names if column not in expected]
        if lacking or further:
            got = [f"no column {quoted_list(lacking)}"] if lacking else []
            got += [f"a column {quoted_list(further)} of its own"] if further else []
            raise InputError(
                f"{name}: got {' and '.join(got)}, expected the columns of {first}: "
                f"{quoted_list(expected)}. Give the files the same columns, or give fewer files."
            )


def check_file(path: Path) -> None:
    """Refuse what is no file with something in it, and say what may have been meant.

    Raises:
        InputError: with what is there instead.
    """
    if os.path.isdir(path):
        files = _files_in(path)
        holds = f"Give one of its files: {quoted_list(files)}." if files else "It holds no files."
        raise InputError(f"{path}: got a folder, expected a file. {holds}")
    try:
        path.stat()
    except PermissionError as error:
        raise _may_not_be_read(path) from error
    except (OSError, ValueError) as error:
        raise _not_there(path, error) from error
    if not path.is_file():
        raise InputError(
            f"{path}: got a device or a pipe, expected a file. Write what comes from it to a file."
        )
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except PermissionError as error:
        raise _may_not_be_read(path) from error
    if empty:
        raise InputError(
            f"{path.name}: got an empty file, expected a table or pictures. Give another file."
        )


def _not_there(path: Path, error: OSError | ValueError) -> InputError:
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return InputError(
            f"{path}: got a link that leads back to itself, expected a file. "
            "Make the link anew, or give the file that it should lead to."
        )
    if os.path.islink(path):
        return InputError(
            f"{path}: got a link to {os.readlink(path)}, which is not there, expected a file. "
            "Make the link anew, or give the file itself."
        )
    if not os.path.isdir(path.parent):
        return InputError(
            f"{path}: got a path into a folder that does not exist, expected a file. "
            f"Check the folder {path.parent}."
        )
    return InputError(f"{path}: got no such file, expected a file. {_beside(path)}")


def _beside(path: Path) -> str:
    """What else is in the folder of a path, the most similar name first."""
    if not os.path.isdir(path.parent):
        return f"There is no folder {path.parent}."
    files = _files_in(path.parent)
    near = nearest(path.name, files)
    question = f"Did you mean '{near}'? " if near else ""
    return question + (
        f"The folder's files are: {quoted_list(files)}." if files else "The folder is empty."
    )


def _files_in(folder: Path) -> list[str]:
    try:
        return sorted(inside.name for inside in folder.iterdir() if os.path.isfile(inside))
    except PermissionError:
        return []


def _may_not_be_read(path: Path) -> InputError:
    return InputError(
        f"{path}: got a file that may not be read, expected one with reading allowed. "
        "Change its permissions, or give another file."
    )
