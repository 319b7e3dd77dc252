"""Members: kernels for one network, bound for each of the K networks of a plan."""

from collections.abc import Callable
from itertools import repeat

from torch import Tensor

from chainrule.graph.operation import Calls


def for_each_member(axes: int, bind: Callable[..., Calls], *tensors: Tensor | None) -> Calls:
    """Bind kernels to the tensors of one network, or of each member in turn.

    Args:
        axes: number of axes of the first tensor without members.
        bind: returns the kernels for one network.
        tensors: its arguments, with members in front or not; None is None for each member.
    """
    first = tensors[0]
    assert first is not None
    if first.dim() == axes:
        return bind(*tensors)
    parts = [repeat(None) if tensor is None else tensor.unbind() for tensor in tensors]
    members = zip(*parts, strict=False)  # not strict, since a None is repeated for ever
    return [call for member in members for call in bind(*member)]
