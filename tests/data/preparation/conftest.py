"""What the tests of preparing share: columns and pictures made of plain values."""

import numpy as np
import pytest

from chainrule.data.dataset import Images
from chainrule.data.table import Column, Table


@pytest.fixture
def table() -> Table:
    """Forty rows: three numbers, one of them with gaps, grades, and a number to learn."""
    random = np.random.default_rng(3)
    x = random.normal(size=(40, 3)) @ np.array([[2, 0, 1], [0, 1, 1], [0, 0, 0.1]]) + 5
    x[::7, 1] = np.nan
    grades = np.empty(40, object)
    grades[:] = random.choice(np.array(["10", "9", "8", None], object), 40)
    columns = [Column(f"x{i}", x[:, i].copy()) for i in range(3)]
    return Table("t.csv", (*columns, Column("grade", grades)), Column("y", random.normal(size=40)))


@pytest.fixture
def pictures() -> Images:
    """Thirty pictures of 4 x 3 pixels in two colours, with two classes."""
    random = np.random.default_rng(4)
    pixels = random.integers(0, 256, (30, 4, 3, 2)).astype(np.uint8)
    return Images("p", pixels, Column("label", random.integers(0, 2, 30).astype(float)))
