"""Files and folders that programs leave among pictures: they are neither classes nor samples."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.pictures.memory import most_bytes, most_workers
from chainrule.data.pictures.workers import read_each
from chainrule.decoding import DecodedPicture, PictureHeader, decode, read_headers

# The parts of a path below the folder.
Parts = tuple[str, ...]

# Of network drives of Synology and QNAP, archives of macOS, file systems of Linux and Windows, and
# Python, in lower case.
FOLDERS = frozenset(
    (
        *("@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "__macosx"),
        *("lost+found", "found.000", "$recycle.bin", "system volume information"),
        "__pycache__",
    )
)
# Thumbnails of Synology, which lie outside @eaDir where a folder was copied by hand.
FILES = re.compile(r"synophoto_(thumb|film)_", re.IGNORECASE)

THUMBNAIL = r"thumb|thumbs|thumbnail|thumbnails|tn"
FOLDER_OF_THUMBNAILS = re.compile(rf"[_.-]?({THUMBNAIL})", re.IGNORECASE)
# x_thumb.jpg, thumb-x.jpg, and x-150x150.jpg of WordPress are thumbnails of x.jpg.
NAME_OF_A_THUMBNAIL = re.compile(
    rf"(?P<before>.+)[ _.-](?:{THUMBNAIL}|\d+x\d+)|(?:{THUMBNAIL})[ _.-](?P<after>.+)",
    re.IGNORECASE,
)
# Pictures are compared at this size. They are the same if they differ by less than a quarter of
# their contrast, and by what a JPEG of one colour differs from it.
SIDE = 16
SHARE_OF_CONTRAST, STEPS = 0.25, 2.0


def is_left_behind(name: str) -> bool:
    """Return whether a file or folder is hidden, or by its name one that a program left.

    >>> is_left_behind("@eaDir"), is_left_behind("._x.jpg"), is_left_behind("thumbs")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in FOLDERS or FILES.match(name) is not None


def find_thumbnails(folder: Path, pictures: Sequence[Parts]) -> dict[Parts, Parts]:
    """Find smaller copies of pictures that are there, too.

    The name of a thumbnail, or that of its folder, says what it is a thumbnail of. As a class may
    be called "thumbs", it has to be smaller and look the same.
    Args:
        folder: that holds the pictures.
        pictures: their paths below the folder.
    Returns:
        the picture of which each thumbnail is one.
    """
    candidates = dict(_candidates(pictures))
    headers = _headers(folder, list(dict.fromkeys((*candidates, *candidates.values()))))
    smaller = {
        small: large
        for small, large in candidates.items()
        if small in headers and large in headers and _area(headers[small]) < _area(headers[large])
    }
    compared = list(dict.fromkeys((*smaller, *smaller.values())))
    pixels = _pixels(folder, {parts: headers[parts] for parts in compared})
    return {
        small: large
        for small, large in smaller.items()
        if small in pixels and large in pixels and _same(pixels[small], pixels[large])
    }


def _candidates(pictures: Sequence[Parts]) -> Iterator[tuple[Parts, Parts]]:
    """Yield thumbnails by their names, each with the picture that it is named after."""
    existing = set(pictures)
    by_stem = {(*file[:-1], os.path.splitext(file[-1])[0].lower()): file for file in pictures}
    for file in pictures:
        stem = os.path.splitext(file[-1])[0]
        if match := NAME_OF_A_THUMBNAIL.fullmatch(stem):
            large = by_stem.get((*file[:-1], (match["before"] or match["after"]).lower()))
            if large is not None:
                yield file, large
        for place, name in enumerate(file[:-1]):
            outside = (*file[:place], *file[place + 1 :])
            if FOLDER_OF_THUMBNAILS.fullmatch(name) and outside in existing:
                yield file, outside


def _headers(folder: Path, pictures: Sequence[Parts]) -> dict[Parts, PictureHeader]:
    read = partial(read_headers, longer_side=SIDE, most_bytes=most_bytes())
    headers = read_each(read, _paths(folder, pictures), f"looking for thumbnails in {folder.name}")
    return {
        parts: header
        for parts, header in zip(pictures, headers, strict=True)
        if isinstance(header, PictureHeader)
    }


def _pixels(folder: Path, headers: dict[Parts, PictureHeader]) -> dict[Parts, NDArray[np.uint8]]:
    largest = max((header.decoding_bytes for header in headers.values()), default=0)
    results = read_each(
        partial(decode, height=SIDE, width=SIDE, most_bytes=most_bytes()),
        _paths(folder, list(headers)),
        f"comparing thumbnails in {folder.name}",
        most_workers=most_workers(largest, 0),
    )
    return {
        parts: result.pixels
        for parts, result in zip(headers, results, strict=True)
        if isinstance(result, DecodedPicture)
    }


def _paths(folder: Path, pictures: Sequence[Parts]) -> list[str]:
    return [os.path.join(folder, *parts) for parts in pictures]


def _area(header: PictureHeader) -> int:
    return header.height * header.width


def _same(small: NDArray[np.uint8], large: NDArray[np.uint8]) -> bool:
    difference = np.sqrt(np.square(small.astype(np.float64) - large).mean())
    return bool(difference < SHARE_OF_CONTRAST * large.std() + STEPS)
