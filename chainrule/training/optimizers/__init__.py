"""Optimizers: rules by which weights follow their gradient, written on two flat vectors."""

from chainrule.registry import import_all
from chainrule.training.optimizers.adagrad import AdaGrad
from chainrule.training.optimizers.adam import Adam
from chainrule.training.optimizers.adamw import AdamW
from chainrule.training.optimizers.gradient_descent import GradientDescent
from chainrule.training.optimizers.lbfgs import LBFGS
from chainrule.training.optimizers.lion import Lion
from chainrule.training.optimizers.momentum import Momentum
from chainrule.training.optimizers.muon import Muon
from chainrule.training.optimizers.nadam import NAdam
from chainrule.training.optimizers.nesterov import Nesterov
from chainrule.training.optimizers.optimizer import (
    OPTIMIZERS,
    BoundOptimizer,
    FullBatchOptimizer,
    GradientOptimizer,
    Optimizer,
)
from chainrule.training.optimizers.rmsprop import RMSprop

import_all(__name__)

__all__ = [
    "LBFGS",
    "OPTIMIZERS",
    "AdaGrad",
    "Adam",
    "AdamW",
    "BoundOptimizer",
    "FullBatchOptimizer",
    "GradientDescent",
    "GradientOptimizer",
    "Lion",
    "Momentum",
    "Muon",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "RMSprop",
]
