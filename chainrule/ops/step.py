"""Step: the threshold of the first artificial neurons."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation


@activation(initialiser="xavier")
@op("step", in_place={"y": ("x",)})
class UnitStep:
    """Unit step, element by element: y = 1 where x > 0, else 0.

    It has no chain rule. Its derivative is 0 everywhere except at x = 0, where there is none: every
    weight before it would have the gradient 0, whatever the loss. Sigmoid is the smooth step that
    can be trained.
    Shapes: x and y alike, any. Source: Rosenblatt (1958), The perceptron: a probabilistic model for
    information storage and organization in the brain.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.heaviside(x, x.new_zeros(()))

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.gt, x, x.new_zeros(()), out=y)]

    def backward(self) -> Calls:
        return []
