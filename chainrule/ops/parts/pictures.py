"""Pictures in the form of torch's kernels: channels first."""

from functools import partial

import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import Calls
from chainrule.graph.shape import BATCH, Shape, show

AXES = 4  # batch, height, width, channels


def check_pictures(operation: str, x: Shape) -> None:
    """Check that x is a batch of pictures.

    Raises:
        InputError: it is not.
    """
    if len(x) != AXES or x[0] != BATCH:
        raise InputError(
            f"{operation} got x {show(x)}; expected pictures (batch, height, width, channels). "
            "Reshape x; a grey picture has 1 channel."
        )


def channels_first(x: Tensor) -> Tensor:
    """View (..., height, width, channels) as (..., channels, height, width).

    For contiguous pictures this is torch's memory format channels_last, in which its kernels for
    pictures are fastest.
    """
    return x.movedim(-1, -3)


def row_major(x: Tensor) -> Tensor:
    """Return x if it is contiguous, otherwise a contiguous buffer of its shape.

    The kernels for pictures would allocate it in each call.
    """
    if x.is_contiguous():
        return x
    return torch.empty_like(x, memory_format=torch.contiguous_format)


def copy_calls(source: Tensor, target: Tensor) -> Calls:
    """Return the call that copies source into target; none where they are the same."""
    return [] if source is target else [partial(target.copy_, source)]
