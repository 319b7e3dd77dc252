"""Decoding of image files into pixels: one size, red, green and blue, bytes.

The files are untrusted. Few formats are accepted, sizes are checked before memory is allocated, and
any error of a decoder becomes a reason in words, never an exception.

This module needs only Pillow and NumPy: a worker process that decodes starts in a fraction of a
second, while importing PyTorch takes seconds.
"""

from __future__ import annotations

import os
import signal
import stat
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

# The plugins of these formats are imported by name, so that Pillow never loads all the others.
from PIL import Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
SUFFIXES = frozenset(
    (
        *(".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm"),
        *(".ppm", ".tif", ".tiff", ".webp"),
    )
)

# A file of a kilobyte can claim to be a picture of gigabytes. A hundred million pixels are more
# than most cameras take, and 300 MB.
MAX_PIXELS = 100_000_000

WHITE = (255, 255, 255, 255)
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

T = TypeVar("T")


@dataclass(frozen=True)
class Unreadable:
    """Reason why a file can't be used, in words that follow the name of the file."""

    reason: str


@dataclass(frozen=True, eq=False)
class DecodedPicture:
    """The pixels of a picture, and notes on the file.

    Attributes:
        pixels: (height, width, 3) of uint8: red, green, blue.
        animated: whether the file has further frames, which are not read.
        brightest_of_16_bits: the largest value of a 16-bit picture before its conversion to bytes;
            0 for others.
    """

    pixels: NDArray[np.uint8]
    animated: bool = False
    brightest_of_16_bits: int = 0


def read_sizes(paths: Sequence[str]) -> list[tuple[int, int] | Unreadable]:
    """Read (height, width) of each picture in its upright orientation, from its header alone."""
    return [_or_reason(_size, path) for path in paths]


def decode(paths: Sequence[str], height: int, width: int) -> list[DecodedPicture | Unreadable]:
    """Decode each picture, scale it to cover (height, width) and crop its centre.

    Proportions are kept: a circle stays a circle whatever the size of the photograph. The crop
    loses a margin on two sides, where the subject of a photograph seldom is.
    Source: Krizhevsky, Sutskever & Hinton (2012), ImageNet classification with deep convolutional
    neural networks, section 2.
    """
    return [_or_reason(lambda p: _decode(p, height, width), path) for path in paths]


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
def _opened(path: str) -> Iterator[Image.Image]:
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


def _size(path: str) -> tuple[int, int]:
    with _opened(path) as picture:
        width, height = picture.size
        # Pillow turns TIFF files upright itself and reports their size as turned.
        on_its_side = picture.format != "TIFF" and _orientation(picture) in ON_ITS_SIDE
        return (width, height) if on_its_side else (height, width)


def _decode(path: str, height: int, width: int) -> DecodedPicture:
    with _opened(path) as picture:
        # A JPEG can be decoded at a half, a quarter or an eighth of its size. Twice the size that
        # is needed leaves the resampling filter below enough pixels to average over.
        draft_size = (2 * width, 2 * height)
        on_its_side = _orientation(picture) in ON_ITS_SIDE
        picture.draft(None, draft_size[::-1] if on_its_side else draft_size)
        picture.load()
        # The two views of a stereo camera (MPO) are not an animation.
        animated = picture.format != "MPO" and bool(getattr(picture, "is_animated", False))
        orientation = _orientation(picture)  # after load() it is that of the turned TIFF file
        brightest = _brightest_of_16_bits(picture)
        rgb = _to_rgb(picture)
    if orientation in UPRIGHT:
        rgb = rgb.transpose(UPRIGHT[orientation])
    if rgb.size != (width, height):
        rgb = rgb.resize(
            (width, height), Image.Resampling.BICUBIC, box=_centre_box(rgb.size, height, width)
        )
    return DecodedPicture(np.asarray(rgb), animated, brightest)


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation; 1, upright, where there is none or it can't be read."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1  # Pillow would decode the whole picture to look for EXIF data behind it
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged metadata of any kind does no harm to the picture
        return 1


def _to_rgb(picture: Image.Image) -> Image.Image:
    """Convert a picture of any mode to red, green and blue, with white behind transparency.

    CMYK is converted without its colour profile.
    """
    if _has_16_bits(picture):
        return _convert_16_bits(picture)
    if picture.mode == "F":
        raise _Refused("its pixels are floating-point numbers, of which none is known to be white")
    if picture.has_transparency_data:
        transparent = picture.convert("RGBA")
        background = Image.new("RGBA", transparent.size, WHITE)
        return Image.alpha_composite(background, transparent).convert("RGB")
    return picture.convert("RGB")


def _has_16_bits(picture: Image.Image) -> bool:
    return picture.mode == "I" or picture.mode.startswith("I;16")


def _brightest_of_16_bits(picture: Image.Image) -> int:
    return int(np.asarray(picture).max()) if _has_16_bits(picture) else 0


def _convert_16_bits(picture: Image.Image) -> Image.Image:
    """Convert grey values from 0 to 65535 to bytes: v / 257, rounded, so that 65535 is 255."""
    values = np.asarray(picture).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise _Refused("its pixels are numbers of 32 bits, of which none is known to be white")
    return Image.fromarray(((values + 128) // 257).astype(np.uint8)).convert("RGB")


def _centre_box(
    size: tuple[int, int], height: int, width: int
) -> tuple[float, float, float, float]:
    """Return the largest centred box of proportions height : width, as left, top, right, bottom.

    Args:
        size: (width, height) of the picture.

    >>> _centre_box((300, 100), 50, 50)
    (100.0, 0.0, 200.0, 100.0)
    """
    scale = min(size[0] / width, size[1] / height)
    left, top = (size[0] - width * scale) / 2, (size[1] - height * scale) / 2
    return left, top, size[0] - left, size[1] - top
