"""Dataset: what can be learned from. A table and pictures share `len`, `take` and `target`."""

from typing import TypeAlias

from chainrule.data.images import Images
from chainrule.data.table import Table

Dataset: TypeAlias = Table | Images
