"""Number of bootstrap resamples for the intervals of scores."""

RESAMPLES = 1000
LEAST_RESAMPLES = 40  # of which an interval of 95 % leaves out one at each end
