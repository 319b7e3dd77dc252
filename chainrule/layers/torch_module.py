"""TorchModule: any torch module as a layer."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from chainrule import ops
from chainrule.errors import InputError
from chainrule.graph.graph import Graph, Value
from chainrule.layers.pictures import error_prefix
from chainrule.ops.torch_module import FlatModule


@dataclass(frozen=True, repr=False)
class TorchModule:
    """A torch.nn.Module as a layer, for functions without a layer here; derived by torch.autograd.

    Initial weights are those of the module; training changes a copy, not the module. The copy is in
    the mode of module.train() in training, otherwise in that of module.eval(). The layer's
    parameter `weights` is one vector of all trained parameters, so weight decay, which does not act
    on vectors, leaves them alone. Parameters that require no gradient do not change.
    A model file has the weights, not the code of the module: `load` needs the module again.
    Args:
        module: takes one tensor (batch, ...) and returns one; pictures are (batch, height, width,
            channels), or grey (batch, height, width).
    Raises:
        InputError: the argument is not a module.
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
            InputError: the module can't take x, or does not return one tensor.
        """
        module = FlatModule(copy.deepcopy(self.module))
        w, state = (_ModuleValues(tensors.values()) for tensors in (module.weights, module.state))
        with error_prefix(name):
            return graph.apply(
                ops.TorchModule(module, name),
                x,
                graph.parameter(f"{name}.weights", w.shape, w),
                graph.state(f"{name}.state", state.shape, state),
                graph.key(),
                name=name,
            )

    def __repr__(self) -> str:
        """Return the constructor call, with the class of the module."""
        return f"TorchModule({type(self.module).__name__})"


class _ModuleValues:
    """Initialiser with the values of a module's tensors, as one vector."""

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        flat = [tensor.detach().to(torch.float64).flatten() for tensor in tensors]
        self._vector = torch.cat([torch.empty(0, dtype=torch.float64), *flat])
        self.shape = tuple(self._vector.shape)

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Return the vector, float64; nothing is drawn."""
        return self._vector
