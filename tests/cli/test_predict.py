"""chainrule predict: raw rows in, a CSV with a line for each row out."""

import csv as csv_format
import io
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import ROWS, Call, csv


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
    data.write_text(csv(["size", "kind"], [("unknown", "a"), (0.2, "b")]))
    assert call("predict", runs / "numbers", data).status == 2
    assert call("predict", runs / "numbers", data, "--missing", "unknown").status == 0


def test_out_is_written_over_and_has_what_standard_output_would_have(
    call: Call, runs: Path, numbers: str, tmp_path: Path
) -> None:
    out = tmp_path / "predicted.csv"
    out.write_text("old")
    called = call("predict", runs / "numbers", runs / "priced.csv", "--out", out)
    assert called.out == f"60 predictions in {out}\n"
    assert out.read_text() == numbers
    assert [path.name for path in tmp_path.iterdir()] == ["predicted.csv"]
