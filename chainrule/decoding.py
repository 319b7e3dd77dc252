"""Decoding of image files into pixels: one size, red, green and blue, bytes.

The files are untrusted. Few formats are accepted, sizes are checked before memory is allocated, and
any error of a decoder becomes a reason in words, never an exception.

This module needs only Pillow and NumPy: a worker process that decodes starts in a fraction of a
second, while importing PyTorch takes seconds.
"""

from __future__ import annotations

import os
import re
import signal
import stat
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

# The plugins of these formats are imported by name, so that Pillow never loads all the others.
from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
SUFFIXES = frozenset(
    (
        *(".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm"),
        *(".ppm", ".tif", ".tiff", ".webp"),
    )
)

# A file of a kilobyte can claim to be a picture of gigabytes. A hundred million pixels are more
# than most cameras take.
MAX_PIXELS = 100_000_000
# Peak memory per decoded pixel, with the conversion to red, green and blue.
BYTES_PER_PIXEL = 14
# What decoders of some formats take in addition per pixel of the file. A progressive JPEG is
# collected in whole, two bytes for each of up to four components, whatever size it is decoded at.
BYTES_OF_DECODER = {"JPEG": 8, "MPO": 8, "WEBP": 8}
ROWS_AT_ONCE = 256

WHITE = (255, 255, 255)
ORIENTATION = 0x0112  # the EXIF tag
# The transposition that turns a picture upright, by its EXIF orientation. Source: CIPA DC-008 (EXIF
# 2.32), section 4.6.4.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ON_ITS_SIDE = (5, 6, 7, 8)
TILE_WIDTH, TILE_LENGTH = 322, 323  # tags of TIFF 6.0, section 15

# How a decoded picture differs from that in the file: turned by its EXIF orientation; the first of
# several frames; with white behind transparent pixels; red, green and blue of CMYK, without its
# colour profile; without the lower 8 of 16 bits.
Change = Literal["turned", "first_frame", "white", "cmyk", "16_bits"]

T = TypeVar("T")


@dataclass(frozen=True)
class Unreadable:
    """Reason why a file can't be used, in words that follow the name of the file."""

    reason: str


@dataclass(frozen=True, eq=False)
class DecodedPicture:
    """The pixels of a picture, and how they differ from those of the file.

    Attributes:
        pixels: (height, width, 3) of uint8: red, green, blue.
        changes: that were made to it.
        brightest_of_16_bits: the largest value of a 16-bit picture before its conversion to bytes;
            0 for others.
    """

    pixels: NDArray[np.uint8]
    changes: frozenset[Change] = frozenset()
    brightest_of_16_bits: int = 0


@dataclass(frozen=True)
class PictureHeader:
    """What a file says of its picture before it is decoded.

    Attributes:
        height: in pixels, of the picture in its upright orientation.
        width: likewise.
        decoding_bytes: memory that decoding takes at most.
    """

    height: int
    width: int
    decoding_bytes: int


def read_headers(
    paths: Sequence[str], longer_side: int, most_bytes: float
) -> list[PictureHeader | Unreadable]:
    """Read the header of each picture. No memory is taken for pixels.

    Args:
        paths: of files.
        longer_side: to which the pictures will be decoded, in pixels.
        most_bytes: of memory that decoding a picture may take.
    """
    return [_or_reason(lambda p: _header(p, longer_side, most_bytes), path) for path in paths]


def decode(
    paths: Sequence[str], height: int, width: int, most_bytes: float
) -> list[DecodedPicture | Unreadable]:
    """Decode each picture, scale it to cover (height, width) and crop its centre.

    Proportions are kept, up to half a pixel of the result: a circle stays a circle whatever the
    size of the photograph. The crop loses a margin on two sides, where the subject of a photograph
    seldom is.
    Source: Krizhevsky, Sutskever & Hinton (2012), ImageNet classification with deep convolutional
    neural networks, section 2.
    """
    return [_or_reason(lambda p: _decode(p, height, width, most_bytes), path) for path in paths]


def centre_box(size: tuple[int, int], height: int, width: int) -> tuple[float, float, float, float]:
    """Return the centred part of a picture that is scaled to (height, width).

    It is the whole picture if that, scaled and rounded to whole pixels, has this size; else the
    largest box of these proportions.
    Args:
        size: (width, height) of the picture.
        height: of the result.
        width: of the result.
    Returns:
        left, top, right, bottom.

    >>> centre_box((300, 100), 50, 50), centre_box((301, 100), 20, 60)
    ((100.0, 0.0, 200.0, 100.0), (0.0, 0.0, 301.0, 100.0))
    """
    scale = min(size[0] / width, size[1] / height)
    if (round(size[0] / scale), round(size[1] / scale)) == (width, height):
        return 0.0, 0.0, float(size[0]), float(size[1])
    left, top = (size[0] - width * scale) / 2, (size[1] - height * scale) / 2
    return left, top, size[0] - left, size[1] - top


def begin_worker() -> None:
    """Ignore Ctrl-C in a worker process: the parent process handles it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _or_reason(read: Callable[[str], T], path: str) -> T | Unreadable:
    try:
        return read(path)
    except _Refused as refused:
        return Unreadable(str(refused))
    except FileNotFoundError:
        return Unreadable("there is no such file")
    except UnidentifiedImageError:
        return Unreadable(f"it is no picture that is known ({', '.join(FORMATS)})")
    except Image.DecompressionBombError:
        return Unreadable(f"its header claims more than {MAX_PIXELS:,} pixels")
    except MemoryError:
        return Unreadable("it needs more memory than there is")
    except Exception as error:  # a damaged file leads a decoder into errors of any type
        if isinstance(error, OSError) and error.strerror:
            return Unreadable(f"it can't be opened ({error.strerror})")
        message = str(error).strip() or type(error).__name__
        return Unreadable(f"it is cut off or damaged ({message.splitlines()[0]:.100})")


class _Refused(Exception):
    """Raised with the reason why a picture is not used."""


@contextmanager
def _opened(path: str) -> Iterator[ImageFile.ImageFile]:
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise _Refused("it is no file")  # a pipe or a device might never end
    if status.st_size == 0:
        raise _Refused("it is empty")
    with warnings.catch_warnings():
        # Warnings about odd metadata, which is not used, and about sizes, which are checked below.
        warnings.simplefilter("ignore")
        with open(path, "rb") as file, Image.open(file, formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise _Refused(
                    f"its header claims {height:,} x {width:,} pixels, more than {MAX_PIXELS:,}"
                )
            yield picture


def _header(path: str, longer_side: int, most_bytes: float) -> PictureHeader:
    with _opened(path) as picture:
        width, height = picture.size
        # Pillow turns TIFF files upright itself and reports their size as turned.
        if picture.format != "TIFF" and _orientation(picture) in ON_ITS_SIDE:
            width, height = height, width
        needed = _limit_memory(picture, longer_side, longer_side, most_bytes)
        return PictureHeader(height, width, needed)


def _decode(path: str, height: int, width: int, most_bytes: float) -> DecodedPicture:
    with _opened(path) as picture:
        on_its_side = _orientation(picture) in ON_ITS_SIDE
        _limit_memory(picture, *((width, height) if on_its_side else (height, width)), most_bytes)
        changes = _changes(picture)
        picture.load()
        # The two views of a stereo camera (MPO) are not an animation.
        if picture.format != "MPO" and getattr(picture, "is_animated", False):
            changes.add("first_frame")
        orientation = _orientation(picture)  # after load() it is that of the turned TIFF file
        rgb, converted, brightest = _to_rgb(picture)
    if orientation in UPRIGHT:
        rgb = rgb.transpose(UPRIGHT[orientation])
    if rgb.size != (width, height):
        rgb = rgb.resize(
            (width, height), Image.Resampling.BICUBIC, box=centre_box(rgb.size, height, width)
        )
    return DecodedPicture(np.asarray(rgb), frozenset(changes | converted), brightest)


def _limit_memory(picture: Image.Image, height: int, width: int, most_bytes: float) -> int:
    """Return the bytes that decoding takes at most; raise _Refused if they are too many.

    A JPEG can be decoded at a half, a quarter or an eighth of its size, which is set here. Twice
    the size that is needed leaves the resampling filter enough pixels to average over.
    Args:
        picture: not yet decoded.
        height: of the result, before the picture is turned upright.
        width: likewise.
        most_bytes: of memory.
    """
    in_file = picture.size
    picture.draft(None, (2 * width, 2 * height))
    needed = BYTES_PER_PIXEL * max(_area(picture.size), _area(_tile_size(picture)))
    needed += BYTES_OF_DECODER.get(picture.format or "", 0) * _area(in_file)
    if needed > most_bytes:
        raise _Refused(
            f"to decode its {in_file[1]:,} x {in_file[0]:,} pixels may take "
            f"{needed / 2**20:,.0f} MiB of memory, more than the limit of "
            f"{most_bytes / 2**20:,.0f} MiB a picture; save it with fewer pixels"
        )
    return needed


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _tile_size(picture: Image.Image) -> tuple[int, int]:
    """Return the size of the tiles of a TIFF file, which may exceed that of the picture."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return 0, 0
    tags = picture.tag_v2
    return int(tags.get(TILE_WIDTH, 0)), int(tags.get(TILE_LENGTH, 0))


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation; 1, upright, where there is none or it can't be read."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1  # Pillow would decode the whole picture to look for EXIF data behind it
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged metadata of any kind does no harm to the picture
        return 1


def _changes(picture: ImageFile.ImageFile) -> set[Change]:
    """Return the changes that the header of a picture, before it is decoded, shows to be needed."""
    changes: set[Change] = set()
    if _orientation(picture) in UPRIGHT:
        changes.add("turned")
    if picture.mode == "CMYK":
        changes.add("cmyk")
    if _has_16_bits(picture) or _has_16_bits_a_channel(picture):
        changes.add("16_bits")
    return changes


def _to_rgb(picture: Image.Image) -> tuple[Image.Image, frozenset[Change], int]:
    """Convert a picture of any mode to red, green and blue, with white behind transparency.

    CMYK is converted without its colour profile.
    Returns:
        the converted picture, changes that its pixels show, and the largest value of 16 bits.
    """
    if _has_16_bits(picture):
        converted, brightest = _convert_16_bits(picture)
        return converted, frozenset(), brightest
    if picture.mode == "F":
        raise _Refused("its pixels are floating-point numbers, of which none is known to be white")
    if not picture.has_transparency_data:
        return picture.convert("RGB"), frozenset(), 0
    transparent = picture.convert("RGBA")
    background = Image.new("RGB", transparent.size, WHITE)
    background.paste(transparent, mask=transparent)
    opaque = transparent.getchannel("A").histogram()[255]
    changed: frozenset[Change] = frozenset(("white",) if opaque < _area(picture.size) else ())
    return background, changed, 0


def _has_16_bits(picture: Image.Image) -> bool:
    return picture.mode == "I" or picture.mode.startswith("I;16")


def _has_16_bits_a_channel(picture: ImageFile.ImageFile) -> bool:
    """Return whether Pillow drops the lower 8 of 16 bits of each colour while it decodes."""
    # BGR;16 has 16 bits in all.
    return any(re.search(r"(L|LA|RGB|RGB[AX]|CMYK);16", str(tile)) for tile in picture.tile)


def _convert_16_bits(picture: Image.Image) -> tuple[Image.Image, int]:
    """Convert grey values from 0 to 65535 to bytes: v / 257, rounded, so that 65535 is 255.

    Returns:
        the converted picture, and the largest value.
    """
    values = np.asarray(picture)
    brightest = int(values.max())
    if values.min() < 0 or brightest > 65535:
        raise _Refused("its pixels are numbers of 32 bits, of which none is known to be white")
    grey = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        grey[rows] = (values[rows].astype(np.int32) + 128) // 257
    return Image.fromarray(grey).convert("RGB"), brightest
