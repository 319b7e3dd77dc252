"""Xavier: the initialisation for sigmoid, tanh and layers without activation."""

from chainrule.layers.initialisers.fans import fan_in, fan_out
from chainrule.layers.initialisers.registry import initialiser
from chainrule.layers.initialisers.variance_scaling import VarianceScaling


@initialiser("xavier")
@initialiser("xavier_uniform", "uniform")
class Xavier(VarianceScaling):
    """Numbers of mean 0 and variance 2 / (fan_in + fan_out).

    A compromise between keeping the size of activations forwards, 1 / fan_in, and that of
    gradients backwards, 1 / fan_out, where the activation is nearly linear around 0. Some
    textbooks call 1 / fan_in alone Xavier's, which is LeCun here.
    Source: Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, equation 12; the uniform numbers are its equation 16.
    """

    def variance(self, shape: tuple[int, ...]) -> float:
        """Return 2 / (fan_in + fan_out)."""
        return 2 / (fan_in(shape) + fan_out(shape))
