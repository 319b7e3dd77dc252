"""Streaming of tables larger than memory.

Rows are read in chunks (scan.py, stored_rows.py), split into training, validation and test row by
row (row_split.py), and once prepared, stored on disk in random order (shuffled_rows.py).
"""
