"""Layers: the building blocks of networks. They declare parameters and apply operations."""

from chainrule.layers.activation import Activation
from chainrule.layers.batch_norm import BatchNorm
from chainrule.layers.conv2d import Conv2D
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout
from chainrule.layers.embedding import EmbedCategories, Embedding
from chainrule.layers.flatten import Flatten
from chainrule.layers.layer_norm import LayerNorm
from chainrule.layers.network import Layer, Network
from chainrule.layers.ntk_dense import NTKDense
from chainrule.layers.parametric_activation import ParametricActivation
from chainrule.layers.periodic_embedding import PeriodicEmbedding
from chainrule.layers.pooling import AveragePool2D, GlobalAveragePool, GlobalMaxPool, MaxPool2D
from chainrule.layers.recurrent import GRU, LSTM, RNN
from chainrule.layers.residual import Residual
from chainrule.layers.scale import Scale
from chainrule.layers.torch_module import TorchModule

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "AveragePool2D",
    "BatchNorm",
    "Conv2D",
    "Dense",
    "Dropout",
    "EmbedCategories",
    "Embedding",
    "Flatten",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Layer",
    "LayerNorm",
    "MaxPool2D",
    "NTKDense",
    "Network",
    "ParametricActivation",
    "PeriodicEmbedding",
    "Residual",
    "Scale",
    "TorchModule",
]
