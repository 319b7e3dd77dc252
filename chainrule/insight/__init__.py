"""Insight: what happened in a run, in pictures and in words."""
