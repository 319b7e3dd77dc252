"""Columns and tables from plain values, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from chainrule import demo
from chainrule.data.table import Column, Table

PENGUINS = Path(demo.__file__).parent / "penguins.csv"


def numbers(name: str, *values: float) -> Column:
    """A column of numbers; NaN is missing."""
    return Column(name, np.array(values, float))


def texts(name: str, *values: str | None) -> Column:
    """A column of texts; None is missing."""
    column = np.empty(len(values), object)
    column[:] = values
    return Column(name, column)


def table(*columns: Column, target: Column | None = None) -> Table:
    """A table of these columns."""
    return Table("t.csv", columns, target)
