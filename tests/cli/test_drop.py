"""--drop leaves a column out, on every way that rows come in, and no other file needs it."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import chainrule as cr
from chainrule.data.streaming import chunks
from chainrule.errors import InputError
from chainrule.training.model.model_file import load
from tests.cli.conftest import QUICK, Call
from tests.data.read_as import read_table

RANDOM = np.random.default_rng(0)
SIZE = RANDOM.uniform(20, 120, 120).round(2)
HOMES = pl.DataFrame(
    {
        "size": SIZE,
        "advert": [f"{7919 * row % 1009}.{row % 3}.{row % 5}" for row in range(120)],
        "price": (SIZE * 2).round(2),
    }
)
NEW = HOMES.drop("advert", "price")


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    HOMES.write_csv(tmp_path / "homes.csv")
    NEW.write_csv(tmp_path / "new.csv")
    HOMES.drop("advert").write_csv(tmp_path / "test.csv")
    return tmp_path / "homes.csv"


def test_a_dropped_column_is_told_of_and_no_other_file_needs_it(call: Call, homes: Path) -> None:
    new, test, run = (homes.with_name(name) for name in ("new.csv", "test.csv", "run"))
    options = ("--target", "price", "--drop", "advert", "--test-data", test, *QUICK)
    called = call("train", homes, *options, "--out", run)
    assert called.status == 0, called.err
    assert "note: homes.csv: left out as you dropped them: 'advert'" in called.out
    assert load(run / "model.safetensors").preparation.columns == ("size",)
    assert "left out as you dropped them" in (run / "report.html").read_text()
    assert tomllib.loads((run / "config.toml").read_text())["given"]["drop"] == ["advert"]
    assert call("predict", run, new).status == 0
    assert call("evaluate", run, test, "--resamples", "40").status == 0
    again = call("train", "--config", run / "config.toml", "--out", homes.with_name("again"))
    assert again.status == 0, again.err


def test_a_streamed_table_drops_it_too(homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = cr.train(
        "plain",
        cr.scan(homes, target="price", drop=["advert"]),
        epochs=1,
        progress=False,
    )
    assert run.model.preparation.columns == ("size",)
    assert any("left out as you dropped them: 'advert'" in note for note in run.notes)
    monkeypatch.setattr(chunks, "available_bytes", lambda: 0)
    assert len(run.model.predict(cr.read(homes.with_name("new.csv")))) == 120


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "frame"])
def test_every_source_drops_it(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"homes.{form}"
    write: dict[str, Callable[[Path], object]] = {
        "csv": HOMES.write_csv,
        "jsonl": HOMES.write_ndjson,
        "parquet": HOMES.write_parquet,
    }
    if form in write:
        write[form](path)
    data = read_table(path if form in write else HOMES, target="price", drop=["advert"])
    assert [column.name for column in data.columns] == ["size"]
    assert any("left out as you dropped them: 'advert'" in note for note in data.notes)


def test_a_column_with_a_mistake_can_be_dropped(call: Call, tmp_path: Path) -> None:
    rows = [f"{row},{'high' if row == 30 else row},{2 * row}" for row in range(40)]
    (tmp_path / "t.csv").write_text("\n".join(["x,level,y", *rows]))
    options = ("inspect", tmp_path / "t.csv", "--target", "y", "--drop", "level", "--json")
    called = call(*options)
    assert called.status == 0, called.err
    assert [column["name"] for column in json.loads(called.out)["columns"]] == ["x"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"drop": ["adverd"]}, "got the column to drop 'adverd', expected one of its columns. Did"),
        ({"drop": ["price"]}, "got the column 'price' to drop and as the target, expected one of"),
        ({"drop": ["advert"], "role": {"advert": "category"}}, "to drop and as a role, expected"),
        ({"drop": ["size", "advert"]}, "got only the target column 'price', expected other"),
    ],
    ids=str,
)
def test_a_drop_that_makes_no_sense_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as error:
        cr.read(HOMES, target="price", **options)  # type: ignore[arg-type]  # any options
    assert said in str(error.value)


@pytest.mark.parametrize("option", ["group", "time", "split_column", "sample_weight"])
def test_a_column_that_is_dropped_is_no_split_or_weight(option: str) -> None:
    data = cr.read(HOMES, target="price", drop=["advert"])
    with pytest.raises(InputError, match="'advert', which was dropped, expected"):
        cr.train("plain", data, progress=False, **{option: "advert"})  # type: ignore[arg-type]


def test_pictures_have_no_column_to_drop(call: Call, tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", images=np.zeros((20, 4, 4), np.uint8), labels=np.arange(20) % 2)
    called = call("inspect", tmp_path / "p.npz", "--target", "labels", "--drop", "x")
    assert called.status == 2
    assert "--drop for" in called.err
