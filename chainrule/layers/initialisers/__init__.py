"""Initialisers: where weights begin, so that signals neither fade nor grow on their way."""

from chainrule.graph.graph import Initialiser
from chainrule.layers.initialisers.constant import Zeros
from chainrule.layers.initialisers.data_dependent import DataDependent
from chainrule.layers.initialisers.gaussian import Gaussian
from chainrule.layers.initialisers.he import He
from chainrule.layers.initialisers.lecun import LeCun
from chainrule.layers.initialisers.orthogonal import Orthogonal
from chainrule.layers.initialisers.xavier import Xavier
from chainrule.registry import Registry

INITIALISERS: Registry[Initialiser] = Registry(
    "initialiser",
    gaussian=Gaussian(),
    gaussian_large=Gaussian(1.0),
    he=He(),
    he_uniform=He("uniform"),
    lecun=LeCun(),
    lecun_uniform=LeCun("uniform"),
    orthogonal=Orthogonal(),
    xavier=Xavier(),
    xavier_fan_in=LeCun(),  # what textbooks that count the inputs alone call Xavier's
    xavier_uniform=Xavier("uniform"),
    zeros=Zeros(),
)


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
