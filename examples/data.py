"""The data of the examples: the two data sets of chainrule's demo."""

from collections.abc import Sequence
from pathlib import Path

import chainrule as cr
import chainrule.demo
from chainrule.data.dataset import Dataset

_FOLDER = Path(chainrule.demo.__file__).parent


def digits() -> Dataset:
    """Return 1797 handwritten digits of 8 x 8 pixels, a column each; the target is the digit."""
    return cr.read(_FOLDER / "digits.csv.gz", target="digit")


def penguins(target: str = "species", columns: Sequence[str] | None = None) -> Dataset:
    """Return 344 penguins: species, island, four measurements, sex and year.

    Args:
        target: target column.
        columns: feature columns; by default all others.
    """
    return cr.read(_FOLDER / "penguins.csv", target=target, columns=columns)
