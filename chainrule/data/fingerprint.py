"""Fingerprint of rows, by which two runs are seen to be judged by the same samples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from chainrule.data.dataset import Dataset, Images


def fingerprint(rows: Dataset) -> str:
    """Return the SHA-256 of the rows of a dataset and their targets, in hexadecimal.

    Of a table these are the numbers of the rows in their source, so that the columns that a run
    leaves out do not matter; of pictures the pixels. The order of the rows does not matter either.
    """
    if isinstance(rows, Images):
        keys = [hashlib.sha256(picture.tobytes()).digest() for picture in rows.pixels]
    else:
        keys = [rows.row(index).to_bytes(8) for index in range(len(rows))]
    target = rows.target
    if target is None:
        return combined(sorted(keys))
    if target.kind == "number":
        values = [np.float64(value).tobytes() for value in target.values]
    else:
        values = [str(value).encode("utf-8", "surrogatepass") for value in target.values]
    pairs = sorted(zip(keys, values, strict=True))
    return combined([target.name.encode(), *(part for pair in pairs for part in pair)])


def combined(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of several parts and their lengths, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()
