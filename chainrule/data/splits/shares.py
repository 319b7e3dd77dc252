"""Random split by shares, stratified by class."""

import math
from collections.abc import Collection

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.formatting import pluralised
from chainrule.data.splits.split import PARTS, Split
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.randomness import generator

Shares = tuple[float, float, float]


def split_rows(target: Column, task: Task, shares: Shares, seed: int) -> Split:
    """Split rows at random, stratified: each class is split by the same shares.

    A class of n rows gives each part its share of n, rounded down or up. The part with the largest
    deficit so far is rounded up (the largest remainder, carried from class to class), so that many
    small classes do not all favour the same part. Every class keeps at least one training row.
    Numeric targets are not stratified.
    Args:
        target: of every row, none missing.
        task: of the target.
        shares: of training, validation and test; they sum to 1, and the last two may be 0.
        seed: same seed, same split.
    Raises:
        InputError: the shares are invalid, or a part with a share would have no row.

    >>> split = split_rows(Column("y", np.arange(10.0)), "regression", (0.8, 0.1, 0.1), seed=0)
    >>> len(split.train), len(split.validation), len(split.test)
    (8, 1, 1)
    """
    _check_shares(shares)
    shuffled = torch.randperm(len(target), generator=generator(seed, "split")).numpy()
    if task == "regression":
        counts = np.array([len(target)])
    else:
        _, classes, counts = np.unique(target.values, return_inverse=True, return_counts=True)
        shuffled = shuffled[np.argsort(classes[shuffled], kind="stable")]
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    end = 0
    for sizes in _sizes(counts, shares):
        for part, size in zip(parts, sizes, strict=True):
            part.append(shuffled[end : end + size])
            end += size
    train, validation, test = (np.sort(np.concatenate(part)) for part in parts)
    for name, share, rows in zip(PARTS, shares, (train, validation, test), strict=True):
        if share > 0 and len(rows) == 0:
            raise InputError(
                f"column '{target.name}': got {pluralised(len(target), 'row')}, of which the "
                f"{name} share of {share:g} is not one row, expected at least one. Give more rows, "
                f"or a {name} share of {'at least ' if name == 'training' else '0 or at least '}"
                f"{1 / max(len(target), 1):.2g}."
            )
    return Split(train, validation, test)


def remaining_shares(shares: Shares, separate: Collection[str]) -> Shares:
    """Return the shares of the parts that are still split, where others have separate data.

    Args:
        shares: of training, validation and test, the first above 0.
        separate: the names in PARTS that have separate data, never training.

    >>> remaining_shares((0.5, 0.125, 0.375), ["test"])
    (0.8, 0.2, 0.0)
    """
    kept = [0.0 if name in separate else share for name, share in zip(PARTS, shares, strict=True)]
    train, validation, test = (share / math.fsum(kept) for share in kept)
    return train, validation, test


def _sizes(counts: NDArray[np.int64], shares: Shares) -> list[list[int]]:
    """Return for each class of `counts` rows the rows of each part, which sum to the count."""
    deficit = np.zeros(3)  # rows that each part has too few so far
    result = []
    for count in counts:
        due = count * np.array(shares)
        sizes = np.floor(due).astype(np.int64)
        deficit += due - sizes
        by_deficit = [int(part) for part in np.argsort(-deficit, kind="stable") if shares[part] > 0]
        for part in by_deficit[: count - sizes.sum()]:
            sizes[part] += 1
            deficit[part] -= 1
        if sizes[0] == 0:
            richest = int(np.argmax(sizes - due))
            sizes[[0, richest]] += (1, -1)
            deficit[[0, richest]] += (-1, 1)
        result.append([int(size) for size in sizes])
    return result


def _check_shares(shares: Shares) -> None:
    in_range = all(math.isfinite(share) and 0 <= share <= 1 for share in shares)
    if not in_range or abs(sum(shares) - 1) > 1e-9 or shares[0] == 0:
        got = ", ".join(f"{share:g}" for share in shares)
        raise InputError(
            f"got the shares {got} for training, validation and test, expected three numbers "
            "from 0 to 1 that sum to 1, the first above 0. Use for example 0.8, 0.1, 0.1."
        )
