"""Samples: data is split, checked for leakage, weighted and prepared."""
