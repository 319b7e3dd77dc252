"""LeCun: the initialisation by the number of inputs alone."""

from chainrule.layers.initialisers.fans import fan_in
from chainrule.layers.initialisers.registry import initialiser
from chainrule.layers.initialisers.variance_scaling import VarianceScaling


@initialiser("lecun")
@initialiser("lecun_uniform", "uniform")
@initialiser("xavier_fan_in")  # what textbooks that count the inputs alone call Xavier's
class LeCun(VarianceScaling):
    """Numbers of mean 0 and variance 1 / fan_in, so of deviation 1 / sqrt(fan_in).

    Inputs of variance 1 give sums of variance 1: the size of activations is kept where the
    activation is nearly linear around 0. Some textbooks call it Xavier's; as an option it is also
    xavier_fan_in.
    Source: LeCun et al. (1998), Efficient BackProp, 4.6, equation 16; as Xavier's in Saito
    (2016), Deep Learning from Scratch, 6.2.
    """

    def variance(self, shape: tuple[int, ...]) -> float:
        """Return 1 / fan_in."""
        return 1 / fan_in(shape)
