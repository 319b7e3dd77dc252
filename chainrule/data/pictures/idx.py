"""IDX files, the format of the MNIST digits.

The file begins with two zero bytes, the type of the values (8: unsigned byte), the number of
dimensions, and the size of each as a big-endian 32-bit integer.
Source: LeCun, Cortes, Burges, The MNIST database, section "File formats".
"""

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Images
from chainrule.data.decompress import CHUNK_BYTES, read_decompressed
from chainrule.data.pictures.brightness import note_on_brightness
from chainrule.data.pictures.channels import check_channels
from chainrule.data.pictures.memory import check_memory
from chainrule.data.table import Column
from chainrule.errors import InputError

UNSIGNED_BYTE = 8
# The number of dimensions of each kind of file. Colour channels are the last dimension.
IMAGES, IN_COLOUR, LABELS = 3, 4, 1


def read_idx_images(images_path: Path, labels_path: Path | None = None) -> Images:
    """Read pictures and their labels, which become a numeric target.

    Args:
        images_path: IDX file of three dimensions (pictures, height, width), or of four with
            channels; compressed or not.
        labels_path: IDX file of one dimension, compressed or not. By default the file in the same
            folder with "labels" and "idx1" in its name for "images" and "idx3".
    Raises:
        InputError: a file is no IDX file of that kind, has too few or too many bytes, or the
            numbers of pictures and labels differ.
    """
    pixels = _read(images_path, (IMAGES, IN_COLOUR))
    if pixels.size == 0:
        raise InputError(
            f"{images_path.name}: got {' x '.join(map(str, pixels.shape))} pixels, expected at "
            "least one picture of at least one pixel. Give a file that holds pictures."
        )
    check_channels(images_path.name, pixels.shape)
    dark = note_on_brightness(pixels)
    notes = (f"{images_path.name}: {dark}",) if dark else ()
    if labels_path is None:
        labels_path = _find_labels(images_path)
    if labels_path is None:
        note = f"{images_path.name}: no file of labels was given or found in its folder"
        return Images(images_path.name, pixels, None, (note, *notes))
    labels = _read(labels_path, (LABELS,))
    if len(labels) != len(pixels):
        raise InputError(
            f"{images_path.name} has {len(pixels):,} pictures and {labels_path.name} has "
            f"{len(labels):,} labels, expected as many of each. Give the two files that belong "
            "together."
        )
    return Images(images_path.name, pixels, Column("label", labels.astype(np.float64)), notes)


def _find_labels(images_path: Path) -> Path | None:
    """Return the file of labels for a file of pictures, or None."""
    compressed = images_path.suffix == ".gz"
    stem = images_path.name.removesuffix(".gz")
    labels = stem.replace("images", "labels").replace("idx3", "idx1")
    if labels == stem:
        return None
    suffixes = (".gz", "") if compressed else ("", ".gz")
    candidates = [images_path.with_name(labels + suffix) for suffix in suffixes]
    return next((path for path in candidates if path.is_file()), None)


def _read(path: Path, allowed: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read the values of an IDX file with one of the allowed numbers of dimensions.

    Values are appended as they are read, so wrong sizes in a damaged header allocate nothing. Sizes
    that memory does not suffice for are refused when more than a chunk is there.
    """
    content = bytearray()
    expected = header_bytes = 4 + 4 * allowed[0]
    shape: tuple[int, ...] = ()
    for piece in read_decompressed(path):
        content += piece
        if not shape and len(content) >= 4:
            dimensions = _dimensions(path, bytes(content[:4]), allowed)
            expected = header_bytes = 4 + 4 * dimensions
            if len(content) >= header_bytes:
                shape = struct.unpack_from(f">{dimensions}I", content, 4)
                expected = header_bytes + math.prod(shape)
        if shape and len(content) > CHUNK_BYTES:
            check_memory(path.name, shape)
        if len(content) > expected:
            break
    if len(content) < expected:
        sizes = f"for {' x '.join(map(str, shape))} values" if shape else "for its header alone"
        raise InputError(
            f"{path.name}: got {len(content):,} bytes, expected {expected:,} {sizes}. "
            "The file is cut off: fetch it again."
        )
    if len(content) > expected:
        raise InputError(
            f"{path.name}: got more than the {expected:,} bytes expected for "
            f"{' x '.join(map(str, shape))} values. The file is damaged: fetch it again."
        )
    return np.frombuffer(content, np.uint8, offset=header_bytes).reshape(shape)


def _dimensions(path: Path, magic: bytes, allowed: tuple[int, ...]) -> int:
    """Return the number of dimensions of an IDX file, after checking its magic number."""
    wanted = {IMAGES: "pictures", LABELS: "labels"}[allowed[0]]
    if magic[:2] != b"\0\0":
        raise InputError(
            f"{path.name}: got the first bytes {magic.hex(' ')}, expected 00 00 08 "
            f"{allowed[0]:02x} as in an IDX file of {wanted}. Give an IDX file."
        )
    if magic[2] != UNSIGNED_BYTE:
        raise InputError(
            f"{path.name}: got IDX values of type 0x{magic[2]:02x}, expected type 0x08, unsigned "
            f"bytes. Save the {wanted} as unsigned bytes."
        )
    if magic[3] not in allowed:
        other = {
            IMAGES: ": these are pictures",
            IN_COLOUR: ": these are pictures in colour",
            LABELS: ": these are labels",
        }.get(magic[3], "")
        raise InputError(
            f"{path.name}: got an IDX file with {magic[3]} dimensions, expected "
            f"{' or '.join(map(str, allowed))} for {wanted}{other}. Give the file of {wanted}."
        )
    return magic[3]
