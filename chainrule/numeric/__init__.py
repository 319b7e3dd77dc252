"""Numeric: numerical derivatives, with which every chain rule is checked.

And single operations on plain numbers, to try their formulas.
"""

from chainrule.numeric.applying import apply
from chainrule.numeric.check import GradientError, gradient_errors, relative_errors
from chainrule.numeric.descent import descent_path, gradient_descent
from chainrule.numeric.difference import numerical_diff, numerical_gradient

__all__ = [
    "GradientError",
    "apply",
    "descent_path",
    "gradient_descent",
    "gradient_errors",
    "numerical_diff",
    "numerical_gradient",
    "relative_errors",
]
