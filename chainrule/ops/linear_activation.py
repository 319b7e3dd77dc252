"""Linear with its activation: the fusion of the two operations."""

from collections.abc import Mapping
from dataclasses import field

from torch import Tensor

from chainrule.graph.operation import OVER_X, Calls, Operation, create, op, operation_kind
from chainrule.graph.shape import Shape
from chainrule.ops.linear import SAMPLES, Linear
from chainrule.ranges import invalid_setting


@op(
    "linear_activation",
    layout="columns",
    workspace={"dz": "y"},
    in_place={"dz": ("dy",)},
    samples=SAMPLES,
    settings=[
        {"activation": "relu"},
        {"activation": "sigmoid"},
        {"activation": "tanh"},
        {"activation": "elu", "settings": {"alpha": 0.5}},
    ],
)
class LinearActivation:
    """A layer's units: y = f(z) with z = W x + b, so dz = dy f'(z), then linear's chain rule.

    z and y share memory: the activation is computed in place, and its derivative from y alone.
    Settings:
        activation: the registered name of f, an operation whose chain rule needs y but not z.
        settings: of f.
    Shapes: x (batch, inputs), w (outputs, inputs), b (outputs,), y (batch, outputs).
    Keeps x, w and y.
    """

    activation: str
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not needs_only_output(self._function()):
            expected = "one whose derivative follows from its output"
            raise invalid_setting(self, "activation", expected, "'relu'")

    def shape(self, x: Shape, w: Shape, b: Shape) -> Shape:
        return Linear().shape(x, w, b)

    def reference(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return self._function().reference(Linear().reference(x, w, b))

    def forward(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Calls:
        return Linear().forward(x, w, b, y) + self._function().forward(x=y, y=y)

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
        through_f = self._function().backward(y=y, dy=dy, dx=dz)
        return through_f + Linear().backward(x, w, dz, dx, dw, db)

    def flops(self, name: str, **shapes: tuple[int, ...]) -> int:
        return Linear().flops(name, **shapes)

    def _function(self) -> Operation:
        return create(self.activation, self.settings)


def needs_only_output(operation: Operation) -> bool:
    """Whether the chain rule needs y but not x, so that y may be written over x."""
    kind = operation_kind(operation)
    return kind.backward == ("y", "dy", "dx") and kind.in_place == OVER_X
