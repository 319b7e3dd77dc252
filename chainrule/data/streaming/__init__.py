"""Streaming: tables larger than memory, of which only some rows are in memory at a time.

Their rows are read some at a time (scan.py, stored_rows.py), divided into training, validation and
test row by row (row_split.py), and once prepared laid out on disk in random order
(shuffled_rows.py).
"""

from chainrule.data.streaming.memory import available_bytes, bytes_of, reading_bytes
from chainrule.data.streaming.row_split import RowSplit
from chainrule.data.streaming.scan import Scan, opened, scan
from chainrule.data.streaming.shuffled_rows import ShuffledRows
from chainrule.data.streaming.stored_rows import StoredRows

__all__ = [
    "RowSplit",
    "Scan",
    "ShuffledRows",
    "StoredRows",
    "available_bytes",
    "bytes_of",
    "opened",
    "reading_bytes",
    "scan",
]
