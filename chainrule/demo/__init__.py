"""The two real data sets of the demo, and a function that writes them to files."""

import gzip
from importlib.resources import files
from pathlib import Path

from chainrule import durable


def write_data(folder: Path) -> tuple[Path, Path]:
    """Write penguins.csv and digits.csv into an existing folder, and return their paths."""
    packaged = files("chainrule.demo")
    penguins, digits = folder / "penguins.csv", folder / "digits.csv"
    durable.write_bytes(penguins, packaged.joinpath("penguins.csv").read_bytes())
    durable.write_bytes(digits, gzip.decompress(packaged.joinpath("digits.csv.gz").read_bytes()))
    return penguins, digits
