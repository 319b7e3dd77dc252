"""Homes for sale: a table that has to be read by options, and the same rows in other formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from chainrule.data.read_options import ReadKwargs, ReadOptions

Row = dict[str, int | float | None]

# The options by which a file of tabs is read, in Python and on the command line, where commands for
# new rows take only those of rows.
KEYWORDS: ReadKwargs = {
    "target": "price",
    "missing": ["-999"],
    "decimal": ",",
    "delimiter": "tab",
    "categorical": ["rooms"],
    "role": {"zip": "category"},
}
OF_ROWS = ("--missing=-999", "--decimal", ",", "--delimiter", "tab")
OPTIONS = (*OF_ROWS, "--target", "price", "--categorical", "rooms", "--role", "zip=category")
# Those of them that a model keeps, with what it learned from.
KEPT = ReadOptions(
    target="price",
    columns=("zip", "rooms", "size"),
    missing=("-999",),
    categorical=("rooms", "zip"),
    role={"zip": "category"},
)


def homes(count: int, seed: int) -> list[Row]:
    """Rows of which every seventh has no size."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    for index in range(count):
        rooms, size = int(random.integers(1, 5)), round(float(random.uniform(20, 120)), 2)
        zip_code = int(random.choice([10115, 20095, 50667, 80331]))
        price = round(rooms + size / 10 + zip_code % 10, 2)
        known_size = None if index % 7 == 0 else size
        rows.append({"zip": zip_code, "rooms": rooms, "size": known_size, "price": price})
    return rows


def as_text(rows: list[Row], *, delimiter: str, decimal: str = ",", missing: str = "-999") -> str:
    """The text of a CSV file."""

    def written(value: float | None) -> str:
        if isinstance(value, float):
            return f"{value:.2f}".replace(".", decimal)
        return missing if value is None else str(value)

    lines = [delimiter.join(map(written, row.values())) for row in rows]
    return "\n".join([delimiter.join(rows[0]), *lines]) + "\n"


def write_tabs(rows: list[Row], path: Path) -> None:
    """Write a file that the options describe."""
    path.write_text(as_text(rows, delimiter="\t"))


def _write_text(rows: list[Row], path: Path, *, delimiter: str, missing: str = "-999") -> None:
    path.write_text(as_text(rows, delimiter=delimiter, missing=missing))


def _write_lines(rows: list[Row], path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _write_parquet(rows: list[Row], path: Path) -> None:
    pl.DataFrame(rows).write_parquet(path)


# Formats that a model of the file of tabs reads without any option.
FORMATS: dict[str, Callable[[list[Row], Path], None]] = {
    "tabs": write_tabs,
    "semicolons": partial(_write_text, delimiter=";"),
    "bars, and nothing where a value is missing": partial(_write_text, delimiter="|", missing=""),
    "JSON lines": _write_lines,
    "Parquet": _write_parquet,
}
