"""Plan: how it is computed. Order, fusion, buffers and kernels, fixed before the first step."""

from chainrule.plan.parameters import Parameters
from chainrule.plan.plan import Mode, Plan, Plans, Update, compile_plan

__all__ = ["Mode", "Parameters", "Plan", "Plans", "Update", "compile_plan"]
