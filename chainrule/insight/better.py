"""Better: of which scores the smaller one is. It imports nothing, for lists must be quick."""

# Of every other score the larger one is.
LOWER_IS_BETTER = frozenset(("rmse", "mae", "log_loss", "brier_score", "loss"))
