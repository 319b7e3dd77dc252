"""Insight: plots, findings and reports of runs."""
