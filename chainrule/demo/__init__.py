"""The two real data sets of the demo, and how to lay them out as files."""

import gzip
from importlib.resources import files
from pathlib import Path

from chainrule import durable


def write_data(folder: Path) -> tuple[Path, Path]:
    """Put penguins.csv and digits.csv into a folder, which must exist, and return their paths."""
    ours = files("chainrule.demo")
    penguins, digits = folder / "penguins.csv", folder / "digits.csv"
    durable.write_bytes(penguins, ours.joinpath("penguins.csv").read_bytes())
    durable.write_bytes(digits, gzip.decompress(ours.joinpath("digits.csv.gz").read_bytes()))
    return penguins, digits
