"""Inspection of data before training: the role of each column, and possible problems."""

from chainrule.data.inspection.inspect import Inspection, inspect
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.problems import problems
from chainrule.data.inspection.summary import IN_DOUBT, Summary
from chainrule.data.inspection.target_leakage import target_leakage

__all__ = [
    "IN_DOUBT",
    "Inspection",
    "Problem",
    "Summary",
    "inspect",
    "problems",
    "target_leakage",
]
