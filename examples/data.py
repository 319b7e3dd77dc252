"""The real data of the examples: the two sets that chainrule carries for its demo."""

from collections.abc import Sequence
from pathlib import Path

import chainrule as cr
import chainrule.demo
from chainrule.data.dataset import Dataset

_FOLDER = Path(chainrule.demo.__file__).parent


def digits() -> Dataset:
    """1797 handwritten digits of 8 x 8 pixels, a column each; the target is the digit."""
    return cr.read(_FOLDER / "digits.csv.gz", target="digit")


def penguins(target: str = "species", columns: Sequence[str] | None = None) -> Dataset:
    """344 penguins: species, island, four measurements, sex and year.

    Args:
        target: the column to be learned.
        columns: to learn it from; by default all others.
    """
    return cr.read(_FOLDER / "penguins.csv", target=target, columns=columns)
