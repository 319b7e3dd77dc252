"""Plan: how it is computed. Order, fusion, buffers and kernels, fixed before the first step."""

from chainrule.plan.parameters import Parameters
from chainrule.plan.plan import Mode, Plan, Plans, compile_plan

__all__ = ["Mode", "Parameters", "Plan", "Plans", "compile_plan"]
