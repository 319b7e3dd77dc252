"""Update: what stands between the gradient and the weights: clipping, penalties, averaging."""

from chainrule.training.update.averaging import Averaging, WeightAverage
from chainrule.training.update.clipping import ClipNorm, ClipValue
from chainrule.training.update.l1 import L1
from chainrule.training.update.update import BoundUpdate, Updating
from chainrule.training.update.weight_decay import CoupledDecay, DecoupledDecay

__all__ = [
    "L1",
    "Averaging",
    "BoundUpdate",
    "ClipNorm",
    "ClipValue",
    "CoupledDecay",
    "DecoupledDecay",
    "Updating",
    "WeightAverage",
]
