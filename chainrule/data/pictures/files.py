"""Files of pictures, decoded into one array of one size; unreadable files are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from math import ceil

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised
from chainrule.data.pictures.colours import convert_colours
from chainrule.data.pictures.memory import check_memory
from chainrule.data.pictures.size import common_size
from chainrule.data.pictures.workers import read_each
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column
from chainrule.decoding import Unreadable, decode, read_sizes
from chainrule.errors import InputError

MAX_NAMES = 5
# Cameras and scanners of 12 bits write values up to 4095 into 16, of which a byte keeps 16 shades.
DARK_OF_16_BITS = 2**13


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
    _check_shape(files.source, options.picture_shape)
    reader = _PictureReader(files, options)
    if options.picture_shape is None:
        height, width = common_size(reader.sizes(), options.picture_size)
    else:
        height, width = options.picture_shape[:2]
    check_memory(files.source, (len(reader.readable), height, width, 3))
    coloured = reader.pixels(height, width)
    pixels = convert_colours(coloured, options.picture_shape)
    size = f"{pluralised(len(pixels), 'picture')} of {height} x {width} pixels"
    notes = [f"{size}, {'grey' if pixels.ndim == 3 else 'in colour'}", *reader.notes()]
    if copies := _count_copies(pixels):
        notes.append(
            f"{pluralised(copies, 'picture')} {'is a copy' if copies == 1 else 'are copies'} of an "
            "earlier one; where training and test pictures are drawn from here, copies in both "
            "make the test look too good"
        )
    kept = np.array(reader.readable)
    return Images(
        files.source,
        pixels,
        None if files.target is None else files.target.take(kept),
        (*files.notes, *(f"{files.source}: {note}" for note in notes)),
        np.array(files.names, np.object_)[kept],
        options.updated(picture_shape=pixels.shape[1:]),
    )


def _check_shape(source: str, shape: tuple[int, ...] | None) -> None:
    """Check that files of pictures can be converted to a shape."""
    if shape is not None and not (len(shape) == 2 or shape[2:] in ((1,), (3,))):
        raise InputError(
            f"{source}: got files of pictures for a network that was trained on pictures of shape "
            f"{shape}, expected (height, width) or (height, width, 3). Give arrays of that shape "
            "in an npz file."
        )


def _count_copies(pixels: NDArray[np.uint8]) -> int:
    """Return the number of pictures, (pictures, ...), with the same pixels as an earlier one."""
    distinct = {blake2b(picture.tobytes(), digest_size=16).digest() for picture in pixels}
    return len(pixels) - len(distinct)


@dataclass
class _PictureReader:
    """Reads the readable files, and records why others can't be read.

    Attributes:
        readable: indices of the files that could be read so far.
        reasons: why others can't be read, by index.
        animations: number of files with several frames.
        brightest_of_16_bits: the largest value of 16-bit files, 0 if there are none.
    """

    files: PictureFiles
    options: ReadOptions
    readable: list[int] = field(init=False)
    reasons: dict[int, str] = field(default_factory=dict)
    animations: int = 0
    brightest_of_16_bits: int = 0

    def __post_init__(self) -> None:
        self.readable = list(range(len(self.files.paths)))

    def sizes(self) -> list[tuple[int, int]]:
        """Read the sizes of pictures from their headers. Raises InputError if too many fail."""
        results = read_each(
            read_sizes, self._paths(), f"looking at pictures of {self.files.source}"
        )
        known: list[tuple[int, int]] = []
        for index, size in zip(list(self.readable), results, strict=True):
            if isinstance(size, Unreadable):
                self._leave_out(index, size)
            else:
                known.append(size)
        self._check()
        return known

    def pixels(self, height: int, width: int) -> NDArray[np.uint8]:
        """Read pixels, (pictures, height, width, 3). Raises InputError if too many files fail."""
        decode_each = partial(decode, height=height, width=width)
        results = read_each(decode_each, self._paths(), f"decoding pictures of {self.files.source}")
        pixels = np.empty((len(self.readable), height, width, 3), np.uint8)
        filled = 0
        for index, result in zip(list(self.readable), results, strict=True):
            if isinstance(result, Unreadable):
                self._leave_out(index, result)
                continue
            pixels[filled] = result.pixels
            filled += 1
            self.animations += result.animated
            self.brightest_of_16_bits = max(self.brightest_of_16_bits, result.brightest_of_16_bits)
        self._check()
        return pixels[:filled]

    def notes(self) -> list[str]:
        """Return notes on the files."""
        notes = []
        if self.reasons:
            count = pluralised(len(self.reasons), "picture")
            notes.append(f"{count} can't be read and left out: {self._named()}")
        if self.animations:
            count = pluralised(self.animations, "picture")
            notes.append(f"{count} with several frames, of which the first is taken")
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
