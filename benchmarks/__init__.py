"""Benchmarks, separate from the tests: ratios between alternatives, measured in one run."""
