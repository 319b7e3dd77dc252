"""Linear with its activation: one operation where a plan finds the two in a row."""

from torch import Tensor

from chainrule.graph.operation import Calls, create, op
from chainrule.graph.shape import Shape
from chainrule.ops.linear import SAMPLES, Linear


@op(
    "linear_activation",
    layout="columns",
    workspace={"dz": "y"},
    in_place={"dz": ("dy",)},
    samples=SAMPLES,
    settings=[{"activation": "relu"}, {"activation": "sigmoid"}, {"activation": "tanh"}],
)
class LinearActivation:
    """A layer's units: y = f(z) with z = W x + b, so dz = dy f'(z), then linear's chain rule.

    z never exists beside y: the activation is computed over it, and its derivative from y alone.
    Settings:
        activation: the registered name of f, an operation whose chain rule needs y but not z.
    Shapes: x (batch, inputs), w (outputs, inputs), b (outputs,), y (batch, outputs).
    Keeps x, w and y.
    """

    activation: str

    def shape(self, x: Shape, w: Shape, b: Shape) -> Shape:
        return Linear().shape(x, w, b)

    def reference(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return create(self.activation, {}).reference(Linear().reference(x, w, b))

    def forward(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Calls:
        return Linear().forward(x, w, b, y) + create(self.activation, {}).forward(x=y, y=y)

    def backward(
        self,
        x: Tensor,
        w: Tensor,
        y: Tensor,
        dy: Tensor,
        dz: Tensor,
        dx: Tensor | None,
        dw: Tensor | None,
        db: Tensor | None,
    ) -> Calls:
        activation = create(self.activation, {})
        return activation.backward(y=y, dy=dy, dx=dz) + Linear().backward(x, w, dz, dx, dw, db)

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        return Linear().flops(name, **shapes)
