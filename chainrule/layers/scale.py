"""Scale: a learned factor for each feature, a soft selection of features."""

from dataclasses import dataclass

from chainrule import ops
from chainrule.graph.graph import Graph, Value
from chainrule.layers.initialisers.ones import Ones
from chainrule.layers.learning_rate_factor import parameter_with_factor
from chainrule.layers.repr import constructor_repr
from chainrule.ranges import Positive, check_settings


@dataclass(frozen=True, repr=False)
class Scale:
    """y = s x, feature by feature; s is initially 1 and is learned faster than weights.

    As the first layer of a network for tables it selects columns softly: a useless column can fade
    as a whole, where a dense layer would have to unlearn it in each unit separately. Weight decay
    supports that: s is the diagonal of a matrix and decays as matrices do.
    Args:
        learning_rate_factor: by which the learning rate of s is larger; exact under Adam and
            similar optimizers (see layers/learning_rate_factor.py).
    Raises:
        InputError: the factor is not positive.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3, "scaling layer".
    """

    learning_rate_factor: Positive = 6.0

    def __post_init__(self) -> None:
        check_settings(self)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output, of the shape of x."""
        features = (int(x.shape[-1]),)
        s = parameter_with_factor(
            graph, f"{name}.scale", features, Ones(), self.learning_rate_factor, decays=True
        )
        return graph.apply(ops.Scale(), x, s, name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
