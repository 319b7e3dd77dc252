"""The same texts and numbers are read alike from every source, at once and row by row."""

from __future__ import annotations

import os
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.random import Generator

from chainrule.data.preparation import Preparation
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.read_as import read_table

# The full campaign: CHAINRULE_TABLES=10000 python -m pytest tests/data/test_every_source.py
TABLES = int(os.environ.get("CHAINRULE_TABLES", "60"))
ROWS = 24

Maker = Callable[[Generator], list[str]]


def _choice(random: Generator, values: list[str]) -> list[str]:
    """Return a value for each row, each of them in some row."""
    drawn = [*values, *(str(value) for value in random.choice(values, ROWS))][:ROWS]
    return [drawn[index] for index in random.permutation(ROWS)]


def _whole(random: Generator) -> list[str]:
    return [str(number) for number in random.integers(-50, 5000, ROWS)]


def _decimal(random: Generator) -> list[str]:
    return [f"{number:.{random.integers(1, 6)}f}" for number in random.normal(0, 1e3, ROWS)]


def _money(random: Generator) -> list[str]:
    sign = str(random.choice(["$", "€", "₩", "CHF "]))
    return [f"{sign}{number:,}" for number in random.integers(1, 10**7, ROWS)]


def _percent(random: Generator) -> list[str]:
    return [f"{number:.1f} %" for number in random.uniform(0, 100, ROWS)]


def _accounting(random: Generator) -> list[str]:
    return [f"({-n})" if n < 0 else f"{n}.5" for n in random.integers(-900, 900, ROWS)]


def _thousands(random: Generator) -> list[str]:
    blank = str(random.choice([" ", "\u00a0", "'", "\u202f"]))
    return [f"{number:,}".replace(",", blank) for number in random.integers(1, 10**8, ROWS)]


def _factor(random: Generator) -> list[str]:
    return [f"{number:.1f}{random.choice(['k', 'M'])}" for number in random.uniform(1, 99, ROWS)]


def _codes(random: Generator) -> list[str]:
    return _choice(random, [f"{number:03}" for number in random.integers(0, 999, 4)])


def _long_codes(random: Generator) -> list[str]:
    return _choice(random, [str(7_300_000_000_000_000_000 + int(k)) for k in range(4)])


def _words(random: Generator) -> list[str]:
    return _choice(random, ["".join(random.choice([*string.ascii_letters], 3)) for _ in range(4)])


def _truth(random: Generator) -> list[str]:
    return _choice(random, [["True", "FALSE"], ["yes", "No"], ["Y", "n"]][random.integers(3)])


def _addresses(random: Generator) -> list[str]:
    return _choice(random, [f"10.0.{a}.{b}" for a, b in random.integers(0, 255, (4, 2))])


def _apartments(random: Generator) -> list[str]:
    return _choice(random, ["12A", "12B", "7", "14C"])


def _dates(random: Generator) -> list[str]:
    days = np.datetime64("2020-01-01") + random.integers(0, 900, ROWS)
    return [str(day) for day in days]


MAKERS: tuple[Maker, ...] = (
    _whole,
    _decimal,
    _money,
    _percent,
    _accounting,
    _thousands,
    _factor,
    _codes,
    _long_codes,
    _words,
    _truth,
    _addresses,
    _apartments,
    _dates,
)
MARKS = ("", "NA", "?", "n/a")


def _table(random: Generator) -> dict[str, list[str]]:
    """Return columns of texts, some of which mark a missing value."""
    columns = {}
    for index in range(random.integers(2, 6)):
        values = MAKERS[random.integers(len(MAKERS))](random)
        if random.random() < 0.4:
            for row in random.integers(0, ROWS, 3):
                values[row] = MARKS[random.integers(len(MARKS))]
        columns[f"c{index}"] = values
    columns["y"] = [str(number) for number in random.permutation(ROWS) / 2]
    return columns


def _sources(columns: dict[str, list[str]], folder: Path) -> list[Any]:
    """Return the table as a CSV, JSON lines, a Parquet file, and data frames."""
    frame = pd.DataFrame(columns)
    frame.to_csv(folder / "a.csv", index=False)
    frame.to_json(folder / "a.jsonl", orient="records", lines=True, force_ascii=False)
    frame.to_parquet(folder / "a.parquet")
    return [
        folder / "a.csv",
        folder / "a.jsonl",
        folder / "a.parquet",
        frame,
        frame.astype(object),
        pl.DataFrame(columns),
    ]


def _fit(source: Any) -> Preparation | None:
    """Return the preparation of all rows of a source; None if no column can be used."""
    table = read_table(source, target="y")
    try:
        return Preparation.fit(table, np.arange(ROWS), "regression")
    except InputError:
        return None


def _read(source: Any, preparation: Preparation) -> Table:
    """Read rows as a model with that preparation would."""
    dataset = read_dataset(source, preparation.read_options.for_new_rows(ReadOptions()))
    assert isinstance(dataset, Table)
    return dataset


@pytest.mark.parametrize("seed", range(TABLES))
def test_a_table_is_the_same_from_every_source(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    columns = _table(random)
    sources = _sources(columns, tmp_path)
    prepared = [_fit(source) for source in sources]
    if None in prepared:  # of a small table every column may be left out
        assert set(prepared) == {None}
        return
    first, *_ = prepared
    assert first is not None
    expected = first.features(_read(sources[0], first))
    for source, preparation in zip(sources, prepared, strict=True):
        assert preparation is not None
        assert preparation.feature_names == first.feature_names
        assert first.features(_read(source, first)).equal(expected)
        other = sources[random.integers(len(sources))]
        assert preparation.features(_read(other, preparation)).equal(expected)
        row = int(random.integers(ROWS))
        alone = _one_row(columns, row, source, tmp_path)
        assert preparation.features(_read(alone, preparation)).equal(expected[row : row + 1])


def _one_row(columns: dict[str, list[str]], row: int, source: Any, folder: Path) -> Any:
    """Return a row of the table in the same kind of source."""
    one = pd.DataFrame({name: [values[row]] for name, values in columns.items()})
    if not isinstance(source, Path):
        return one if isinstance(source, pd.DataFrame) else pl.from_pandas(one)
    path = folder / f"one{source.suffix}"
    if source.suffix == ".csv":
        one.to_csv(path, index=False)
    elif source.suffix == ".jsonl":
        one.to_json(path, orient="records", lines=True, force_ascii=False)
    else:
        one.to_parquet(path)
    return path
