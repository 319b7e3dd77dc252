"""The update: clipping, penalties, weight decay, the optimizer's step and weight averaging."""

from chainrule.training.update.averaging import Averaging, WeightAverage
from chainrule.training.update.clipping import ClipNorm, ClipValue
from chainrule.training.update.l1 import L1
from chainrule.training.update.update import BoundUpdate, Update
from chainrule.training.update.weight_decay import CoupledDecay, DecoupledDecay

__all__ = [
    "L1",
    "Averaging",
    "BoundUpdate",
    "ClipNorm",
    "ClipValue",
    "CoupledDecay",
    "DecoupledDecay",
    "Update",
    "WeightAverage",
]
