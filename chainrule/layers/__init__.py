"""Layers: what a person builds a network of. They declare parameters and call operations."""

from chainrule.layers.dense import Dense
from chainrule.layers.flatten import Flatten
from chainrule.layers.network import Layer, Network

__all__ = ["Dense", "Flatten", "Layer", "Network"]
