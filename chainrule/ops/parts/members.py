"""Members: kernels for one network, bound for each of the K networks of a plan."""

from collections.abc import Callable
from itertools import repeat

from torch import Tensor

from chainrule.graph.operation import Calls


def for_each_member(axes: int, bind: Callable[..., Calls], *tensors: Tensor | None) -> Calls:
    """What `bind` gives for the tensors; with a leading axis of members, for those of each.

    Args:
        axes: that the first tensor has without members.
        bind: gives the kernels for one network.
        tensors: its arguments; None is None for each member.
    """
    first = tensors[0]
    assert first is not None
    if first.dim() == axes:
        return bind(*tensors)
    parts = [repeat(None) if tensor is None else tensor.unbind() for tensor in tensors]
    members = zip(*parts, strict=False)  # as many as the first has; a None is repeated for ever
    return [call for member in members for call in bind(*member)]
