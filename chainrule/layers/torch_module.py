"""TorchModule: any module of torch as a layer."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from chainrule import ops
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.layers.pictures import refused_by
from chainrule.ops.torch_module import FlatModule


@dataclass(frozen=True, repr=False)
class TorchModule:
    """A torch.nn.Module between other layers, for what there is no layer of; autograd derives it.

    It begins with the weights that the module has; training changes a copy, the module itself
    stays as it is. In training the copy is as after module.train(), elsewhere as after
    module.eval(). The layer's parameter `weights` is one vector, all trained parameters one behind
    the other, so weight decay, which vectors don't have, leaves them alone. Parameters that require
    no gradient stay as they are.
    A model file has the weights, not the code of the module: `load` wants it given again.
    Args:
        module: takes one tensor (batch, ...) and gives one; pictures come to it as (batch, height,
            width, channels), or grey as (batch, height, width).
    Raises:
        InputError: that is no module.
    """

    module: nn.Module

    def __post_init__(self) -> None:
        if not isinstance(self.module, nn.Module):
            raise InputError(
                f"TorchModule({self.module!r}) was given; expected a torch.nn.Module, such as "
                "TorchModule(torch.nn.Linear(8, 4)). Of a class, give an instance."
            )

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output.

        Raises:
            InputError: the module can't take x, or gives something else than one tensor.
        """
        module = FlatModule(copy.deepcopy(self.module))
        w, state = (_AsTheyAre(tensors.values()) for tensors in (module.weights, module.state))
        with refused_by(name):
            return graph.apply(
                ops.TorchModule(module, name),
                x,
                graph.parameter(f"{name}.weights", w.shape, w),
                graph.state(f"{name}.state", state.shape, state),
                graph.key(),
                name=name,
            )

    def __repr__(self) -> str:
        """With the class of the module."""
        return f"TorchModule({type(self.module).__name__})"


class _AsTheyAre:
    """Initialiser: the tensors' own values, as one vector."""

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        flat = [tensor.detach().to(torch.float64).flatten() for tensor in tensors]
        self._vector = torch.cat([torch.empty(0, dtype=torch.float64), *flat])
        self.shape = tuple(self._vector.shape)

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """The vector, float64; nothing is drawn."""
        return self._vector
