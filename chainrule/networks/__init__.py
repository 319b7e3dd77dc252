"""Ready networks by name: proven architectures for each kind of data."""

from chainrule.networks.cnn import cnn
from chainrule.networks.linear import linear
from chainrule.networks.mlp import mlp
from chainrule.networks.perceptron import perceptron
from chainrule.networks.realmlp import realmlp
from chainrule.networks.realmlp_simple import realmlp_simple
from chainrule.networks.recurrent import gru, lstm, rnn
from chainrule.networks.registry import NETWORKS, network, network_named
from chainrule.networks.residual_mlp import residual_mlp
from chainrule.networks.resnet import resnet
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "NETWORKS",
    "cnn",
    "gru",
    "linear",
    "lstm",
    "mlp",
    "network",
    "network_named",
    "perceptron",
    "realmlp",
    "realmlp_simple",
    "residual_mlp",
    "resnet",
    "rnn",
]
