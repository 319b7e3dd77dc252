"""He: the initialisation for rectifiers."""

from chainrule.layers.initialisers.fans import fan_in
from chainrule.layers.initialisers.registry import initialiser
from chainrule.layers.initialisers.variance_scaling import VarianceScaling


@initialiser("he")
@initialiser("he_uniform", "uniform")
class He(VarianceScaling):
    """Numbers of mean 0 and variance 2 / fan_in.

    Keeps the variance of activations the same from layer to layer under ReLU, which sets half of
    them to 0: hence the 2.
    Source: He et al. (2015), Delving Deep into Rectifiers, section 2.2, equation 10.
    """

    def variance(self, shape: tuple[int, ...]) -> float:
        """Return 2 / fan_in."""
        return 2 / fan_in(shape)
