"""Schedules: the learning rate over the course of a run, as a share of the full rate."""

from chainrule.registry import import_all
from chainrule.training.schedules.constant import Constant
from chainrule.training.schedules.cosine import Cosine
from chainrule.training.schedules.coslog4 import Coslog4
from chainrule.training.schedules.exponential import Exponential
from chainrule.training.schedules.flat_cos import FlatCos
from chainrule.training.schedules.length import check_length
from chainrule.training.schedules.multi_step import MultiStep
from chainrule.training.schedules.one_cycle import OneCycle
from chainrule.training.schedules.reduce_on_plateau import ReduceOnPlateau
from chainrule.training.schedules.schedule import SCHEDULES, Rate, Schedule
from chainrule.training.schedules.step import Step
from chainrule.training.schedules.warm_up import WarmUp

import_all(__name__)

__all__ = [
    "SCHEDULES",
    "Constant",
    "Cosine",
    "Coslog4",
    "Exponential",
    "FlatCos",
    "MultiStep",
    "OneCycle",
    "Rate",
    "ReduceOnPlateau",
    "Schedule",
    "Step",
    "WarmUp",
    "check_length",
]
