"""A folder of pictures: one folder a class, or pictures without classes."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.pictures.files import PictureFiles, read_files
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.decoding import SUFFIXES
from chainrule.errors import InputError

# A file by the names of the folders that lead to it, the first of them within the given one.
Parts = tuple[str, ...]

PARTS_OF_A_SPLIT = frozenset(
    ("train", "training", "val", "valid", "validation", "test", "testing", "eval")
)


def folder_holds_pictures(folder: Path) -> bool:
    """Whether a folder is meant as pictures: some are in it, or nothing but other folders."""
    entries = _entries(folder)
    only_folders = bool(entries) and all(os.path.isdir(entry.path) for entry in entries)
    return only_folders or any(_is_picture(file[-1]) for file in _files(folder))


def read_folder(folder: Path, options: ReadOptions) -> Images:
    """The pictures in a folder; the class of each is the folder within `folder` in which it lies.

    A class may have folders of its own. Without such folders the pictures have no target. Names
    that begin with a point are hidden, and files that do not end like pictures are no pictures.
    Args:
        folder: its path.
        options: how they are read.
    Raises:
        InputError: the options name a target, but the class of a picture is the folder in which it
            lies; what is in there can't be understood, as there are a folder without a picture,
            pictures beside the classes, a link that leads around in a circle, or two classes that
            differ in the case of their letters alone; or `read_files` refuses the pictures.
    """
    if options.target is not None:
        raise InputError(
            f"{folder}: got the target '{options.target}', but the class of a picture is the "
            "folder in which it lies; expected no target. Leave --target out."
        )
    source = folder.resolve().name or str(folder)
    found = sorted(_files(folder))
    pictures = [file for file in found if _is_picture(file[-1])]
    others = [file for file in found if not _is_picture(file[-1])]
    if not pictures:
        raise InputError(
            f"{folder}: got no pictures{_such_as(others)}, expected files that end in "
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


def printable(name: str) -> str:
    """A name of a file as it can be printed: bytes that are no UTF-8 as numbers.

    >>> print(printable("caf\\udce9.jpg"))
    caf\\xe9.jpg
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _files(folder: Path) -> Iterator[Parts]:
    """Every file that is not hidden, links followed.

    Raises:
        InputError: a folder is reached in two ways, as happens where a link leads back, or can't be
            opened.
    """
    reached: dict[tuple[int, int], str] = {}
    waiting: list[Parts] = [()]
    while waiting:
        parts = waiting.pop()
        path = os.path.join(folder, *parts)
        status = os.stat(path)
        earlier = reached.setdefault((status.st_dev, status.st_ino), path)
        if earlier != path:
            raise InputError(
                f"{printable(path)}: got a link to {printable(earlier)}, which is read as well, "
                "expected each folder once. Delete the link."
            )
        for entry in _entries(path):
            if os.path.isdir(entry.path):
                waiting.append((*parts, entry.name))
            else:
                yield (*parts, entry.name)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """What is in a folder and not hidden."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except PermissionError as error:
        raise InputError(
            f"{printable(str(folder))}: got a folder that may not be read, expected one with "
            "reading allowed. Change its permissions, or move it away."
        ) from error


def _classes(folder: Path, pictures: Sequence[Parts]) -> list[str]:
    """The names of the folders that are classes; refuse folders that can't be meant as such."""
    names = sorted(entry.name for entry in _entries(folder) if os.path.isdir(entry.path))
    if names and all(name.lower() in PARTS_OF_A_SPLIT for name in names):
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
    beside = [file[0] for file in pictures if len(file) == 1]
    if names and beside:
        raise InputError(
            f"{folder}: got {pluralised(len(beside), 'picture')} ({quoted_list(beside, most=3)}) "
            f"beside the classes {quoted_list(names, most=5)}, expected every picture in the "
            "folder of its class. Move them, or delete them."
        )
    return names


def _check_names(folder: Path, names: Sequence[str]) -> None:
    """Refuse names of classes that can't be printed, or told apart."""
    for name in names:
        if printable(name) != name:
            raise InputError(
                f"{folder}: got the class '{printable(name)}', whose name is no UTF-8, expected "
                "names that can be printed. Rename the folder."
            )
    alike: dict[str, str] = {}
    for name in names:
        other = alike.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            raise InputError(
                f"{folder}: got the classes '{other}' and '{name}', which read alike, expected "
                "names that differ in more than case or spelling of accents. Rename one folder, "
                "or put the pictures of both into one."
            )


def _note_on_others(source: str, others: Sequence[Parts]) -> str:
    count = pluralised(len(others), "file")
    return f"{source}: {count} left out, with names that end unlike pictures{_such_as(others)}"


def _such_as(files: Sequence[Parts]) -> str:
    if not files:
        return ""
    suffixes = Counter(os.path.splitext(file[-1])[1].lower() for file in files)
    kinds = [
        f"{count:,} {suffix or 'without a suffix'}" for suffix, count in suffixes.most_common(5)
    ]
    return f" ({', '.join(map(printable, kinds))})"


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES
