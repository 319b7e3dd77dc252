"""Data frames of pandas, Polars and Arrow."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.read_as import labels, read_table

DAYS = [datetime.date(1970, 1, 11), None, datetime.date(1970, 1, 3)]
TIMES = [datetime.datetime(1970, 1, 2, 12), None, datetime.datetime(1970, 1, 1)]
COLUMNS = {
    "whole": [1, None, 3],
    "number": [1.5, None, 0.1],
    "exact": [Decimal("1.25"), None, Decimal("2")],
    "text": [" a ", None, "?"],
    "truth": [True, None, False],
    "day": DAYS,
    "time": TIMES,
    "nothing": [None, None, None],
    "y": ["p", "q", "p"],
}

# Whatever makes a frame of columns.
Frame = Callable[[dict[str, Any]], Any]
FRAMES: dict[str, Frame] = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}


@pytest.fixture(params=FRAMES)
def frame(request: pytest.FixtureRequest) -> Frame:
    return FRAMES[request.param]


def values(dataset: Table, name: str) -> list[Any]:
    return list(dataset.column(name).values.tolist())


def test_every_type_becomes_a_number_or_a_category(frame: Frame) -> None:
    dataset = read_table(frame(COLUMNS), target="y")
    nan = np.nan
    np.testing.assert_equal(values(dataset, "whole"), [1, nan, 3])
    np.testing.assert_equal(values(dataset, "number"), [1.5, nan, 0.1])
    np.testing.assert_equal(values(dataset, "exact"), [1.25, nan, 2])
    np.testing.assert_equal(values(dataset, "day"), [10, nan, 2])
    np.testing.assert_equal(values(dataset, "time"), [1.5, nan, 0])
    np.testing.assert_equal(values(dataset, "nothing"), [nan, nan, nan])
    assert values(dataset, "text") == ["a", None, None]
    assert values(dataset, "truth") == ["true", None, "false"]
    assert labels(dataset) == ["p", "q", "p"]
    assert "data frame: column 'day' is read as days since 1970" in dataset.notes


def test_a_frame_gives_what_parquet_gives(frame: Frame, tmp_path: Path) -> None:
    columns = {name: column for name, column in COLUMNS.items() if name != "nothing"}
    path = tmp_path / "a.parquet"
    arrow = pa.table(columns)
    with duckdb.connect() as database:
        database.register("arrow", arrow)
        database.execute(f"COPY arrow TO '{path}' (FORMAT parquet)")
    from_file, from_frame = read_table(path, target="y"), read_table(frame(columns), target="y")
    for one, other in zip(from_file.columns, from_frame.columns, strict=True):
        assert (one.name, one.kind) == (other.name, other.kind)
        np.testing.assert_equal(one.values, other.values)
    assert sorted(note.removeprefix("a.parquet") for note in from_file.notes) == sorted(
        note.removeprefix("data frame") for note in from_frame.notes
    )


def test_a_time_with_a_zone_is_told_in_utc() -> None:
    seoul = [time and time.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
             for time in TIMES]  # fmt: skip
    for made in (pl.DataFrame, pa.table):
        np.testing.assert_equal(
            values(read_table(made({"t": seoul})), "t"), [1.125, np.nan, -0.375]
        )
    of_pandas = pd.DataFrame({"t": pd.Series(TIMES).dt.tz_localize("Asia/Seoul")})
    np.testing.assert_equal(values(read_table(of_pandas), "t"), [1.125, np.nan, -0.375])


def test_categories_that_have_an_order_keep_their_levels() -> None:
    levels = ["small", "middle", "big"]
    given = ["big", "small", None]
    of_pandas = pd.Categorical(given, categories=levels, ordered=True)
    for made in (
        pd.DataFrame({"size": of_pandas}),
        pl.DataFrame({"size": pl.Series(given, dtype=pl.Enum(levels))}),
    ):
        column = read_table(made).column("size")
        assert column.values.tolist() == given
        assert column.levels == tuple(levels)
        assert column.take(np.array([0])).levels == tuple(levels)


def test_categories_without_an_order_are_text() -> None:
    given = ["big", "small", None]
    for made in (
        pd.DataFrame({"size": pd.Categorical(given)}),
        pl.DataFrame({"size": pl.Series(given, dtype=pl.Categorical)}),
        pa.table({"size": pa.array(given).dictionary_encode()}),
    ):
        column = read_table(made).column("size")
        assert column.values.tolist() == given
        assert column.levels is None


def test_categories_that_are_numbers_are_names() -> None:
    column = read_table(pd.DataFrame({"x": pd.Categorical([3, 1, 3])})).column("x")
    assert column.values.tolist() == ["3", "1", "3"]


@pytest.mark.parametrize("kind", ["Int64", "Float64", "float32", "uint8", "int64[pyarrow]"])
def test_numbers_of_every_type_of_pandas_are_numbers(kind: str) -> None:
    column = read_table(pd.DataFrame({"x": pd.Series([1, 2], dtype=kind)})).column("x")
    assert column.values.tolist() == [1, 2]


def test_whole_numbers_beyond_those_of_floats_are_rounded(frame: Frame) -> None:
    column = read_table(frame({"x": [2**62 + 1, 5]})).column("x")
    assert column.values.tolist() == [float(2**62), 5]


def test_objects_of_pandas_are_what_their_values_are() -> None:
    columns = {name: pd.Series(column, dtype=object) for name, column in COLUMNS.items()}
    dataset = read_table(
        pd.DataFrame({**columns, "list": pd.Series([[1], [2], None], dtype=object)})
    )
    np.testing.assert_equal(values(dataset, "exact"), [1.25, np.nan, 2])
    np.testing.assert_equal(values(dataset, "day"), [10, np.nan, 2])
    assert values(dataset, "truth") == ["true", None, "false"]
    assert values(dataset, "text") == ["a", None, None]
    assert "column 'list' is left out, as its type list is not supported" in dataset.notes[0]


NOON = datetime.datetime(2023, 1, 5, 12)
# 2023-01-05 12:00 is day 19362.5 since 1970.
SINGLE_OBJECTS: list[tuple[Any, Any]] = [
    (np.int64(3), 3.0),
    (np.float32(0.5), 0.5),
    (Fraction(1, 4), 0.25),
    (Decimal("1.50"), 1.5),
    (np.bool_(True), "true"),
    (np.str_(" a "), "a"),
    (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (pd.Interval(0, 5), "(0, 5]"),
    (NOON, 19362.5),
    (pd.Timestamp(NOON), 19362.5),
    (pd.Timestamp(NOON).tz_localize("Asia/Seoul"), 19362.125),
    (np.datetime64("2023-01-05T12"), 19362.5),
    (np.datetime64("2023-01-05T12:00:00.000000000"), 19362.5),
    (NOON.date(), 19362.0),
    (pd.Period("2023-01", freq="M"), 19358.0),
    (datetime.timedelta(hours=36), 1.5),
    (pd.Timedelta(hours=36), 1.5),
    (np.timedelta64(36, "h"), 1.5),
    (datetime.time(18), 0.75),
]


@pytest.mark.parametrize(("value", "read_as"), SINGLE_OBJECTS, ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA, Decimal("nan")], ids=str)
def test_an_object_of_numpy_or_pandas_is_what_its_value_is(
    value: Any, read_as: Any, missing: Any
) -> None:
    frame = pd.DataFrame({"x": pd.Series([value, missing, value], dtype=object)})
    column = read_table(frame).column("x")
    assert column.values[[0, 2]].tolist() == [read_as, read_as]
    assert column.missing.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("made", "read_as", "said"),
    [
        (pd.to_timedelta([12, None], "h"), [0.5, np.nan], "has durations, which are read as num"),
        (pd.period_range("1970-01", periods=2, freq="M"), [0, 31], "is read as days since 1970"),
        (pl.Series([datetime.timedelta(2), None]), [2, np.nan], "has durations"),
        (pl.Series([datetime.time(6), None]), [0.25, np.nan], "has times of day, which are read"),
        (pl.Series([Decimal("1.5"), None]), [1.5, np.nan], None),
        (pa.array([datetime.timedelta(2), None]), [2, np.nan], "has durations"),
        (pd.array([True, 2, 0], dtype=object), [1, 2, 0], "numbers and truth values: true is rea"),
        (pd.Categorical(pd.to_datetime(["1970-01-03", None])), [2, np.nan], "days since 1970"),
        (pd.arrays.SparseArray([0.0, 1.0]), [0, 1], None),
    ],
    ids=lambda v: type(v).__name__,
)
def test_a_column_that_is_read_as_numbers_of_another_unit_has_a_note(
    made: Any, read_as: list[float], said: str | None
) -> None:
    frame_of: Frame = pd.DataFrame
    if isinstance(made, pl.Series | pa.Array):
        frame_of = pl.DataFrame if isinstance(made, pl.Series) else pa.table
    dataset = read_table(frame_of({"x": made}))
    np.testing.assert_equal(values(dataset, "x"), read_as)
    about = [note for note in dataset.notes if "missing value" not in note]
    assert about == [] if said is None else said in about[0]


def test_categories_of_numbers_are_written_the_same_whether_one_is_missing_or_not() -> None:
    for given in ([1, 3], [1, None, 3], [1.0, None, 3.0]):
        column = read_table(pd.DataFrame({"x": pd.Categorical(given)})).column("x")
        assert column.values.tolist() == [None if v is None else str(int(v)) for v in given]
    truths = read_table(pd.DataFrame({"x": pd.Categorical([True, None])})).column("x")
    assert truths.values.tolist() == ["true", None]


def test_levels_are_written_as_the_values_are() -> None:
    blanks = pd.Categorical(["b ", " a"], categories=["b ", " a", "NA", "z"], ordered=True)
    numbers = pd.Categorical([2, 1], categories=[2, 1], ordered=True)
    dataset = read_table(pd.DataFrame({"blanks": blanks, "numbers": numbers}))
    assert dataset.column("blanks").levels == ("b", "a", "z")
    assert dataset.column("numbers").levels == ("2", "1")
    assert values(dataset, "blanks") == ["b", "a"]


CODES = [10**17 + 1, 10**17 + 2, 10**17 + 3]


def test_codes_beyond_those_of_floats_keep_every_digit(frame: Frame) -> None:
    as_texts = [str(code) for code in CODES]
    for options in (ReadKwargs(categorical=["x"]), ReadKwargs(role={"x": "category"})):
        assert values(read_table(frame({"x": CODES}), **options), "x") == as_texts
    assert values(read_table(pd.DataFrame({"x": pd.Categorical(CODES)})), "x") == as_texts
    with_missing = pd.DataFrame({"x": pd.array([CODES[0], None], dtype="Int64")})
    assert values(read_table(with_missing, categorical=["x"]), "x") == [as_texts[0], None]


def test_a_target_of_few_codes_keeps_every_digit(frame: Frame) -> None:
    few = read_table(frame({"x": [*range(30)], "y": CODES * 10}), target="y")
    assert labels(few) == [*map(str, CODES)] * 10
    many = read_table(frame({"x": [*range(30)], "y": [10**17 + k for k in range(30)]}), target="y")
    assert many.target is not None
    assert many.target.kind == "number"


def test_floats_named_categorical_have_no_exponent() -> None:
    dataset = read_table(pd.DataFrame({"x": [1e17, 2.5]}), categorical=["x"])
    assert values(dataset, "x") == ["100000000000000000", "2.5"]


@pytest.mark.parametrize("categorical", [[], ["x"]], ids=["number", "category"])
def test_a_number_that_means_missing_is_missing_whatever_its_type(
    frame: Frame, categorical: list[str]
) -> None:
    for column in ([-999, 1], [-999.0, 1.0]):
        dataset = read_table(frame({"x": column}), missing=["-999"], categorical=categorical)
        assert dataset.column("x").missing.tolist() == [True, False]
    objects = pd.DataFrame({"x": pd.Series([np.int64(-999), 1], dtype=object)})
    assert read_table(objects, missing=["-999.0"]).column("x").missing.tolist() == [True, False]


def test_a_date_that_means_missing_is_missing(frame: Frame) -> None:
    days = [datetime.date(1900, 1, 1), datetime.date(1970, 1, 2)]
    dataset = read_table(frame({"day": days}), missing=["1900-01-01", "-999"])
    np.testing.assert_equal(values(dataset, "day"), [np.nan, 1])


def test_truth_values_among_texts_are_texts() -> None:
    dataset = read_table(pd.DataFrame({"x": pd.Series([True, "no", None], dtype=object)}))
    assert values(dataset, "x") == ["true", "no", None]


def test_the_type_of_objects_that_cannot_be_used_is_named() -> None:
    frame = pd.DataFrame({"x": [1, 2], "b": [b"a", b"b"], "m": [pd.Timestamp(0), 3]})
    notes = read_table(frame).notes
    assert "data frame: column 'b' is left out, as its type bytes is not supported" in notes
    assert "column 'm' is left out, as its type Timestamp and int is not supported" in notes[1]


def test_names_of_numpy_are_plain_text() -> None:
    dataset = read_table(pd.DataFrame([[1, [2]]], columns=np.array(["a", "b"])))
    assert [type(column.name) for column in dataset.columns] == [str]
    assert "np.str_" not in " ".join(dataset.notes)


def test_a_spelling_of_missing_among_numbers_is_missing() -> None:
    dataset = read_table(pd.DataFrame({"x": [1, "n/a", "unknown"]}), missing=["unknown"])
    np.testing.assert_equal(values(dataset, "x"), [1, np.nan, np.nan])


def test_text_among_numbers_is_refused_with_its_row() -> None:
    with pytest.raises(InputError) as error:
        read_table(pd.DataFrame({"x": [1, "old", *range(20)]}))
    assert "data frame, row 2, column 'x': got 'old', expected a number as" in str(error.value)


def test_numbers_named_categorical_are_written_as_people_do(frame: Frame) -> None:
    assert values(read_table(frame({"x": [3.0, 2.5]}), categorical=["x"]), "x") == ["3", "2.5"]


def test_columns_of_other_types_are_left_out_with_a_note(frame: Frame) -> None:
    dataset = read_table(frame({"x": [1, 2], "list": [[1], [2]]}))
    assert [column.name for column in dataset.columns] == ["x"]
    assert "data frame: column 'list' is left out" in dataset.notes[0]


def test_copies_and_rows_without_a_target_are_counted(frame: Frame) -> None:
    dataset = read_table(
        frame({"x": [1.0, None, 1.0, None], "y": ["a", "b", "a", None]}), target="y"
    )
    assert "data frame: 1 row of 4 is a copy of an earlier one" in dataset.notes[0]
    assert "data frame: 1 row without a value of the target 'y' left out" in dataset.notes
    assert dataset.location(2) == "data frame, row 3"


def test_the_index_of_pandas_is_no_column() -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=["a", "b"])
    assert [column.name for column in read_table(frame).columns] == ["x"]


def test_only_the_wanted_columns_are_looked_at(frame: Frame) -> None:
    dataset = read_table(frame({"b": [1, 2], "list": [[1], [2]], "a": [3, 4]}), columns=["a", "b"])
    assert [column.name for column in dataset.columns] == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: pl.LazyFrame({"x": [1]}), "got data of type LazyFrame, expected the path of a"),
        (lambda: pd.Series([1]), "got data of type Series, expected the path of a file, or a data"),
        (lambda: {"x": [1]}, "got data of type dict"),
        (lambda: np.zeros((3, 2)), "got data of type ndarray"),
        (lambda: None, "got data of type NoneType"),
        (lambda: pd.DataFrame([[1, 2]], columns=["x", "x"]), "more than one column named 'x'"),
        (lambda: pa.table([[1], [2]], names=["x", "x"]), "more than one column named 'x'"),
        (lambda: pd.DataFrame([[1, 2]]), "got a column whose name is 0, expected names that are"),
        (lambda: pd.DataFrame({"x": []}), "got no rows, expected rows"),
        (lambda: pd.DataFrame(), "got no columns, expected columns"),
        (lambda: pd.DataFrame({"x": [1, np.inf]}), "row 2, column 'x': got 'inf', expected a fin"),
        (lambda: pd.DataFrame({"x": [10**400]}), "row 1, column 'x': got 'inf', expected a fini"),
        (lambda: pl.DataFrame({"x": [[1]]}), "got no column of numbers, text, truth values or"),
    ],
)
def test_what_cannot_be_read_is_refused(given: Callable[[], object], said: str) -> None:
    with pytest.raises(InputError) as error:
        read(given())
    assert said in str(error.value)


def test_options_of_files_and_databases_are_refused(frame: Frame) -> None:
    options: list[ReadKwargs] = [
        {"query": "select 1"},
        {"text_encoding": "cp949"},
    ]
    for option in options:
        with pytest.raises(InputError, match=r"got --.* for a data frame, expected .* only. Leave"):
            read_table(frame({"x": [1]}), **option)
