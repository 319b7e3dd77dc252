"""Timings, apart from the tests: ratios between ways of doing the same, measured in one run."""
