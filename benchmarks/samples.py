"""Samples for the works, made in seconds from data sets of scikit-learn, without downloads.

Digits: 1,797 handwritten ones of 8 x 8 pixels, enlarged to 28 x 28 and shifted, into as many
training and test samples as MNIST has, in 256 shades; training and test samples come from different
originals. chainrule keeps training pictures as bytes, as it does with image files, and looks the
features up batch by batch; the peers get them as float32, ready to use. The same digits as
sequences: their 64 pixels one after the other. Table: Friedman's first function, of eight
features, of which it uses five. Source: Friedman (1991), Multivariate adaptive regression splines.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.works import SHAPES, TEST, TRAINING, Data

ORIGINALS_TO_TRAIN = 1_500


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of a work.

    Attributes:
        features: (n, ...) float32, or bytes, which are 255 times as large.
        targets: (n,) classes, int64, or (n, 1) numbers, float32.
        test_features: features of the test samples, float32.
        test_targets: targets of the test samples.
    """

    features: NDArray[Any]
    targets: NDArray[Any]
    test_features: NDArray[np.float32]
    test_targets: NDArray[Any]

    def score(self, predicted: NDArray[Any]) -> float:
        """Return the test accuracy of scores (n, classes), or R^2 of numbers (n, 1)."""
        t = self.test_targets
        if t.ndim == 1:
            return float((predicted.argmax(1) == t).mean())
        return float(1 - ((predicted - t) ** 2).mean() / t.var())


def save(data: Data, folder: Path) -> None:
    """Make the samples and write them to a folder, for the processes of the peers."""
    made = _table() if data == "table" else _digits(size=8 if data == "sequences" else 28)
    for name, array in made.items():
        is_features = name.endswith(("features", "bytes"))
        np.save(folder / f"{name}.npy", array.reshape(-1, *SHAPES[data]) if is_features else array)


def load(folder: Path, *, as_bytes: bool = False) -> Samples:
    """Load the samples that `save` wrote, optionally with training pictures as bytes."""
    features = "bytes" if as_bytes and (folder / "bytes.npy").exists() else "features"
    names = (features, "targets", "test_features", "test_targets")
    return Samples(*(np.load(folder / f"{name}.npy") for name in names))


def _digits(size: int) -> dict[str, NDArray[Any]]:
    """Return digits of size x size pixels, 0 to 1 and as bytes, each shifted by up to an eighth."""
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    originals = load_digits()
    enlarged = zoom(originals.images / 16, (1, size / 8, size / 8), order=1)
    pictures = np.rint(255 * enlarged).astype(np.uint8)
    draw = np.random.default_rng(0)
    train = draw.integers(0, ORIGINALS_TO_TRAIN, TRAINING)
    test = draw.integers(ORIGINALS_TO_TRAIN, len(pictures), TEST)
    bytes_, test_bytes = (_shifted(pictures[drawn], size // 8, draw) for drawn in (train, test))
    return {
        "features": bytes_.astype(np.float32) / 255,
        "bytes": bytes_,
        "targets": originals.target[train].astype(np.int64),
        "test_features": test_bytes.astype(np.float32) / 255,
        "test_targets": originals.target[test].astype(np.int64),
    }


def _shifted(
    pictures: NDArray[np.uint8], most: int, draw: np.random.Generator
) -> NDArray[np.uint8]:
    """Shift each picture by up to `most` pixels along both axes; shifted-out pixels are lost."""
    size = pictures.shape[1]
    padded = np.pad(pictures, ((0, 0), (most, most), (most, most)))
    out = np.empty_like(pictures)
    down, across = draw.integers(0, 2 * most + 1, (2, len(pictures)))
    for y in range(2 * most + 1):
        for x in range(2 * most + 1):
            chosen = (down == y) & (across == x)
            out[chosen] = padded[chosen, y : y + size, x : x + size]
    return out


def _table() -> dict[str, NDArray[Any]]:
    """Return features from 0 to 1, and a target of mean 0 and deviation 1."""
    from sklearn.datasets import make_friedman1

    x, t = make_friedman1(TRAINING + TEST, n_features=SHAPES["table"][0], random_state=0)
    x, t = x.astype(np.float32), ((t - t.mean()) / t.std()).astype(np.float32)[:, None]
    return {
        "features": x[:TRAINING],
        "targets": t[:TRAINING],
        "test_features": x[TRAINING:],
        "test_targets": t[TRAINING:],
    }
