"""Files of pictures, decoded into one array of one size; unreadable files are reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from math import ceil

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised
from chainrule.data.pictures.brightness import note_on_brightness
from chainrule.data.pictures.colours import are_grey, convert_colours
from chainrule.data.pictures.memory import (
    check_memory,
    most_bytes,
    most_workers,
)
from chainrule.data.pictures.size import MAX_DEFAULT_SIDE, common_size, note_on_cropping
from chainrule.data.pictures.workers import read_each
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.decoding import Change, PictureHeader, Unreadable, decode, read_headers
from chainrule.errors import InputError

MAX_NAMES = 5
# Cameras and scanners of 12 bits write values up to 4095 into 16, of which a byte keeps 16 shades.
DARK_OF_16_BITS = 2**13
CHANGES: dict[Change, str] = {
    "turned": "turned upright, as the EXIF data in the file says",
    "first_frame": "with several frames, of which the first is taken",
    "white": "with transparent pixels, which are laid on white",
    "cmyk": "in CMYK, converted to red, green and blue without a colour profile",
    "16_bits": "of 16 bits, rounded to 8",
}


@dataclass(frozen=True)
class PictureFiles:
    """Files of pictures to read.

    Attributes:
        source: the name of the folder or table, for messages.
        paths: of the files, at least one.
        names: of the files, for messages.
        target: of each file, or None.
        notes: on the files so far.
    """

    source: str
    paths: Sequence[str]
    names: Sequence[str]
    target: Column | None
    notes: Sequence[str] = ()


def read_files(files: PictureFiles, options: ReadOptions) -> Images:
    """Read pictures; grey if all their pixels are, unless the options set the shape.

    Raises:
        InputError: too many files can't be read, or memory does not suffice for the pictures.
    """
    wanted = options.picture_shape
    _check_shape(files.source, wanted)
    reader = _PictureReader(files, options)
    reader.read_headers(max(wanted[:2]) if wanted else options.picture_size or MAX_DEFAULT_SIDE)
    if wanted is None:
        height, width = common_size(reader.sizes(), options.picture_size)
    else:
        height, width = wanted[:2]
    check_memory(files.source, (len(reader.readable), height, width, 3))
    coloured = reader.pixels(height, width)
    grey = are_grey(coloured)
    pixels = convert_colours(coloured, wanted or coloured.shape[1 : 3 if grey.all() else 4])
    names = [files.names[index] for index in reader.readable]
    notes = [
        f"{pluralised(len(pixels), 'picture')} of {height} x {width} pixels, "
        f"{_colours(grey, names, pixels.shape[1:])}",
        note_on_cropping(reader.sizes(), names, height, width),
        *reader.notes(),
        note_on_brightness(pixels) if not reader.brightest_of_16_bits else "",
        _note_on_copies(pixels, names),
    ]
    return Images(
        files.source,
        pixels,
        None if files.target is None else files.target.take(np.array(reader.readable)),
        (*files.notes, *(f"{files.source}: {note}" for note in notes if note)),
        np.array(names, np.object_),
        options.updated(picture_shape=pixels.shape[1:]),
    )


def _colours(grey: NDArray[np.bool_], names: Sequence[str], shape: tuple[int, ...]) -> str:
    """Return the colours of pictures in words.

    Args:
        grey: (pictures,), which were grey.
        names: of their files.
        shape: to which they were converted.
    """
    if shape[2:] != (3,):
        if grey.all():
            return "grey"
        converted = f"{int((~grey).sum()):,} in colour"
        return f"grey; {converted} converted to that, such as '{names[int(grey.argmin())]}'"
    if grey.any() and not grey.all():
        return f"in colour; {int(grey.sum()):,} grey, such as '{names[int(grey.argmax())]}'"
    return "in colour"


def _check_shape(source: str, shape: tuple[int, ...] | None) -> None:
    """Check that files of pictures can be converted to a shape."""
    if shape is not None and not (len(shape) == 2 or shape[2:] in ((1,), (3,))):
        raise InputError(
            f"{source}: got files of pictures for a network that was trained on pictures of shape "
            f"{shape}, expected (height, width) or (height, width, 3). Give arrays of that shape "
            "in an npz file."
        )


def _note_on_copies(pixels: NDArray[np.uint8], names: Sequence[str]) -> str:
    """Return a note on pictures, (pictures, ...), with the same pixels as an earlier one, or ""."""
    first: dict[bytes, int] = {}
    earlier = [
        first.setdefault(blake2b(picture.tobytes(), digest_size=16).digest(), index)
        for index, picture in enumerate(pixels)
    ]
    copies = [index for index, other in enumerate(earlier) if other != index]
    if not copies:
        return ""
    return (
        f"{pluralised(len(copies), 'picture')} {'is a copy' if len(copies) == 1 else 'are copies'} "
        f"of an earlier one, such as '{names[copies[0]]}' of '{names[earlier[copies[0]]]}'"
    )


@dataclass
class _PictureReader:
    """Reads the readable files, and records why others can't be read.

    Attributes:
        readable: indices of the files that could be read so far.
        reasons: why others can't be read, by index.
        headers: of the files, by index.
        changes: the files that were changed in some way, by their index.
        brightest_of_16_bits: the largest value of 16-bit files, 0 if there are none.
    """

    files: PictureFiles
    options: ReadOptions
    readable: list[int] = field(init=False)
    reasons: dict[int, str] = field(default_factory=dict)
    headers: dict[int, PictureHeader] = field(default_factory=dict)
    changes: dict[Change, list[int]] = field(default_factory=lambda: defaultdict(list))
    brightest_of_16_bits: int = 0

    def __post_init__(self) -> None:
        self.readable = list(range(len(self.files.paths)))

    def read_headers(self, longer_side: int) -> None:
        """Read the headers. Raises InputError if too many fail.

        Args:
            longer_side: to which the pictures will be decoded, in pixels.
        """
        read = partial(read_headers, longer_side=longer_side, most_bytes=most_bytes())
        description = f"looking at pictures of {self.files.source}"
        results = read_each(read, self._paths(), description)
        for index, header in zip(list(self.readable), results, strict=True):
            if isinstance(header, Unreadable):
                self._leave_out(index, header)
            else:
                self.headers[index] = header
        self._check()

    def sizes(self) -> list[tuple[int, int]]:
        """Return (height, width) of each readable picture."""
        headers = [self.headers[index] for index in self.readable]
        return [(header.height, header.width) for header in headers]

    def pixels(self, height: int, width: int) -> NDArray[np.uint8]:
        """Read pixels, (pictures, height, width, 3). Raises InputError if too many files fail."""
        pixels = np.empty((len(self.readable), height, width, 3), np.uint8)
        largest = max(self.headers[index].decoding_bytes for index in self.readable)
        results = read_each(
            partial(decode, height=height, width=width, most_bytes=most_bytes()),
            self._paths(),
            f"decoding pictures of {self.files.source}",
            most_workers=most_workers(largest, pixels.nbytes),
        )
        filled = 0
        for index, result in zip(list(self.readable), results, strict=True):
            if isinstance(result, Unreadable):
                self._leave_out(index, result)
                continue
            pixels[filled] = result.pixels
            filled += 1
            for change in result.changes:
                self.changes[change].append(index)
            self.brightest_of_16_bits = max(self.brightest_of_16_bits, result.brightest_of_16_bits)
        self._check()
        return pixels[:filled]

    def notes(self) -> list[str]:
        """Return notes on the files."""
        notes = []
        if self.reasons:
            count = pluralised(len(self.reasons), "picture")
            notes.append(f"{count} can't be read and left out: {self._named()}")
        for change, words in CHANGES.items():
            if changed := self.changes[change]:
                count, name = pluralised(len(changed), "picture"), self.files.names[changed[0]]
                notes.append(f"{count} {words}, such as '{name}'")
        if 0 < self.brightest_of_16_bits < DARK_OF_16_BITS:
            notes.append(
                f"no value of the pictures of 16 bits is above {self.brightest_of_16_bits:,} of "
                "65,535, so they are nearly black; scale them to the full range"
            )
        return notes

    def _paths(self) -> list[str]:
        return [self.files.paths[index] for index in self.readable]

    def _leave_out(self, index: int, failure: Unreadable) -> None:
        self.readable.remove(index)
        self.reasons[index] = failure.reason

    def _named(self) -> str:
        first = sorted(self.reasons.items())[:MAX_NAMES]
        named = [f"'{self.files.names[index]}' ({reason})" for index, reason in first]
        rest = len(self.reasons) - len(named)
        return ", ".join(named) + (f" and {rest:,} more" if rest else "")

    def _check(self) -> None:
        """Check that not too many files are unreadable."""
        total, share = len(self.files.paths), self.options.unreadable_share
        if len(self.reasons) <= share * total and self.readable:
            return
        allow = (
            f", or allow more with --unreadable-share {ceil(100 * len(self.reasons) / total) / 100}"
            if self.readable
            else ""
        )
        raise InputError(
            f"{self.files.source}: got {len(self.reasons):,} of {pluralised(total, 'picture')} "
            f"that can't be read: {self._named()}; expected at most a share of {share:.3g}. "
            f"Replace or delete them{allow}."
        )
