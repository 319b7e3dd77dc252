"""Streaming: tables larger than memory, of which only some rows are in memory at a time.

Their rows are read some at a time (scan.py, stored_rows.py), divided into training, validation and
test row by row (row_split.py), and once prepared laid out on disk in random order
(shuffled_rows.py).
"""
