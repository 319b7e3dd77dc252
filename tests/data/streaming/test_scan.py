from pathlib import Path
from typing import Unpack

import duckdb
import numpy as np
import pytest

from chainrule.data.read_options import ReadKwargs
from chainrule.data.streaming.concatenate import concatenate
from chainrule.data.streaming.scan import scan
from chainrule.data.table import Table
from chainrule.demo import write_data
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.read_as import labels, read_table


@pytest.fixture(autouse=True)
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.data.streaming.stored_rows.VALUES_AT_ONCE", 200)


@pytest.fixture(scope="module")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_data(folder)
    return folder / "penguins.csv"


def scanned(path: str | Path, **options: Unpack[ReadKwargs]) -> Table:
    """All rows, read some at a time and put together."""
    with scan(path, **options).opened() as rows:
        stretches = rows.row_ranges()
        assert len(stretches) > 1
        return concatenate([rows.table(stretch) for stretch in stretches])


def assert_equal(ours: Table, expected: Table) -> None:
    """Refuse tables that differ in a column, a value or the place of a row."""
    assert ours.target is not None
    assert expected.target is not None
    for one, other in zip(
        (*ours.columns, ours.target), (*expected.columns, expected.target), strict=True
    ):
        assert (one.name, one.kind, one.levels) == (other.name, other.kind, other.levels)
        assert one.declared == other.declared
        np.testing.assert_array_equal(one.values, other.values)
    for index in range(len(expected)):
        assert ours.location(index) == expected.location(index)


def test_a_csv_has_the_same_rows_as_when_it_is_read_at_once(penguins: Path) -> None:
    assert_equal(scanned(penguins, target="species"), read_table(penguins, target="species"))


def test_a_parquet_file_has_the_same_rows_as_when_it_is_read_at_once(
    penguins: Path, tmp_path: Path
) -> None:
    path = tmp_path / "penguins.parquet"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT *, DATE '2020-01-01' + (random() * 99)::INT AS day, "
            f"(sex)::ENUM('male', 'female') AS listed "
            f"FROM read_csv('{penguins}', nullstr = 'NA')) TO '{path}' (FORMAT parquet)"
        )
    for target in ("species", "body_mass_g"):
        assert_equal(scanned(path, target=target), read_table(path, target=target))


def test_several_files_have_the_same_rows_as_when_they_are_read_at_once(
    write: Write, tmp_path: Path
) -> None:
    for month in ("june", "may"):
        write(f"{month}.csv", "x,y\n" + "".join(f"{i},{month}{i % 3}\n" for i in range(150)))
    assert_equal(
        scanned(tmp_path / "*.csv", target="y"), read_table(tmp_path / "*.csv", target="y")
    )


def test_spellings_of_spreadsheets_are_understood_as_when_read_at_once(write: Write) -> None:
    rows = "".join(f"{i},5;{' ?' if i % 7 else 'Süd'};{i % 2}\n" for i in range(300))
    path = write("a.csv", f"größe;Ort;y\n{rows}".encode("cp1252"))
    assert_equal(scanned(path, target="y"), read_table(path, target="y"))


def test_classes_have_the_same_spellings_as_when_read_at_once(write: Write) -> None:
    answers = "x,y\n" + "1,TRUE\n2,True\n3,True\n4,false\n" * 60
    ids = "x,y\n" + "1,9007199254740993\n2,9007199254740992\n" * 100
    for text in (answers, ids):
        path = write("a.csv", text)
        ours, expected = scanned(path, target="y"), read_table(path, target="y")
        assert ours.target is not None
        assert expected.target is not None
        assert ours.target.categories().tolist() == expected.target.categories().tolist()


def test_options_of_reading_mean_the_same(write: Write) -> None:
    rows = "".join(f"{i % 5},{-1 if i % 9 else i},{i}\n" for i in range(200))
    path = write("a.csv", f"code,x,y\n{rows}")
    options: ReadKwargs = {"target": "y", "categorical": ["code"], "missing": ["-1"]}
    assert_equal(scanned(path, **options), read_table(path, **options))


def test_a_column_is_of_text_if_its_last_value_is(write: Write) -> None:
    # Read by itself, the first part of the file would have it as numbers.
    path = write("a.csv", "x,y\n" + "".join(f"{i},{i}\n" for i in range(300)) + "much,1\n" * 60)
    assert scanned(path, target="y").column("x").kind == "category"


def test_missing_values_are_counted_over_all_rows(write: Write) -> None:
    rows = "".join(f"{i if i % 3 else ''},{i % 2 if i > 9 else ''}\n" for i in range(300))
    with scan(write("a.csv", f"x,y\n{rows}"), target="y").opened() as stored:
        assert stored.notes_on_missing() == [
            "a.csv: 10 rows without a value of the target 'y' left out",
            "a.csv: column 'x' has 100 missing values",
        ]


def test_nan_is_a_missing_value_and_a_row_with_such_a_target_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as database:
        database.execute(
            "COPY (SELECT CASE WHEN i % 5 = 0 THEN 'nan'::DOUBLE ELSE i END AS x, "
            "CASE WHEN i % 10 = 0 THEN 'nan'::DOUBLE ELSE i END AS y FROM range(200) r(i)) "
            f"TO '{path}' (FORMAT parquet)"
        )
    assert_equal(scanned(path, target="y"), read_table(path, target="y"))
    with scan(path, target="y").opened() as stored:
        assert stored.notes_on_missing() == [
            "a.parquet: 20 rows without a value of the target 'y' left out",
            "a.parquet: column 'x' has 40 missing values",
        ]


def test_rows_that_training_needs_are_one_of_each_class(write: Write) -> None:
    rows = "".join(f"{i},{'rare' if i == 200 else 'usual'}\n" for i in range(300))
    with scan(write("a.csv", f"x,y\n{rows}"), target="y").opened() as stored:
        assert stored.one_of_each_class("binary").tolist() == [0, 200]
        assert set(labels(stored.preview)) == {"usual", "rare"}


def test_of_numbers_to_predict_training_needs_no_row(write: Write) -> None:
    with scan(write("a.csv", "x,y\n" + "1,2\n3,4\n" * 50), target="y").opened() as stored:
        assert stored.one_of_each_class("regression").tolist() == []


def test_the_copy_is_gone_when_it_is_no_longer_needed(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.csv", "x,y\n" + "1,2\n3,4\n" * 50)
    folder = tmp_path / "passing"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    opened = scan(path, target="y").opened()
    opened.__enter__()
    assert len(list(folder.iterdir())) == 1
    opened.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert list(folder.iterdir()) == []


def test_an_infinite_number_is_refused_with_row_and_column(write: Write) -> None:
    rows = "".join(f"{'inf' if i == 250 else i},{i % 2}\n" for i in range(300))
    with pytest.raises(InputError, match=r"a\.csv, row 251, column 'x': got 'inf', expected"):
        scanned(write("a.csv", f"x,y\n{rows}"), target="y")


def test_text_that_is_nearly_always_different_is_no_target(write: Write) -> None:
    rows = "".join(f"{i},name{i}\n" for i in range(10_001))
    with (
        scan(write("a.csv", f"x,y\n{rows}"), target="y").opened() as stored,
        pytest.raises(InputError, match="column 'y': got 10,001 classes, expected at most 10,000"),
    ):
        stored.one_of_each_class("classification")


def test_a_target_without_any_value_is_refused(write: Write) -> None:
    with (
        scan(write("a.csv", "x,y\n" + "1,\n" * 20), target="y").opened() as stored,
        pytest.raises(InputError, match="got no value in all 20 rows, expected the target's"),
    ):
        _ = stored.preview


def test_what_is_neither_csv_nor_parquet_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match="got json, expected CSV or Parquet alone"):
        scan(write("a.json", '{"x": 1, "y": 2}\n'), target="y")


def test_less_memory_than_pytorch_needs_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match="memory: got 100MiB, expected at least 1GiB"):
        scan(write("a.csv", "x,y\n1,2\n"), target="y", memory="100MiB")


def test_a_damaged_parquet_file_is_refused(write: Write) -> None:
    with (
        pytest.raises(InputError, match=r"a\.parquet: got Parquet that cannot be read"),
        scan(write("a.parquet", b"PAR1" + b"x" * 100), target="y").opened(),
    ):
        pass


def test_spellings_of_truth_are_one_class_as_when_read_at_once(write: Write) -> None:
    rows = "".join(f"{label},{k}\n" for k, label in enumerate(["TRUE", "True", "True", "no's"] * 5))
    for text in (rows.replace("no's", "false"), rows):
        path = write("a.csv", f"y,x\n{text}")
        whole = read_table(path, target="y")
        with scan(path, target="y").opened() as stored:
            chunk = stored.table(range(20))
        assert chunk.target is not None
        assert whole.target is not None
        assert chunk.target.values.tolist() == whole.target.values.tolist()
        assert [note for note in stored.notes if "'y'" in note] == [
            note for note in whole.notes if "'y'" in note
        ]
