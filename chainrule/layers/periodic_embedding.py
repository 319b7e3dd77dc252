"""PeriodicEmbedding: features of a number in which close values can differ strongly."""

import math
from dataclasses import dataclass
from typing import Annotated

from chainrule import ops
from chainrule.graph.graph import Graph, Initialiser, Value
from chainrule.layers.dense import flatten_samples
from chainrule.layers.initialisers import Gaussian
from chainrule.layers.initialisers.uniform import Uniform
from chainrule.layers.learning_rate_factor import parameter_with_factor
from chainrule.layers.repr import constructor_repr
from chainrule.ranges import Count, Positive, Range, check_settings


@dataclass(frozen=True, repr=False)
class PeriodicEmbedding:
    """Adds functions of each number x to the features: e = W cos(2 pi w x + b) + c.

    A dense layer reads a number by one weight, and its output bends at few points. Here each number
    also has sums of waves, whose frequencies w, phases b and weights W, c are learned for each
    feature: embeddings that are periodic, biased, linear and densely connected, "PBLD". All are
    computed by two calls, whatever the number of features.
    Args:
        columns: indices of the features that are numbers. None for all features; training then
            replaces None by the quantities (no categories, no missing-value indicators).
        dimensions: of the embedding of a number, the number itself included.
        waves: for each number.
        deviation: of the initial frequencies; large ones fit finer detail and more noise.
        learning_rate_factor: by which the learning rate of all parameters is larger; exact under
            Adam and similar optimizers (see layers/learning_rate_factor.py).
    Raises:
        InputError: there are fewer than two dimensions or no waves, or the factor is not positive.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3; after Gorishniy, Rubachev & Babenko (2022), On
    embeddings for numerical features in tabular deep learning, section 3.3.
    """

    columns: tuple[int, ...] | None = None
    dimensions: Annotated[int, Range(2, whole=True)] = 4
    waves: Count = 16
    deviation: float = 0.1
    learning_rate_factor: Positive = 0.1

    def __post_init__(self) -> None:
        check_settings(self)

    def new_features(self, columns: int) -> int:
        """Return the number of features that it adds for a number of columns."""
        return columns * (self.dimensions - 1)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output: the features, then the new ones."""
        x = flatten_samples(graph, x, name)
        columns = tuple(range(int(x.shape[-1]))) if self.columns is None else self.columns
        count, sums = len(columns), self.dimensions - 1
        bound = Uniform(1 / math.sqrt(self.waves))

        def parameter(part: str, shape: tuple[int, ...], initialiser: Initialiser) -> Value:
            return parameter_with_factor(
                graph, f"{name}.{part}", shape, initialiser, self.learning_rate_factor
            )

        w = parameter("frequencies", (count, self.waves), Gaussian(self.deviation))
        b = parameter("phases", (count, self.waves), Uniform(math.pi))
        waves = graph.apply(ops.Periodic(columns), x, w, b, name=f"{name}.waves")
        weights = parameter("weights", (count, sums, self.waves), bound)
        bias = parameter("bias", (count, sums), bound)
        embedded = graph.apply(ops.GroupedLinear(), waves, weights, bias, name=f"{name}.sums")
        return graph.apply(ops.Concatenate(), x, embedded, name=name)

    def __repr__(self) -> str:
        """Return the constructor call, without arguments that have their default."""
        return constructor_repr(self)
