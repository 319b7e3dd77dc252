"""Pictures as torch's kernels take them: channels in front."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls
from chainrule.graph.shape import BATCH, Shape, show

AXES = 4  # batch, height, width, channels


def check_pictures(operation: str, x: Shape) -> None:
    """Refuse what is no batch of pictures.

    Raises:
        InputError: x is none.
    """
    if len(x) != AXES or x[0] != BATCH:
        raise InputError(
            f"{operation} got x {show(x)}; expected pictures (batch, height, width, channels). "
            "Reshape x; a grey picture has 1 channel."
        )


def channels_first(x: Tensor) -> Tensor:
    """(..., height, width, channels) seen as (..., channels, height, width); moves no number.

    Of a picture that lies in memory row by row it is what torch calls channels last, the order in
    which its kernels for pictures are fastest.
    """
    return x.movedim(-1, -3)


def in_rows(x: Tensor) -> Tensor:
    """x itself where it lies sample after sample, otherwise a buffer of its shape that does.

    The kernels for pictures would allocate such a buffer in each step.
    """
    if x.is_contiguous():
        return x
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def moved(source: Tensor, target: Tensor) -> Calls:
    """What copies the one into the other; nothing where they are the same."""
    return [] if source is target else [partial(target.copy_, source)]
