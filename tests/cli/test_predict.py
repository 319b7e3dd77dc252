"""chainrule predict: raw rows in, a CSV with a line for each row out."""

import csv as csv_format
import gzip
import io
import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

import chainrule as cr
from chainrule.data.streaming import chunks, stored_rows
from chainrule.data.streaming.memory import estimate_memory
from chainrule.training.model import prediction_columns as predicted
from tests.cli.conftest import QUICK, ROWS, Call, csv


def rows_of(text: str) -> list[list[str]]:
    return list(csv_format.reader(io.StringIO(text)))


@pytest.fixture
def numbers(call: Call, runs: Path) -> str:
    """The predictions for the rows that the model of numbers was trained on."""
    return call("predict", runs / "numbers", runs / "priced.csv").out


def test_numbers_have_one_column_named_like_the_target(numbers: str) -> None:
    head, *rows = rows_of(numbers)
    assert head == ["price"]
    assert len(rows) == len(ROWS)
    assert all(5 < float(number) < 20 for (number,) in rows)


def test_numbers_have_no_digits_beyond_what_float32_knows(numbers: str) -> None:
    assert all(len(number.replace(".", "")) <= 9 for number in numbers.split()[1:])


def test_classes_come_with_their_probabilities_that_sum_to_one(call: Call, runs: Path) -> None:
    head, *rows = rows_of(call("predict", runs / "classes", runs / "good.csv").out)
    assert head == ["kind", "probability a", "probability b", "probability c"]
    for name, *probabilities in rows:
        shares = [float(probability) for probability in probabilities]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
        assert name == "abc"[shares.index(max(shares))]


def test_the_file_of_a_model_is_as_good_as_the_folder_of_its_run(
    call: Call, runs: Path, numbers: str
) -> None:
    model = runs / "numbers" / "model.safetensors"
    assert call("predict", model, runs / "priced.csv").out == numbers


def test_the_order_of_columns_and_further_columns_change_nothing(
    call: Call, runs: Path, numbers: str, tmp_path: Path
) -> None:
    data = tmp_path / "other.csv"
    data.write_text(csv(["more", "kind", "size"], [("x", b, a) for a, b, _ in ROWS]))
    assert call("predict", runs / "numbers", data).out == numbers


def test_parquet_gives_the_same_as_csv(
    call: Call, runs: Path, numbers: str, tmp_path: Path
) -> None:
    data = tmp_path / "rows.parquet"
    duckdb.sql(f"COPY (FROM read_csv('{runs / 'priced.csv'}')) TO '{data}' (FORMAT parquet)")
    assert call("predict", runs / "numbers", data).out == numbers


def test_a_category_that_was_not_met_in_training_is_predicted_nevertheless(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new.csv"
    data.write_text(csv(["size", "kind"], [(0.5, "unheard of")]))
    called = call("predict", runs / "numbers", data)
    assert called.status == 0
    assert len(rows_of(called.out)) == 2


def test_missing_values_are_understood_as_the_option_says(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new.csv"
    data.write_text(csv(["size", "kind"], [("not told", "a"), (0.2, "b")]))
    assert call("predict", runs / "numbers", data).status == 2
    assert call("predict", runs / "numbers", data, "--missing", "not told").status == 0


def test_out_is_written_over_and_has_what_standard_output_would_have(
    call: Call, runs: Path, numbers: str, tmp_path: Path
) -> None:
    out = tmp_path / "predicted.csv"
    out.write_text("old")
    called = call("predict", runs / "numbers", runs / "priced.csv", "--out", out)
    assert called.out == f"60 predictions in {out}\n"
    assert out.read_text() == numbers
    assert [path.name for path in tmp_path.iterdir()] == ["predicted.csv"]


@pytest.mark.parametrize("ending", ["csv.gz", "json", "jsonl", "jsonl.gz", "parquet"])
def test_every_format_holds_the_same_predictions(
    call: Call, runs: Path, numbers: str, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"predicted.{ending}"
    called = call("predict", runs / "numbers", runs / "priced.csv", "--out", out)
    assert called.status == 0, called.err
    expected = [float(number) for (number,) in rows_of(numbers)[1:]]
    assert prices_in(out) == expected


def prices_in(file: Path) -> list[float]:
    if file.suffix == ".parquet":
        return pl.read_parquet(file)["price"].to_list()
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    text = content.decode()
    if ".csv" in file.name:
        return [float(number) for (number,) in rows_of(text)[1:]]
    rows = json.loads(text) if ".jsonl" not in file.name else map(json.loads, text.splitlines())
    return [row["price"] for row in rows]


def test_the_option_format_overrides_the_name_of_the_file(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "predicted.txt"
    call("predict", runs / "numbers", runs / "priced.csv", "--out", out, "--format", "jsonl")
    assert set(json.loads(out.read_text().splitlines()[0])) == {"price"}


def from_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> str:
    """The name of the standard input, in which this is."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return "-"


@pytest.mark.parametrize("kind", ["csv", "json lines", "gzip", "parquet"])
def test_the_standard_input_may_be_whatever_a_file_may_be(
    call: Call,
    runs: Path,
    numbers: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
) -> None:
    content = (runs / "priced.csv").read_bytes()
    if kind == "json lines":
        rows = [json.dumps({"size": a, "kind": b}) for a, b, _ in ROWS]
        content = "\n".join(rows).encode()
    if kind == "gzip":
        content = gzip.compress(content)
    if kind == "parquet":
        data = tmp_path / "rows.parquet"
        duckdb.sql(f"COPY (FROM read_csv('{runs / 'priced.csv'}')) TO '{data}' (FORMAT parquet)")
        content = data.read_bytes()
    name = from_standard_input(monkeypatch, content)
    assert call("predict", runs / "numbers", name).out == numbers


def test_errors_in_the_standard_input_have_its_name(
    call: Call, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = call("predict", runs / "numbers", from_standard_input(monkeypatch, b""))
    assert (called.status, called.out) == (2, "")
    assert called.err.startswith("standard input: got an empty file")


def test_columns_that_are_kept_stand_in_front_as_they_were_written(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new.csv"
    kept = [["007", "0.50", "a"], ["1e3", "NA", " b "], ["NULL", "0.20", "?"]]
    data.write_text(csv(["code", "size", "kind"], kept))
    keep = ("--keep", "code", "--keep", "size", "--keep", "kind", "--keep", "size")
    head, *rows = rows_of(call("predict", runs / "numbers", data, *keep).out)
    assert head == ["code", "size", "kind", "price"]
    assert [row[:3] for row in rows] == kept


TYPED = """
    SELECT 12345678901234567890::UBIGINT AS code, 1.50::DECIMAL(4, 2) AS size, 'a' AS kind,
           true AS yes, DATE '2024-03-01' AS day, 'NA' AS text
    UNION ALL SELECT 7::UBIGINT, NULL, 'b', NULL, NULL, NULL
"""
KEPT = ("code", "size", "yes", "day", "text")


def test_columns_of_a_source_with_types_are_kept_with_them(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "new.parquet", tmp_path / "out.parquet"
    with duckdb.connect() as database:
        database.execute(f"COPY ({TYPED}) TO '{data}' (FORMAT parquet)")
        keep = [word for name in KEPT for word in ("--keep", name)]
        rows = rows_of(call("predict", runs / "numbers", data, *keep).out)[1:]
        assert [row[:-1] for row in rows] == [
            ["12345678901234567890", "1.50", "true", "2024-03-01", "NA"],
            ["7", "", "", "", ""],
        ]
        lines = call("predict", runs / "numbers", data, *keep, "--format", "jsonl").out
        assert '"code": 12345678901234567890, "size": 1.50, "yes": true, "day": "2024-' in lines
        assert call("predict", runs / "numbers", data, *keep, "--out", out).status == 0
        selected = ", ".join(KEPT)
        found = database.execute(f"SELECT {selected} FROM '{out}'")
        expected = database.cursor().execute(f"SELECT {selected} FROM '{data}'")
        assert found.description == expected.description
        assert found.fetchall() == expected.fetchall()


def test_columns_of_json_lines_are_kept_with_their_types(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new.jsonl"
    lines = ('{"size": 0.5, "kind": "a", "id": 7, "text": "07"}', '{"size": 1, "kind": "NA"}')
    data.write_text("\n".join(lines))
    keep = ("--keep", "id", "--keep", "text", "--keep", "kind", "--format", "jsonl")
    first, second = map(json.loads, call("predict", runs / "numbers", data, *keep).out.splitlines())
    assert (first["id"], first["text"], first["kind"]) == (7, "07", "a")
    assert (second["id"], second["text"], second["kind"]) == (None, None, "NA")


def test_names_that_differ_in_case_only_cannot_be_written_as_parquet(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new.csv"
    data.write_text("size,kind,Kind\n0.5,a,x\n")
    keep = ("--keep", "kind", "--keep", "Kind")
    called = call("predict", runs / "numbers", data, *keep, "--out", tmp_path / "out.parquet")
    assert called.status == 2
    assert "got the columns 'kind' and 'Kind' for a Parquet file" in called.err
    assert rows_of(call("predict", runs / "numbers", data, *keep).out)[1][:2] == ["a", "x"]


def test_the_target_can_be_kept_with_the_prediction(call: Call, runs: Path, numbers: str) -> None:
    out = call("predict", runs / "numbers", runs / "priced.csv", "--keep", "price").out
    head, *rows = rows_of(out)
    assert head == ["price", "predicted price"]
    assert [[prediction] for _, prediction in rows] == rows_of(numbers)[1:]


def test_ignored_columns_have_a_note_on_standard_error(call: Call, runs: Path) -> None:
    called = call("predict", runs / "numbers", runs / "good.csv", "--keep", "price")
    assert called.err == ""
    called = call("predict", runs / "classes", runs / "good.csv")
    assert called.err == (
        "note: good.csv: columns that the model does not need are ignored: 'kind'\n"
    )


@pytest.mark.usefixtures("no_report")
@pytest.mark.parametrize(("data", "target"), [("good.csv", "kind"), ("priced.csv", "price")])
def test_the_spread_of_an_ensemble_is_the_deviation_between_its_members(
    call: Call, runs: Path, tmp_path: Path, data: str, target: str
) -> None:
    ensemble = ("--members", "3", "--out", tmp_path / "run", *QUICK)
    assert call("train", runs / data, "--target", target, *ensemble).status == 0
    head, *rows = rows_of(call("predict", tmp_path / "run", runs / data, "--spread").out)
    assert head[-1] == "deviation between members"
    model = cr.load(tmp_path / "run" / "model.safetensors")
    each = np.stack([member.predict(cr.read(runs / data)).numpy() for member in model.members])
    classes = each.mean(0).argmax(1)
    expected = each.std(0)[np.arange(len(rows)), classes]
    assert np.array([row[-1] for row in rows], float) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_single_network_has_no_spread(call: Call, runs: Path) -> None:
    called = call("predict", runs / "numbers", runs / "priced.csv", "--spread")
    assert (called.status, called.out) == (2, "")
    assert "got --spread for a model of one network, expected one of several mem" in called.err


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 60 rows are as if larger than memory, and come in parts of 25."""
    monkeypatch.setattr(chunks, "estimate_memory", lambda files: 10**15 * estimate_memory(files))
    monkeypatch.setattr(stored_rows, "ROWS_AT_ONCE", 25)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "parquet"])
def test_a_table_larger_than_memory_is_predicted_alike(
    call: Call, runs: Path, numbers: str, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"predicted.{ending}"
    called = call("predict", runs / "numbers", runs / "priced.csv", "--out", out)
    assert called.out == f"60 predictions in {out}\n"
    if ending == "csv":
        assert out.read_text() == numbers
    else:
        assert prices_in(out) == [float(number) for (number,) in rows_of(numbers)[1:]]


@pytest.mark.usefixtures("small_parts")
def test_a_mistake_in_a_later_part_names_its_row_and_leaves_the_old_file(
    call: Call, runs: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "new.csv", tmp_path / "predicted.csv"
    out.write_text("old")
    rows = [("inf" if i == 49 else a, b) for i, (a, b, _) in enumerate(ROWS)]
    data.write_text(csv(["size", "kind"], rows))
    called = call("predict", runs / "numbers", data, "--out", out)
    assert called.status == 2
    assert "new.csv, row 50, column 'size': got 'inf', expected a number" in called.err
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path != data} == {
        "predicted.csv": "old"
    }


def test_features_of_some_rows_at_a_time_give_the_same(
    call: Call, runs: Path, numbers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicted, "FEATURES_AT_ONCE", 40)
    out = call("predict", runs / "numbers", runs / "priced.csv").out
    found, expected = (np.array(rows_of(text)[1:], float) for text in (out, numbers))
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (("--keep", "sise"), ("the column to keep 'sise'", "of its columns", "mean 'size'")),
        (
            ("--out", "x.xlsx"),
            ("ends in '.xlsx'", "expected one to write that ends in .csv", "use"),
        ),
        (("--format", "parquet"), ("for the standard output", "expected it for a file", "--out")),
        (("--format", "xlsx"), ("'xlsx' is not known", "Known are: csv, json", "parquet")),
    ],
    ids=lambda value: " ".join(value),
)
def test_what_cannot_be_written_so_is_refused(
    call: Call,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    fragments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(runs)
    called = call("predict", "numbers", "good.csv", *arguments)
    assert (called.status, called.out) == (2, "")
    for fragment in fragments:
        assert fragment in called.err
