"""Columns: the role of each, the task of the target, dates, and sample weights."""
