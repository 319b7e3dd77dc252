"""Random numbers without a state: each draw is a function of the seed and its purpose.

A generator that is passed along has a state which a resumed run would have to restore, and one
draw more or less shifts every later one. Here the order of an epoch is a function of (seed, epoch)
and the weights of a layer one of (seed, name), so that nothing needs restoring and nothing shifts.
"""

import hashlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# SplitMix64: the step between two states, and the factors of its finaliser (variant 13).
GAMMA = np.uint64(0x9E3779B97F4A7C15)
FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def generator(seed: int, purpose: str, *keys: int | str) -> torch.Generator:
    """Return a new generator for one purpose: the same arguments give the same numbers, anywhere.

    Args:
        seed: of the run.
        purpose: what the numbers are for, so that two uses of one seed are independent.
        keys: further values that the draw depends on, such as the epoch or the name of the layer.

    >>> order = torch.randperm(5, generator=generator(7, "order of samples", 0))
    >>> order.equal(torch.randperm(5, generator=generator(7, "order of samples", 0)))
    True
    """
    digest = _digest(seed, purpose, *keys)
    return torch.Generator().manual_seed(int.from_bytes(digest, "little", signed=True))


def numpy_generator(seed: int, purpose: str, *keys: int | str) -> np.random.Generator:
    """Return a generator of NumPy, for distributions that torch draws globally only."""
    digest = _digest(seed, purpose, *keys)
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def key(seed: int, purpose: str, *keys: int | str) -> int:
    """Return a whole number of 63 bits, the key from which an operation of a plan draws."""
    return int.from_bytes(_digest(seed, purpose, *keys), "little") >> 1


def uniforms(seed: int, purpose: str, *keys: int | str, rows: Tensor) -> Tensor:
    """Return a number 0 <= u < 1 for each row, independent of the other rows.

    A generator gives its numbers in order, so that a row's number depends on its position in the
    batch. Here it depends on the row alone: row r has number r of the SplitMix64 generator that
    starts at a hash of seed, purpose and keys,

        z = start + (r + 1) gamma                           modulo 2^64
        z = (z ^ z >> 30) factor1,  z = (z ^ z >> 27) factor2,  z = z ^ z >> 31
        u = (z >> 11) / 2^53

    Args:
        seed, purpose, keys: as for `generator`.
        rows: whole numbers, of any shape.
    Returns:
        float64 of the shape of rows.
    Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators; the
    constants are those of Java's SplittableRandom.

    >>> both = uniforms(7, "angle", rows=torch.tensor([3, 8]))
    >>> both[1:].equal(uniforms(7, "angle", rows=torch.tensor([8])))
    True
    """
    start = np.frombuffer(_digest(seed, purpose, *keys), "<u8")
    # NumPy has unsigned numbers, whose products wrap around and whose shifts bring in zeros.
    # The array must not be a scalar: for scalars NumPy warns where a product wraps around.
    counter = rows.reshape(-1).to(torch.int64).numpy().view(np.uint64)
    z = _finalise(start + (counter + np.uint64(1)) * GAMMA)
    shares = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return torch.from_numpy(shares).reshape(rows.shape)


def _finalise(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of z: a bijection in which each bit of z flips half of the result's bits."""
    z = (z ^ (z >> np.uint64(30))) * FACTORS[0]
    z = (z ^ (z >> np.uint64(27))) * FACTORS[1]
    return z ^ (z >> np.uint64(31))


def _digest(seed: int, purpose: str, *keys: int | str) -> bytes:
    """Hash the arguments to eight bytes; two lists of them collide with probability 2^-64."""
    text = "\x1f".join([str(seed), purpose, *map(str, keys)])
    return hashlib.sha256(text.encode()).digest()[:8]
