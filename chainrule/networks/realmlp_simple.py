"""A strong, simple network for tables, whose training was tuned on many data sets."""

from chainrule.layers import Network, NTKDense, Scale
from chainrule.layers.initialisers import Zeros
from chainrule.networks.registry import network


@network("realmlp_simple")
def realmlp_simple(
    outputs: int, *, layers: tuple[int, ...] = (256, 256, 256), activation: str = "selu"
) -> Network:
    """RealMLP in its simple form, TD-S: a scale of each feature, then dense layers.

    The dense layers are in neural tangent parametrisation, with slow biases, and the weights of the
    last one are initially 0. Designed for Adam with beta2 0.95, a learning rate of 0.04 (classes)
    or 0.07 (numbers) and the schedule coslog4, the settings of the preset fast. Two classes have
    one score here; in the paper they have two, whose difference moves twice as far in a step.
    Args:
        outputs: number of scores.
        layers: units of the hidden layers.
        activation: of the hidden layers; the paper uses selu for classes and mish for numbers.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3.

    >>> realmlp_simple(10, layers=(50,))
    Network(Scale(), NTKDense(50, activation='selu'), NTKDense(10, initialiser=Zeros()))
    """
    hidden = [NTKDense(units, activation) for units in layers]
    return Network(Scale(), *hidden, NTKDense(outputs, initialiser=Zeros()))
