"""Rectifiers: relu, and variants that are not 0 for negative numbers."""

from functools import partial

import torch
from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, op
from chainrule.graph.shape import Shape
from chainrule.ops.parts.activation import activation
from chainrule.ranges import NotNegative, check_settings

# The two numbers for which layers of selu keep mean 0 and variance 1, from the source of Selu.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


@activation(initialiser="he")
@op("relu", in_place=OVER_X)
class Relu:
    """Rectified linear unit, element by element: y = max(0, x), so dx = dy where y > 0, else 0.

    At the kink, x = 0, the derivative is taken to be 0.
    Shapes: x and y alike, any. Keeps y. Source: Nair & Hinton (2010), Rectified linear units
    improve restricted Boltzmann machines.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.relu(x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.clamp_min, x, 0, out=y)]

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        return [partial(torch.ops.aten.threshold_backward.grad_input, dy, y, 0, grad_input=dx)]


@activation(initialiser="he")
@op("leaky_relu", in_place=OVER_X, settings=[{}, {"slope": 0.3}])
class LeakyRelu:
    """Leaky ReLU: y = x where x > 0, else slope x; so dx = dy where y > 0, else slope dy.

    No unit can become 0 for all samples, where relu would have the gradient 0 for ever. At the
    kink, x = 0, the derivative is taken to be the slope.
    Settings:
        slope: for negative x; not negative, so that y and x have the same sign.
    Shapes: x and y alike, any. Keeps y. Source: Maas, Hannun & Ng (2013), Rectifier nonlinearities
    improve neural network acoustic models.
    """

    slope: NotNegative = 0.01

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, x, self.slope * x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.ops.aten.leaky_relu.out, x, self.slope, out=y)]

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        if dx is None:
            return []
        kernel = torch.ops.aten.leaky_relu_backward.grad_input
        return [partial(kernel, dy, y, self.slope, True, grad_input=dx)]


@activation(initialiser="he")
@op("elu", in_place=OVER_X, settings=[{}, {"alpha": 0.5}])
class Elu:
    """Exponential linear unit: y = x where x > 0, else alpha (exp x - 1).

    So dx = dy where y > 0, else dy (y + alpha). Smooth at 0 for alpha = 1, and its mean is nearer
    to 0 than relu's. At x = 0 the derivative is taken to be alpha.
    Settings:
        alpha: -alpha is the limit for x -> -infinity; not negative, so that y and x have the same
            sign.
    Shapes: x and y alike, any. Keeps y. Source: Clevert, Unterthiner & Hochreiter (2016), Fast and
    accurate deep network learning by exponential linear units.
    """

    alpha: NotNegative = 1.0

    def __post_init__(self) -> None:
        check_settings(self)

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.nn.functional.elu(x, self.alpha)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return exponential_below_zero(x, y, self.alpha, scale=1.0)

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return gradient_below_zero(y, dy, dx, self.alpha, scale=1.0)


@activation(initialiser="lecun")
@op("selu", in_place=OVER_X)
class Selu:
    """Scaled exponential linear unit: y = scale x where x > 0, else scale alpha (exp x - 1).

    So dx = dy scale where y > 0, else dy (y + scale alpha). With its two numbers and weights of
    variance 1 / fan_in, activations of mean 0 and variance 1 stay so from layer to layer. At x = 0
    the derivative is taken to be scale alpha.
    Shapes: x and y alike, any. Keeps y. Source: Klambauer et al. (2017), Self-normalizing neural
    networks.
    """

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return torch.nn.functional.selu(x)

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return exponential_below_zero(x, y, SELU_ALPHA, SELU_SCALE)

    def backward(self, y: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return gradient_below_zero(y, dy, dx, SELU_ALPHA, SELU_SCALE)


def exponential_below_zero(x: Tensor, y: Tensor, alpha: float, scale: float) -> Calls:
    """Return the kernel of y = scale x where x > 0, else scale alpha (exp x - 1)."""
    return [partial(torch.ops.aten.elu.out, x, alpha, scale, out=y)]


def gradient_below_zero(
    y: Tensor, dy: Tensor, dx: Tensor | None, alpha: float, scale: float
) -> Calls:
    """Return the kernel of dx = dy scale where y > 0, else dy (y + scale alpha)."""
    if dx is None:
        return []
    kernel = torch.ops.aten.elu_backward.grad_input
    return [partial(kernel, dy, alpha, scale, 1, True, y, grad_input=dx)]
