"""Plans: how a graph is computed. Order, fusion, buffers and kernels, fixed before training."""

from chainrule.plan.parameters import Parameters
from chainrule.plan.plan import Mode, Plan, Plans, compile_plan

__all__ = ["Mode", "Parameters", "Plan", "Plans", "compile_plan"]
