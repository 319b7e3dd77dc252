"""A model reads further data as its training data was read, in Python as on the command line."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import chainrule as cr
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.training.run import Run
from tests.homes import FORMATS, KEPT, KEYWORDS, as_text, homes, write_tabs

NEW = homes(30, seed=1)
NETWORK = cr.Network(cr.Dense(8, "relu"), cr.Dense(1))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The training rows."""
    file = tmp_path_factory.mktemp("homes") / "homes.tsv"
    write_tabs(homes(100, seed=0), file)
    return file


@pytest.fixture(scope="module")
def run(file: Path) -> Run:
    data = cr.read(file, **KEYWORDS)
    return cr.train(NETWORK, data, epochs=2, progress=False)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """New rows, in a file like that of the training rows."""
    write_tabs(NEW, tmp_path / "new.tsv")
    return tmp_path / "new.tsv"


def scores(run: Run, data: Any, target: str | None = None) -> dict[str, float]:
    return cr.evaluate(run.model, data, target=target, resamples=40, progress=False).scores


def test_a_model_keeps_the_options_but_for_those_of_one_file(run: Run, tmp_path: Path) -> None:
    cr.save(run.model, tmp_path / "model.safetensors")
    loaded = cr.load(tmp_path / "model.safetensors")
    pickled = pickle.loads(pickle.dumps(run.model))
    for model in (run.model, loaded, pickled, *run.model.members):
        assert model.preparation.read_options.updated(forms={}) == KEPT


def test_a_model_of_rows_that_were_read_in_parts_keeps_the_same(file: Path) -> None:
    rows = cr.scan(file, **KEYWORDS)
    run = cr.train(NETWORK, rows, epochs=1, progress=False)
    assert run.model.preparation.read_options.updated(forms={}) == KEPT


@pytest.mark.parametrize("form", FORMATS)
def test_rows_of_every_format_are_evaluated_alike(
    run: Run, new: Path, tmp_path: Path, form: str
) -> None:
    FORMATS[form](NEW, tmp_path / "other")
    with_options = cr.read(new, **KEYWORDS)
    assert scores(run, tmp_path / "other") == scores(run, with_options)


@pytest.mark.filterwarnings("ignore::chainrule.errors.DataWarning")
def test_the_model_predicts_a_source_as_it_reads_it(run: Run, new: Path) -> None:
    options = run.model.preparation.read_options.for_new_rows(ReadOptions())
    expected = run.model.predict_rows(read_dataset(new, options, explicit=ReadOptions()))
    assert run.model.predict(new).equal(expected)
    assert run.model.predict(pl.DataFrame(NEW)).equal(expected)


def test_the_model_warns_of_what_predict_would_note(run: Run) -> None:
    rows = pl.DataFrame(NEW).select("zip", "rooms", pl.lit(50.5).alias("size"))
    with pytest.warns(cr.DataWarning, match="1 value .* not seen in training") as warned:
        run.model.predict(rows.with_columns(zip=pl.Series([99999, *rows["zip"][1:]])))
    assert warned[0].filename == __file__


def test_the_model_refuses_a_source_of_unknown_categories_only(run: Run) -> None:
    unknown = pl.DataFrame(NEW).with_columns(zip=pl.lit("elsewhere")).drop("price")
    with pytest.raises(cr.InputError, match="got 'elsewhere' and other values of which none was"):
        run.model.predict(unknown)


def test_so_are_rows_of_a_data_frame(run: Run, new: Path) -> None:
    assert scores(run, pl.DataFrame(NEW)) == scores(run, new)


def test_the_truth_may_have_another_name(run: Run, new: Path, tmp_path: Path) -> None:
    (tmp_path / "sold.tsv").write_text(new.read_text().replace("price", "sold for"))
    assert scores(run, tmp_path / "sold.tsv", "sold for") == scores(run, new)


def test_data_that_was_read_by_other_options_is_taken_as_it_is(
    run: Run, new: Path, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(as_text(NEW, delimiter=",", decimal=".", missing="unknown"))
    options: Any = {"missing": ["unknown"], "role": KEYWORDS["role"], "categorical": ["rooms"]}
    data = cr.read(tmp_path / "new.csv", target="price", **options)
    assert scores(run, data) == scores(run, new)
