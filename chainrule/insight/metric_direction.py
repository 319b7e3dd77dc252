"""The direction of metrics: whether lower or higher is better.

This module imports nothing, so that `chainrule runs` starts fast.
"""

# For all other metrics, higher is better.
LOWER_IS_BETTER = frozenset(("rmse", "mae", "log_loss", "brier_score", "loss"))
