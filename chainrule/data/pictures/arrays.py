"""Pictures as arrays in an npz file of NumPy, read without executing pickled objects."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from chainrule.data.dataset import Images
from chainrule.data.formatting import pluralised
from chainrule.data.pictures.brightness import note_on_brightness
from chainrule.data.pictures.channels import check_channels
from chainrule.data.pictures.memory import BYTES_PER_VALUE, check_memory
from chainrule.data.table import Column
from chainrule.errors import InputError

COPIES = 3  # of an array, while it is converted to bytes
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True)
class _Header:
    """The header of an array, which is read before its values."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        return f"{self.name} ({' x '.join(map(str, self.shape)) or 'one value'}, {self.dtype})"


def read_npz(path: Path, labels: str | None = None) -> Images:
    """Read pictures and their labels, each an array in an npz file.

    Args:
        path: of the file. Pictures are an array (pictures, height, width) or (..., channels), of
            bytes, of whole numbers from 0 to 255, or of numbers from 0 to 1, which become bytes.
        labels: name of the array of labels; the pictures are then the array of equal length. By
            default the file has one array of pictures, and at most one of labels.
    Raises:
        InputError: the file is damaged or has pickled objects, which are never loaded; or the
            arrays are ambiguous; or the pictures have an invalid type or shape, or are too many.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            headers = [_header(archive, name) for name in archive.namelist()]
            return _images(path, archive, headers, labels)
    except InputError:
        raise
    except DAMAGED as error:
        raise InputError(
            f"{path.name}: got an archive that is damaged or cut off ({error}), expected arrays "
            "as numpy.savez writes them. Write the file again."
        ) from error


def _images(
    path: Path, archive: zipfile.ZipFile, headers: list[_Header], labels: str | None
) -> Images:
    source = path.name
    pictures, target = _choose(source, headers, labels)
    for header in (pictures, target):
        if header is not None:
            bytes_per_value = max(BYTES_PER_VALUE, COPIES * header.dtype.itemsize)
            check_memory(f"{source}, array '{header.name}'", header.shape, bytes_per_value)
    pixels, notes = _as_bytes(source, pictures, _array(archive, source, pictures))
    if target is None:
        notes.append(f"{source}: there is no array of labels for '{pictures.name}'")
        if pixels.ndim == 3 and pixels.shape[2] in (3, 4):
            notes.append(
                f"{source}: {pictures} is taken as {pluralised(len(pixels), 'grey picture')} of "
                f"{pixels.shape[1]} x {pixels.shape[2]} pixels; save one picture in colour as "
                f"{pictures.name}[None]"
            )
        return Images(source, pixels, None, tuple(notes))
    column = _column(source, target, _array(archive, source, target))
    labelled = ~column.missing
    if not labelled.all():
        count = pluralised(int((~labelled).sum()), "picture")
        notes.append(f"{source}: {count} without a value of the target '{target.name}' left out")
        pixels, column = pixels[labelled], column.take(labelled)
    unused = [str(each) for each in headers if each not in (pictures, target)]
    if unused:
        notes.append(
            f"{source}: {pluralised(len(unused), 'array')} other than '{pictures.name}' and "
            f"'{target.name}' not used: {', '.join(unused)}"
        )
    return Images(source, pixels, column, tuple(notes))


def _header(archive: zipfile.ZipFile, member: str) -> _Header:
    with archive.open(member) as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read(file)
    return _Header(member.removesuffix(".npy"), shape, dtype)


def _array(archive: zipfile.ZipFile, source: str, header: _Header) -> NDArray[Any]:
    if header.dtype.hasobject:
        raise InputError(
            f"{source}, array '{header.name}': got Python objects, expected numbers or texts: "
            "objects are programs, and are not run here. Save them with a dtype such as uint8."
        )
    with archive.open(header.name + ".npy") as file:
        array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return array


def _choose(
    source: str, headers: list[_Header], labels: str | None
) -> tuple[_Header, _Header | None]:
    """Return the arrays of pictures and of labels."""
    arrays = f"Its arrays are: {', '.join(map(str, headers)) or 'none'}."
    target = next((each for each in headers if each.name == labels), None)
    if labels is not None and (target is None or not _are_labels(target)):
        raise InputError(
            f"{source}: got the target '{labels}', expected the name of an array of labels. "
            f"{arrays}"
        )
    pictures = [each for each in headers if _are_pictures(each)]
    if target is not None:
        pictures = [each for each in pictures if each.shape[0] == target.shape[0]]
    if len(pictures) != 1:
        remedy = "Name the labels of one of them with --target." if pictures else "Add one."
        raise InputError(
            f"{source}: got {pluralised(len(pictures), 'array')} of pictures"
            f"{f' for the labels {labels!r}' if labels else ''}, expected one of (pictures, "
            f"height, width) or (pictures, height, width, channels). {remedy} {arrays}"
        )
    if target is None:
        length = pictures[0].shape[0]
        candidates = [each for each in headers if _are_labels(each) and each.shape[0] == length]
        if len(candidates) > 1:
            raise InputError(
                f"{source}: got {len(candidates)} arrays that may be the labels, expected one. "
                f"Name it: --target {candidates[0].name}. {arrays}"
            )
        target = candidates[0] if candidates else None
    return pictures[0], target


def _are_pictures(header: _Header) -> bool:
    return len(header.shape) in (3, 4)


def _are_labels(header: _Header) -> bool:
    return len(header.shape) == 1 or (len(header.shape) == 2 and header.shape[1] == 1)


def _as_bytes(
    source: str, header: _Header, array: NDArray[Any]
) -> tuple[NDArray[np.uint8], list[str]]:
    """Return the pixels as bytes, and notes on their conversion."""
    where = f"{source}, array '{header.name}'"
    if array.size == 0:
        raise InputError(
            f"{where}: got {header}, expected at least one picture of at least one pixel. "
            "Give a file that holds pictures."
        )
    check_channels(where, array.shape)
    notes: list[str] = []
    if array.dtype.kind not in "buif":
        raise InputError(f"{where}: got {header}, expected numbers. Save the pixels as uint8.")
    _check_finite(where, array)
    low, high = array.min(), array.max()
    if array.dtype.kind == "f" and low >= 0 and high <= 1:
        array = np.rint(array * 255)
        notes.append(f"{where}: numbers from 0 to 1 are taken as bytes from 0 to 255")
    elif array.dtype.kind == "b":
        array = array * np.uint8(255)
    elif not (low >= 0 and high <= 255) or (array.dtype.kind == "f" and (array % 1).any()):
        raise InputError(
            f"{where}: got numbers from {low:g} to {high:g}, expected whole ones from 0 to 255, or "
            "any from 0 to 1. Scale them, and save them as uint8."
        )
    pixels = array.astype(np.uint8, copy=False)
    if note := note_on_brightness(pixels):
        notes.append(f"{where}: {note}")
    return pixels[..., 0] if pixels.shape[3:] == (1,) else pixels, notes


def _check_finite(where: str, array: NDArray[Any]) -> None:
    infinite = ~np.isfinite(array).reshape(len(array), -1)
    if infinite.any():
        count = pluralised(int(infinite.sum()), "value")
        first = int(infinite.any(1).argmax()) + 1
        raise InputError(
            f"{where}: got {count} of NaN or infinity, the first in picture {first:,}, expected "
            "finite numbers. Leave these pictures out, or replace the values."
        )


def _column(source: str, header: _Header, array: NDArray[Any]) -> Column:
    values = array.reshape(-1)
    if values.dtype.kind in "ui" and (values != values.astype(np.float64).astype(object)).any():
        values = values.astype(np.str_)  # a code that a float64 would change
    if values.dtype.kind in "buif":
        return Column(header.name, values.astype(np.float64))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    if values.dtype.kind != "U":
        raise InputError(
            f"{source}, array '{header.name}': got labels of the type {header.dtype}, expected "
            "numbers or texts. Save them as such."
        )
    texts = np.empty(len(values), np.object_)
    texts[:] = [str(text) or None for text in values]
    return Column(header.name, texts)
