"""Samples: splitting, leakage checks, weights and preparation."""
