"""Paths and patterns of paths, resolved to readable files."""

import errno
import glob
import os
from pathlib import Path

from chainrule.data.formatting import is_utf8, printable, quoted_list
from chainrule.errors import InputError, check_type, nearest


def resolve_paths(pattern: str | Path) -> list[Path]:
    """Return the file of a path, or those of a pattern such as ``sales-*.csv``, sorted by name.

    An existing path is no pattern, whatever characters are in its name.
    Raises:
        InputError: the file does not exist, or it is empty or not readable.
    """
    check_type("read", "data", pattern, (str, os.PathLike), "a path, or a data frame")
    path = Path(pattern)
    if glob.has_magic(str(pattern)) and not os.path.lexists(path):
        matches = [Path(match) for match in sorted(glob.glob(str(pattern), recursive=True))]
        files = [match for match in matches if not match.is_dir()]
        if not files:
            raise InputError(
                f"{pattern}: got a pattern that no file matches, expected one or more files. "
                f"{_hint(path)}"
            )
        for file in files:
            check_file(file)
        return files
    check_file(path)
    return [path]


def source_name(files: list[Path]) -> str:
    """Return a name for all files together, for messages.

    >>> source_name([Path("data/may.csv")]), source_name([Path("may.csv"), Path("june.csv")])
    ('may.csv', 'may.csv and 1 more')
    """
    return files[0].name if len(files) == 1 else f"{files[0].name} and {len(files) - 1:,} more"


def file_names(files: list[Path]) -> list[str]:
    """Return the name of each file, for messages: the path if there are several files."""
    return [files[0].name] if len(files) == 1 else [str(file) for file in files]


def check_same_columns(columns: dict[str, list[str]]) -> None:
    """Check that all files have the same columns, in any order.

    Args:
        columns: of each file, by its name.
    Raises:
        InputError: a file has other columns than the first.
    """
    (first, expected), *others = columns.items()
    for name, names in others:
        missing = [column for column in expected if column not in names]
        additional = [column for column in names if column not in expected]
        if missing or additional:
            got = [f"no column {quoted_list(missing)}"] if missing else []
            got += [f"an additional column {quoted_list(additional)}"] if additional else []
            raise InputError(
                f"{name}: got {' and '.join(got)}, expected the columns of {first}: "
                f"{quoted_list(expected)}. Give the files the same columns, or give fewer files."
            )


def check_file(path: Path) -> None:
    """Check that a path is a readable file that is not empty.

    Raises:
        InputError: it is not, or its path is no UTF-8; similar files are suggested.
    """
    if not is_utf8(os.path.abspath(path)):
        raise InputError(
            f"{printable(str(path))}: got a path that is not UTF-8, expected one that is. Rename "
            "the file or its folder."
        )
    if os.path.isdir(path):
        files = _files_in(path)
        holds = f"Give one of its files: {quoted_list(files)}." if files else "It holds no files."
        raise InputError(f"{path}: got a folder, expected a file. {holds}")
    try:
        path.stat()
    except PermissionError as error:
        raise _not_readable(path) from error
    except (OSError, ValueError) as error:
        raise _not_found(path, error) from error
    if not path.is_file():
        raise InputError(
            f"{path}: got a device or a pipe, expected a file. Write what comes from it to a file."
        )
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except PermissionError as error:
        raise _not_readable(path) from error
    if empty:
        raise InputError(
            f"{path.name}: got an empty file, expected a table or pictures. Give another file."
        )


def _not_found(path: Path, error: OSError | ValueError) -> InputError:
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
    return InputError(f"{path}: got no such file, expected a file. {_hint(path)}")


def _hint(path: Path) -> str:
    """Return the most similar name in the folder of a path, and the files in it."""
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


def _not_readable(path: Path) -> InputError:
    return InputError(
        f"{path}: got a file that may not be read, expected one with reading allowed. "
        "Change its permissions, or give another file."
    )
