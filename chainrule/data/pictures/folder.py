"""Folders of pictures, with a subfolder for each class, or without classes."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised, printable, quoted_list
from chainrule.data.pictures.files import PictureFiles, read_files
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.decoding import SUFFIXES
from chainrule.errors import InputError

# The parts of a path below the folder.
Parts = tuple[str, ...]

NAMES_OF_PARTS = frozenset(
    ("train", "training", "val", "valid", "validation", "test", "testing", "eval")
)


def folder_holds_pictures(folder: Path) -> bool:
    """Return whether a folder has files of pictures, or has only subfolders."""
    entries = _entries(folder)
    only_folders = bool(entries) and all(os.path.isdir(entry.path) for entry in entries)
    return only_folders or any(_is_picture(file[-1]) for file in _files(folder))


def read_folder(folder: Path, options: ReadOptions) -> Images:
    """Read the pictures in a folder, each with the name of its subfolder as class.

    Subfolders may have subfolders. Without subfolders the pictures have no target. Hidden files and
    files without a suffix of pictures are ignored.
    Args:
        folder: the path of the folder.
        options: how pictures are read.
    Raises:
        InputError: the options name a target; a class has no picture; a picture is outside the
            classes; a link is circular; two classes differ only in case; or `read_files` fails.
    """
    if options.target is not None:
        raise InputError(
            f"{folder}: got the target '{options.target}', but the class of a picture is the "
            "folder in which it lies; expected no target. Leave --target out."
        )
    source = folder.resolve().name or str(folder)
    files = sorted(_files(folder))
    pictures = [file for file in files if _is_picture(file[-1])]
    others = [file for file in files if not _is_picture(file[-1])]
    if not pictures:
        raise InputError(
            f"{folder}: got no pictures{_suffixes(others)}, expected files that end in "
            f"{', '.join(sorted(SUFFIXES))}. Give a folder that has a folder of pictures for each "
            "class."
        )
    classes = _classes(folder, pictures)
    column = None
    if classes:
        labels = np.array([unicodedata.normalize("NFC", file[0]) for file in pictures], np.object_)
        column = Column("class", labels)
    notes = [_note_on_others(source, others)] if others else []
    if not classes:
        notes.append(f"{source}: there are no folders of classes, so no target")
    return read_files(
        PictureFiles(
            source,
            [os.path.join(folder, *file) for file in pictures],
            [printable("/".join(file)) for file in pictures],
            column,
            notes,
        ),
        options,
    )


def _files(folder: Path) -> Iterator[Parts]:
    """Yield every file that is not hidden, following links.

    Raises:
        InputError: a folder is reached twice, as by a circular link, or can't be opened.
    """
    visited: dict[tuple[int, int], str] = {}
    waiting: list[Parts] = [()]
    while waiting:
        parts = waiting.pop()
        path = os.path.join(folder, *parts)
        status = os.stat(path)
        earlier = visited.setdefault((status.st_dev, status.st_ino), path)
        if earlier != path:
            raise InputError(
                f"{printable(path)}: got a link to {printable(earlier)}, which is read already, "
                "expected each folder once. Delete the link."
            )
        for entry in _entries(path):
            if os.path.isdir(entry.path):
                waiting.append((*parts, entry.name))
            else:
                yield (*parts, entry.name)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """Return the entries of a folder that are not hidden."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except PermissionError as error:
        raise InputError(
            f"{printable(str(folder))}: got a folder that may not be read, expected one with "
            "reading allowed. Change its permissions, or move it away."
        ) from error


def _classes(folder: Path, pictures: Sequence[Parts]) -> list[str]:
    """Return the names of the subfolders that are classes, after checking them."""
    names = sorted(entry.name for entry in _entries(folder) if os.path.isdir(entry.path))
    if names and all(name.lower() in NAMES_OF_PARTS for name in names):
        raise InputError(
            f"{folder}: got the folders {quoted_list(names)}, expected a folder for each class. "
            f"Give one of them, such as {folder / max(names)}, and another as --test-data."
        )
    _check_names(folder, names)
    sizes = Counter(file[0] for file in pictures if len(file) > 1)
    if empty := [name for name in names if not sizes[name]]:
        raise InputError(
            f"{folder}: got no picture in the class {quoted_list(empty)}, expected some in each. "
            "Put pictures into it, or move the folder away."
        )
    outside = [file[0] for file in pictures if len(file) == 1]
    if names and outside:
        raise InputError(
            f"{folder}: got {pluralised(len(outside), 'picture')} ({quoted_list(outside, most=3)}) "
            f"outside the classes {quoted_list(names, most=5)}, expected every picture in the "
            "folder of its class. Move them, or delete them."
        )
    return names


def _check_names(folder: Path, names: Sequence[str]) -> None:
    """Check that the names of classes can be printed and are distinct."""
    for name in names:
        if printable(name) != name:
            raise InputError(
                f"{folder}: got the class '{printable(name)}', whose name is no UTF-8, expected "
                "names that can be printed. Rename the folder."
            )
    normalised: dict[str, str] = {}
    for name in names:
        other = normalised.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            raise InputError(
                f"{folder}: got the classes '{other}' and '{name}', which look equal, expected "
                "names that differ in more than case or spelling of accents. Rename one folder, "
                "or put the pictures of both into one."
            )


def _note_on_others(source: str, others: Sequence[Parts]) -> str:
    count = pluralised(len(others), "file")
    return f"{source}: {count} left out, with other suffixes than pictures{_suffixes(others)}"


def _suffixes(files: Sequence[Parts]) -> str:
    if not files:
        return ""
    suffixes = Counter(os.path.splitext(file[-1])[1].lower() for file in files)
    kinds = [
        f"{count:,} {suffix or 'without a suffix'}" for suffix, count in suffixes.most_common(5)
    ]
    return f" ({', '.join(map(printable, kinds))})"


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES
