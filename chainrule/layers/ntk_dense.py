"""NTKDense: a dense layer scaled by its width in the formula, not in the initial weights."""

from dataclasses import dataclass

from chainrule.graph.graph import Graph, Initialiser, Value
from chainrule.layers.activations import activation, initialiser_for
from chainrule.layers.dense import apply_dense, flatten_samples
from chainrule.layers.initialisers import DataDependent, Gaussian
from chainrule.layers.learning_rate_factor import (
    DividedBias,
    parameter_with_factor,
)
from chainrule.layers.repr import constructor_repr
from chainrule.ops import ConstantMultiple
from chainrule.ranges import Count, Positive, check_settings

STANDARD_NORMAL = Gaussian(1.0)


@dataclass(frozen=True, repr=False)
class NTKDense:
    """A fully connected layer in neural tangent parametrisation: z = W x / sqrt(n) + b, a = f(z).

    n is the number of inputs. Initially W has deviation 1, so z is as large as with Dense and
    weights of deviation 1 / sqrt(n). The difference is in learning: under Adam every weight moves
    by about the learning rate, however large it is, and here that moves z by 1 / sqrt(n) of what
    it would with Dense. So learning rates are larger, and wide layers do not need smaller ones.
    Args:
        units: number of outputs.
        activation: name of f, such as selu; None for a = z.
        initialiser: of W and of b; DataDependent() fits both to the samples before training.
        bias_learning_rate_factor: by which the learning rate of b is larger; exact under Adam and
            similar optimizers (see layers/learning_rate_factor.py).
    Raises:
        InputError: units or the factor is not positive, or there is no activation of that name.
    Source: Jacot, Gabriel & Hongler (2018), Neural tangent kernel: convergence and generalization
    in neural networks, section 2; the slow bias: Holzmüller, Grinsztajn & Steinwart (2024), Better
    by default: strong pre-tuned MLPs and boosted trees on tabular data, section 3.
    """

    units: Count
    activation: str | None = None
    initialiser: Initialiser = STANDARD_NORMAL
    bias_learning_rate_factor: Positive = 0.1

    def __post_init__(self) -> None:
        check_settings(self)
        initialiser_for(self.activation)  # refuses an unknown one

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, (batch, units)."""
        x = flatten_samples(graph, x, name)
        n = int(x.shape[-1])
        w = graph.parameter(f"{name}.weights", (self.units, n), self.initialiser)
        w = graph.apply(ConstantMultiple(n**-0.5), w, name=f"{name}.weights_over_root_of_inputs")
        b = parameter_with_factor(
            graph,
            f"{name}.bias",
            (self.units,),
            self.initialiser,
            self.bias_learning_rate_factor,
        )
        z = apply_dense(graph, x, w, b, None, name if self.activation is None else f"{name}.z")
        if isinstance(self.initialiser, DataDependent):
            fitted = DividedBias(self.initialiser, self.bias_learning_rate_factor)
            graph.fit_to_samples(fitted, f"{name}.weights", f"{name}.bias", z)
        if self.activation is None:
            return z
        return graph.apply(activation(self.activation), z, name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
