"""The strongest network for tables, with defaults that were tuned on many data sets."""

from chainrule.layers import (
    Dropout,
    Layer,
    Network,
    NTKDense,
    ParametricActivation,
    PeriodicEmbedding,
    Scale,
)
from chainrule.layers.initialisers import DataDependent
from chainrule.networks.registry import network


@network("realmlp")
def realmlp(
    outputs: int,
    *,
    layers: tuple[int, ...] = (256, 256, 256),
    activation: str = "selu",
    dropout: float = 0.0,
) -> Network:
    """RealMLP with tuned defaults, TD: embedded numbers, a scale of each feature, dense layers.

    Numbers get periodic embeddings (PBLD); dense layers are in neural tangent parametrisation, with
    initial values fitted to the samples; each unit learns the share of its activation.
    Designed for the training settings of the preset strong: AdamW with beta2 0.95, a learning rate
    of 0.04 (classes) or 0.2 (numbers), the schedule coslog4, and dropout of 0.15 and a weight decay
    of 0.02 that fade in the second half. Two classes have one score here; in the paper they have
    two, whose difference moves twice as far in a step.
    Args:
        outputs: number of scores.
        layers: units of the hidden layers.
        activation: of the hidden layers; the paper uses selu for classes and mish for numbers.
        dropout: after each hidden layer.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3.

    >>> realmlp(1, layers=(50,))  # doctest: +NORMALIZE_WHITESPACE
    Network(PeriodicEmbedding(), Scale(), NTKDense(50, initialiser=DataDependent()),
            ParametricActivation('selu'), NTKDense(1, initialiser=DataDependent()))
    """
    hidden: list[Layer] = []
    for units in layers:
        hidden += [NTKDense(units, initialiser=DataDependent()), ParametricActivation(activation)]
        if dropout:
            hidden.append(Dropout(dropout))
    last = NTKDense(outputs, initialiser=DataDependent())
    return Network(PeriodicEmbedding(), Scale(), *hidden, last)
