"""A model trained from a messy table takes its rows from wherever they come, without preparation.

The table is as an office exports it: Windows-1252, semicolons, decimal commas with points between
thousands, blanks around values, several marks for missing ones, days first in dates, postcodes that
begin with 0. The same rows in other forms have to give the same predictions.
"""

from __future__ import annotations

import io
import json
import random
import re
import sys
from collections.abc import Callable
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

import chainrule as cr
from tests.cli.conftest import Call, csv

Row = dict[str, Any]
NAMES = ("Größe m²", "Zimmer", "Stadt", "PLZ", "Balkon", "Verkauft am", "Preis")
MISSING = "k.A."


def made_rows(count: int, seed: int) -> list[Row]:
    """Rows as they are meant: numbers, texts, truth values and dates; None is missing."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        size, rooms = round(draw.uniform(1000, 3000) / 20, 2), draw.randint(1, 6)
        town = draw.choice(["Köln", "Zürich", 'Aß-"Hof"', "Münster; West"])
        row = {
            "Größe m²": size,
            "Zimmer": None if draw.random() < 0.1 else rooms,
            "Stadt": None if draw.random() < 0.1 else town,
            "PLZ": draw.choice(["01067", "50667", "48143"]),
            "Balkon": draw.random() < 0.5,
            "Verkauft am": date(2020 + draw.randrange(5), draw.randint(1, 12), draw.randint(1, 28)),
        }
        rows.append({**row, "Preis": round(4000.5 * size + 20_000 * rooms, 2)})
    return rows


def as_office(rows: list[Row]) -> bytes:
    """The file that was described above."""

    marks = cycle([MISSING, "", " n/a"])

    def written(value: object) -> str:
        if value is None:
            return next(marks)
        if isinstance(value, bool):
            return "ja" if value else "nein"
        if isinstance(value, float):
            return f" {value:,.2f}".translate(str.maketrans(",.", ".,"))
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}"
        return '"' + str(value).replace('"', '""') + '"' if isinstance(value, str) else str(value)

    names = list(rows[0])
    lines = [";".join(names), *(";".join(written(row[name]) for name in names) for row in rows)]
    return "\r\n".join(lines).encode("cp1252")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the table."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "sold.csv").write_bytes(as_office(made_rows(300, seed=1)))
    return folder


@pytest.fixture
def model(call: Call, office: Path) -> Path:
    """The folder of a run on the table, trained once."""
    folder = office / "run"
    if not folder.exists():
        called = call(
            *("train", office / "sold.csv", "--target", "Preis", "--missing", MISSING),
            *("--categorical", "PLZ", "--network", "mlp", "--layers", "8", "--epochs", "3"),
            *("--out", folder),
        )
        assert called.status == 0, called.err
    return folder


NEW = [{name: row[name] for name in NAMES[:-1]} for row in made_rows(30, seed=2)]


@pytest.fixture
def plain(call: Call, model: Path, tmp_path: Path) -> str:
    """The predictions for new rows that are written as those were that the model learned from."""
    (tmp_path / "plain.csv").write_bytes(as_office(NEW))
    called = call("predict", model, tmp_path / "plain.csv", "--missing", MISSING)
    assert called.status == 0, called.err
    assert len(set(called.out.splitlines())) == len(NEW) + 1
    return called.out


def shuffled(rows: list[Row]) -> list[Row]:
    """The same with the columns in another order, and others among them."""
    order = ["PLZ", "Verkauft am", "note", "Zimmer", "Größe m²", "Balkon", "Stadt", "id"]
    further = [{**row, "note": f"n{i}", "id": i} for i, row in enumerate(rows)]
    return [{name: row[name] for name in order} for row in further]


def as_plain_csv(rows: list[Row]) -> str:
    """UTF-8, commas between values, a point before decimals, dates as ISO 8601 has them."""
    quoted = [
        ['"' + str("" if v is None else v).replace('"', '""') + '"' for v in row.values()]
        for row in rows
    ]
    return csv(list(rows[0]), quoted)


def as_lines(rows: list[Row]) -> str:
    return "".join(json.dumps(row, default=str) + "\n" for row in rows)


def as_text(rows: list[Row]) -> list[Row]:
    """The same with every value as text."""
    return [{n: v if v is None else str(v) for n, v in row.items()} for row in rows]


def parquet(rows: list[Row], path: Path) -> None:
    pl.DataFrame(rows).write_parquet(path)


FORMS: dict[str, tuple[str, Callable[[list[Row], Path], object]]] = {
    "other order and further columns": (
        "new.csv",
        lambda rows, path: path.write_bytes(re.sub(rb"k\.A\.|n/a", b"", as_office(shuffled(rows)))),
    ),
    "plain CSV": ("new.csv", lambda rows, path: path.write_text(as_plain_csv(rows))),
    "JSON lines": ("new.jsonl", lambda rows, path: path.write_text(as_lines(rows))),
    "JSON lines of texts": (
        "new.jsonl",
        lambda rows, path: path.write_text(as_lines(as_text(rows))),
    ),
    "Parquet": ("new.parquet", parquet),
    "Parquet of texts": ("new.parquet", lambda rows, path: parquet(as_text(rows), path)),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_in_another_form_are_predicted_alike(
    call: Call, model: Path, plain: str, tmp_path: Path, form: str
) -> None:
    name, write = FORMS[form]
    write(NEW, tmp_path / name)
    called = call("predict", model, tmp_path / name)
    assert called.status == 0, called.err
    assert called.out == plain


def test_so_are_rows_from_the_standard_input(
    call: Call, model: Path, plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_lines(NEW).encode())))
    assert call("predict", model, "-").out == plain


def test_so_are_rows_from_a_database(call: Call, model: Path, plain: str, tmp_path: Path) -> None:
    parquet(NEW, tmp_path / "new.parquet")
    with duckdb.connect(tmp_path / "new.duckdb") as database:
        database.execute(f"CREATE TABLE new AS FROM '{tmp_path / 'new.parquet'}'")
    called = call("predict", model, tmp_path / "new.duckdb", "--query", "from new order by rowid")
    assert called.out == plain


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_so_are_data_frames(model: Path, plain: str, library: Any) -> None:
    frame = library.DataFrame(NEW)
    with pytest.warns(cr.DataWarning, match="'Balkon': 30 values such as '"):
        predicted = cr.load(model / "model.safetensors").predict(cr.read(frame))
    expected = [float(line) for line in plain.splitlines()[1:]]
    assert predicted[:, 0].tolist() == pytest.approx(expected, rel=1e-6)


def test_further_columns_have_a_note(call: Call, model: Path, tmp_path: Path) -> None:
    (tmp_path / "new.jsonl").write_text(as_lines(shuffled(NEW)))
    expected = "note: new.jsonl: columns that the model does not need are ignored: 'note', 'id'\n"
    assert expected in call("predict", model, tmp_path / "new.jsonl").err


def test_an_unknown_category_is_predicted_with_a_note(
    call: Call, model: Path, tmp_path: Path
) -> None:
    rows = [{**row, "Stadt": "Basel" if i == 0 else row["Stadt"]} for i, row in enumerate(NEW)]
    (tmp_path / "new.jsonl").write_text(as_lines(rows))
    called = call("predict", model, tmp_path / "new.jsonl")
    assert len(called.out.splitlines()) == len(NEW) + 1
    assert (
        "note: new.jsonl: column 'Stadt': 1 value ('Basel') was not seen in training" in called.err
    )


@pytest.mark.parametrize(
    ("similar", "lacking"), [("Grösse m2", "Größe m²"), ("zimmer", "Zimmer"), ("STADT", "Stadt")]
)
def test_a_lacking_column_is_named_with_the_nearest(
    call: Call, model: Path, tmp_path: Path, similar: str, lacking: str
) -> None:
    rows = [{similar if n == lacking else n: v for n, v in row.items()} for row in NEW]
    (tmp_path / "new.jsonl").write_text(as_lines(rows))
    called = call("predict", model, tmp_path / "new.jsonl")
    assert (called.status, called.out) == (2, "")
    assert f"new.jsonl: got no column '{lacking}', expected all of the columns" in called.err
    assert f"There is '{similar}' for '{lacking}'." in called.err


def test_a_value_that_is_no_number_is_named_with_its_row(
    call: Call, model: Path, tmp_path: Path
) -> None:
    rows = [{**row, "Zimmer": "drei" if i == 4 else row["Zimmer"]} for i, row in enumerate(NEW)]
    (tmp_path / "new.jsonl").write_text(as_lines(rows))
    called = call("predict", model, tmp_path / "new.jsonl")
    assert called.status == 2
    assert "new.jsonl, row 5, column 'Zimmer': got 'drei', expected a number" in called.err
