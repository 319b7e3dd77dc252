"""Options of reading that were given at training hold for all further rows of the model."""

import json
from pathlib import Path

import duckdb
import pytest

from chainrule.data.streaming import chunks, stored_rows
from chainrule.training.model.model_file import load
from tests.cli.conftest import QUICK, Call
from tests.homes import FORMATS, KEPT, OF_ROWS, OPTIONS, Row, as_text, homes, write_tabs

NEW = homes(30, seed=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the training rows."""
    folder = tmp_path_factory.mktemp("homes")
    write_tabs(homes(100, seed=0), folder / "homes.tsv")
    return folder


@pytest.fixture
def run(call: Call, folder: Path) -> Path:
    """The folder of a run on them, which is trained once."""
    if not (folder / "run").exists():
        called = call("train", folder / "homes.tsv", *OPTIONS, *QUICK, "--out", folder / "run")
        assert called.status == 0, called.err
    return folder / "run"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """New rows in a file like that of the training rows."""
    write_tabs(NEW, tmp_path / "new.tsv")
    return tmp_path / "new.tsv"


def predicted(call: Call, *arguments: object) -> list[str]:
    called = call("predict", *arguments)
    assert called.status == 0, called.err
    lines: list[str] = called.out.splitlines()
    return lines


def scores(call: Call, *arguments: object) -> dict[str, float]:
    called = call("evaluate", *arguments, "--json", "--resamples", "40")
    assert called.status == 0, called.err
    test_scores: dict[str, float] = json.loads(called.out)["scores"]
    return test_scores


def test_the_model_file_has_them_but_for_those_of_one_file(run: Path) -> None:
    kept = load(run / "model.safetensors").preparation.read_options
    assert kept.updated(forms={}) == KEPT
    assert {form.decimal for form in kept.forms.values() if form.kind == "number"} == {","}


@pytest.mark.parametrize("form", FORMATS)
def test_rows_of_every_format_are_predicted_and_evaluated_without_an_option(
    call: Call, run: Path, new: Path, tmp_path: Path, form: str
) -> None:
    other = tmp_path / "other"
    FORMATS[form](NEW, other)
    assert predicted(call, run, other) == predicted(call, run, new, *OF_ROWS)
    assert scores(call, run, other) == scores(call, run, new, *OF_ROWS)


@pytest.mark.parametrize("form", ["tabs", "Parquet"])
def test_rows_that_are_read_in_parts_are_read_alike(
    call: Call, run: Path, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    whole = [float(price) for price in predicted(call, run, new)[1:]]
    FORMATS[form](NEW, tmp_path / "other")
    monkeypatch.setattr(chunks, "estimate_memory", lambda files: 10**15)
    monkeypatch.setattr(stored_rows, "ROWS_AT_ONCE", 12)
    parts = [float(price) for price in predicted(call, run, tmp_path / "other")[1:]]
    assert parts == pytest.approx(whole, rel=1e-6)


def test_missing_values_are_those_that_were_missing_in_training(
    call: Call, run: Path, tmp_path: Path
) -> None:
    row: Row = {"zip": 10115, "rooms": 2, "size": None}
    for name, missing in (("mark", "-999"), ("blank", ""), ("another mark", "?")):
        (tmp_path / name).write_text(as_text([row], delimiter="\t", missing=missing))
    mark, blank, another = (
        predicted(call, run, tmp_path / name) for name in ("mark", "blank", "another mark")
    )
    assert mark == blank == another


def test_an_option_that_is_given_anew_counts(
    call: Call, run: Path, new: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    file.write_text(as_text(NEW, delimiter="\t", decimal=".", missing="not told"))
    refused = call("predict", run, file)
    assert (refused.status, refused.out) == (2, "")
    anew = ("--decimal", ".", "--missing", "not told")
    assert predicted(call, run, file, *anew) == predicted(call, run, new)
    assert scores(call, run, file, *anew) == scores(call, run, new)
    for command in ("predict", "evaluate"):
        told = call(command, run, file, *anew)
        notes = " ".join((told.out + told.err).split())
        assert "--missing is 'not told' for these rows, and was '-999' in training" in notes
        assert "--decimal is '.' for these rows, and was ',' in training" in notes


def test_a_decimal_sign_that_the_rows_contradict_is_refused(
    call: Call, run: Path, new: Path
) -> None:
    refused = call("predict", run, new, "--decimal", ".")
    assert refused.status == 2
    assert "numbers with '.' as the decimal sign, as was set. Leave out --decimal" in refused.err


def test_a_form_of_dates_is_set_for_columns_of_dates_only(call: Call, run: Path, new: Path) -> None:
    refused = call("predict", run, new, "--date-form", "size=%d/%m/%Y")
    assert refused.status == 2
    assert "got --date-form of the column 'size', which has no dates in the model" in refused.err


def test_marks_of_missing_values_that_are_given_anew_replace_those_of_the_model(
    call: Call, run: Path, new: Path
) -> None:
    assert predicted(call, run, new, "--missing", "not told") != predicted(call, run, new)


def test_data_for_validation_and_test_are_read_as_the_training_data(
    call: Call, folder: Path, new: Path, tmp_path: Path
) -> None:
    FORMATS["Parquet"](homes(40, seed=2), tmp_path / "test.parquet")
    out = tmp_path / "run"
    called = call(
        *("train", folder / "homes.tsv", *OPTIONS, *QUICK, "--out", out),
        *("--validation-data", new, "--test-data", tmp_path / "test.parquet"),
    )
    assert called.status == 0, called.err
    tested = json.loads((out / "test.json").read_text())["test"]
    test_scores = scores(call, out, tmp_path / "test.parquet")
    assert {name: tested[name] for name in test_scores} == pytest.approx(test_scores, rel=1e-4)
    last = json.loads((out / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["validation_rmse"] == pytest.approx(scores(call, out, new)["rmse"], rel=1e-4)


def test_a_query_belongs_to_its_database(call: Call, new: Path, tmp_path: Path) -> None:
    database = tmp_path / "homes.duckdb"
    FORMATS["Parquet"](homes(100, seed=0), tmp_path / "homes.parquet")
    with duckdb.connect(str(database)) as connection:
        for name in ("sold", "offered"):
            connection.sql(f"CREATE TABLE {name} AS FROM '{tmp_path / 'homes.parquet'}'")
    query = ("--query", "SELECT * FROM sold")
    options = ("--target", "price", *query, "--missing=-999", "--out", tmp_path / "run")
    assert call("train", database, *options, *QUICK).status == 0
    assert load(tmp_path / "run" / "model.safetensors").preparation.read_options.query is None
    assert len(predicted(call, tmp_path / "run", new, "--decimal", ",")) == 1 + len(NEW)
    assert call("predict", tmp_path / "run", database).status == 2
    assert len(predicted(call, tmp_path / "run", database, *query)) == 101


@pytest.mark.parametrize("option", [("--query", "SELECT 1"), ("--delimiter", ";")], ids=" ".join)
def test_what_a_format_does_not_have_is_refused_where_it_is_given_for_it(
    call: Call, run: Path, tmp_path: Path, option: tuple[str, str]
) -> None:
    FORMATS["Parquet"](NEW, tmp_path / "new.parquet")
    called = call("predict", run, tmp_path / "new.parquet", *option)
    assert (called.status, called.out) == (2, "")
    assert f"got {option[0]}" in called.err
    assert "for a Parquet file" in called.err
