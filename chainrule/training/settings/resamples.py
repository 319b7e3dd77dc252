"""The number of resamples of the rows from which the intervals of scores are found."""

RESAMPLES = 1000
LEAST_RESAMPLES = 40  # one of them lies beyond each end of an interval of 95 %
