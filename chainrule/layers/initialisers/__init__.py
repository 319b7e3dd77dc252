"""Initialisers: where weights begin, so that signals neither fade nor grow on their way."""

from chainrule.layers.initialisers.constant import Zeros
from chainrule.layers.initialisers.gaussian import Gaussian
from chainrule.layers.initialisers.he import He
from chainrule.layers.initialisers.xavier import Xavier

__all__ = ["Gaussian", "He", "Xavier", "Zeros"]
