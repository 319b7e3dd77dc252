"""Initialisers: initial weights with which signals neither fade nor grow from layer to layer."""

from chainrule.layers.initialisers.constant import Zeros
from chainrule.layers.initialisers.data_dependent import DataDependent
from chainrule.layers.initialisers.gaussian import Gaussian
from chainrule.layers.initialisers.he import He
from chainrule.layers.initialisers.lecun import LeCun
from chainrule.layers.initialisers.orthogonal import Orthogonal
from chainrule.layers.initialisers.registry import INITIALISERS
from chainrule.layers.initialisers.xavier import Xavier
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "INITIALISERS",
    "DataDependent",
    "Gaussian",
    "He",
    "LeCun",
    "Orthogonal",
    "Xavier",
    "Zeros",
]
