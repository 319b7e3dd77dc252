"""Random numbers without a state: each draw is a function of the seed and of what it is for.

A generator that is carried along has a state which a resumed run would have to restore, and one
draw more or less shifts every later one. Here the order of an epoch is a function of (seed, epoch)
and the weights of a layer one of (seed, name), so that nothing needs restoring and nothing shifts.
"""

import hashlib

import torch


def generator(seed: int, purpose: str, *keys: int | str) -> torch.Generator:
    """A fresh generator for one purpose: the same arguments give the same numbers, anywhere.

    Args:
        seed: of the run.
        purpose: what the numbers are for, so that two uses of one seed are independent.
        keys: whatever else the draw depends on, such as the epoch or the name of the layer.

    >>> order = torch.randperm(5, generator=generator(7, "order of samples", 0))
    >>> order.equal(torch.randperm(5, generator=generator(7, "order of samples", 0)))
    True
    """
    text = "\x1f".join([str(seed), purpose, *map(str, keys)])
    digest = hashlib.sha256(text.encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little", signed=True))
