"""Folders of pictures, with a subfolder for each class, or without classes."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised, printable, quoted_list
from chainrule.data.pictures.files import PictureFiles, read_files
from chainrule.data.pictures.left_behind import Parts, find_thumbnails, is_left_behind
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.decoding import SUFFIXES
from chainrule.errors import InputError

NAMES_OF_PARTS = frozenset(
    ("train", "training", "val", "valid", "validation", "test", "testing", "eval")
)


def folder_holds_pictures(folder: Path) -> bool:
    """Return whether a folder has files of pictures, or has only subfolders."""
    entries = [entry for entry in _entries(folder) if not is_left_behind(entry.name)]
    only_folders = bool(entries) and all(os.path.isdir(entry.path) for entry in entries)
    return only_folders or any(_is_picture(file[-1]) for file in _files(folder, []))


def read_folder(folder: Path, options: ReadOptions) -> Images:
    """Read the pictures in a folder, each with the name of its subfolder as class.

    Subfolders may have subfolders. Without subfolders the pictures have no target. Files and
    folders that are hidden or that programs leave behind, thumbnails of pictures that are there,
    and files without a suffix of pictures are left out, with notes.
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
    left_behind: list[Parts] = []
    files = sorted(_files(folder, left_behind))
    with_suffix = [file for file in files if _is_picture(file[-1])]
    others = [file for file in files if not _is_picture(file[-1])]
    if not with_suffix:
        raise InputError(
            f"{folder}: got no pictures{_suffixes(others)}, expected files that end in "
            f"{', '.join(sorted(SUFFIXES))}. Give a folder that has a folder of pictures for each "
            "class."
        )
    thumbnails = find_thumbnails(folder, with_suffix)
    pictures = [file for file in with_suffix if file not in thumbnails]
    classes = _classes(folder, pictures, thumbnails)
    column = None
    if classes:
        labels = np.array([unicodedata.normalize("NFC", file[0]) for file in pictures], np.object_)
        column = Column("class", labels)
    notes = [
        _note_on_left_behind(left_behind),
        _note_on_thumbnails(thumbnails),
        _note_on_others(others),
        _note_on_inner_folders(pictures) if classes else "",
        "" if classes else "there are no folders of classes, so no target",
    ]
    return read_files(
        PictureFiles(
            source,
            [os.path.join(folder, *file) for file in pictures],
            [_name(file) for file in pictures],
            column,
            [f"{source}: {note}" for note in notes if note],
        ),
        options,
    )


def _files(folder: Path, left_behind: list[Parts]) -> Iterator[Parts]:
    """Yield every file that no program left behind, following links.

    Args:
        folder: that holds them.
        left_behind: gets the files and folders that are passed over.
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
            if is_left_behind(entry.name):
                left_behind.append((*parts, entry.name))
            elif os.path.isdir(entry.path):
                waiting.append((*parts, entry.name))
            else:
                yield (*parts, entry.name)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError as error:
        raise InputError(
            f"{printable(str(folder))}: got a folder that may not be read, expected one with "
            "reading allowed. Change its permissions, or move it away."
        ) from error


def _classes(folder: Path, pictures: Sequence[Parts], thumbnails: Collection[Parts]) -> list[str]:
    """Return the names of the subfolders that are classes, after checking them.

    A folder that holds nothing but thumbnails is none.
    """
    folders = [
        entry.name
        for entry in _entries(folder)
        if os.path.isdir(entry.path) and not is_left_behind(entry.name)
    ]
    of_thumbnails = {file[0] for file in thumbnails} - {file[0] for file in pictures}
    names = sorted({*folders} - of_thumbnails)
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


def _note_on_left_behind(entries: Sequence[Parts]) -> str:
    if not entries:
        return ""
    count = "1 entry" if len(entries) == 1 else f"{len(entries):,} entries"
    return (
        f"{count} left out, as files and folders that are hidden or that programs leave behind, "
        f"such as '{_name(min(entries))}'"
    )


def _note_on_thumbnails(thumbnails: Mapping[Parts, Parts]) -> str:
    if not thumbnails:
        return ""
    small, large = next(iter(thumbnails.items()))
    return (
        f"{pluralised(len(thumbnails), 'picture')} left out, as thumbnails of others, such as "
        f"'{_name(small)}' of '{_name(large)}'"
    )


def _note_on_others(others: Sequence[Parts]) -> str:
    if not others:
        return ""
    return (
        f"{pluralised(len(others), 'file')} left out, with other suffixes than "
        f"pictures{_suffixes(others)}, such as '{_name(others[0])}'"
    )


def _note_on_inner_folders(pictures: Sequence[Parts]) -> str:
    """Return a note on folders within classes, whose names are lost."""
    inner = sorted({file[:-1] for file in pictures if len(file) > 2})
    if not inner:
        return ""
    count = pluralised(len(inner), "folder")
    return (
        f"{count} within folders of classes, such as '{_name(inner[0])}': the class of a picture "
        "is the outer folder"
    )


def _name(parts: Parts) -> str:
    """Return a path below the folder for messages."""
    return printable("/".join(parts))


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
