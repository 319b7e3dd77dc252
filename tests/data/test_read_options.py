"""Read options: what a model keeps of them, and how new rows and labelled rows are read by it."""

from __future__ import annotations

import pytest

from chainrule.data.read_options import OF_ONE_FILE, ReadOptions
from chainrule.data.reading.read import OF_PICTURE_FILES, OF_TABLES, OF_TEXT
from chainrule.data.reading.select_columns import ONLY_FOR
from chainrule.errors import InputError
from chainrule.options import validate
from tests.homes import KEPT

GIVEN = ReadOptions(
    query="SELECT 1",
    text_encoding="cp949",
    delimiter="|",
    header_row=3,
    skip_rows=("totals",),
    sheet="May",
    decimal=",",
    missing=("-",),
    categorical=("zip", "gone"),
    role={"day": "date", "rooms": "category", "id": "identifier"},
    date_form={"day": "%d/%m/%Y", "gone": "%Y%m"},
)
COLUMNS = ("zip", "rooms", "day")
FITTED = GIVEN.fitted("price", COLUMNS, ("town", "zip"), None)


def test_options_of_one_file_are_not_kept() -> None:
    of_layout = ("header_row", "no_header", "skip_rows", "sheet")
    assert set(OF_ONE_FILE) == {"query", "text_encoding", "delimiter", "keep", *of_layout}
    assert not set(OF_ONE_FILE) & set(FITTED.explicit())


def test_other_options_are_kept_for_the_columns_that_a_model_learned_from() -> None:
    assert FITTED.explicit() == {
        "target": "price",
        "columns": COLUMNS,
        "missing": ("-",),
        "categorical": ("zip",),
        "role": {"day": "date", "rooms": "category"},
        "date_form": {"day": "%d/%m/%Y"},
        "decimal": ",",
        "forms": {},
        "keep_missing": (),
    }


def test_columns_of_names_are_categorical_whatever_other_data_has_in_them() -> None:
    fitted = ReadOptions().fitted("price", COLUMNS, ("rooms", "price"), None)
    assert fitted.categorical == ("rooms", "price")


def test_of_pictures_the_shape_is_kept() -> None:
    options = ReadOptions(picture_size=32, unreadable_share=0.2)
    fitted = options.fitted("class", None, (), (32, 24, 3))
    assert fitted == ReadOptions(picture_size=32, unreadable_share=0.2, picture_shape=(32, 24, 3))


@pytest.mark.parametrize("options", [FITTED, KEPT], ids=["fitted", "of a model"])
def test_what_is_kept_stays_the_same_when_it_is_fitted_again(options: ReadOptions) -> None:
    again = options.fitted(str(options.target), options.columns, options.categorical, None)
    assert again == options


def test_new_rows_need_no_target_and_may_keep_further_columns() -> None:
    options = FITTED.for_new_rows(ReadOptions(keep=("id", "rooms", "id")))
    assert options.target is None
    assert options.columns == COLUMNS
    assert options.keep == ("id", "rooms")
    assert (options.decimal, options.missing) == (",", ("-",))


def test_options_for_new_rows_win() -> None:
    given = ReadOptions(decimal=".", delimiter="tab", missing=("none",))
    for options in (FITTED.for_new_rows(given), FITTED.for_labelled_rows(given)):
        assert (options.decimal, options.delimiter, options.missing) == (".", "tab", ("none",))


def test_labelled_rows_have_the_target_of_the_model_or_one_that_is_named() -> None:
    assert FITTED.for_labelled_rows(ReadOptions()).target == "price"
    assert FITTED.for_labelled_rows(ReadOptions(target="sold for")).target == "sold for"


def test_another_target_is_read_as_names_where_the_target_of_the_model_was() -> None:
    fitted = ReadOptions().fitted("kind", COLUMNS, ("kind",), None)
    options = fitted.for_labelled_rows(ReadOptions(target="true kind"))
    assert options.names == {"kind", "true kind"}
    assert "sold for" not in FITTED.for_labelled_rows(ReadOptions(target="sold for")).names


def test_each_option_that_a_source_refuses_is_said_to_be_for_another() -> None:
    assert {*OF_TABLES, *OF_TEXT, *OF_PICTURE_FILES, "query", "keep", "path_column"} == {*ONLY_FOR}


def test_other_data_has_other_numbers_of_rows_to_leave_out() -> None:
    given = ReadOptions(skip_rows=("3", "totals", "7-9"), sheet="May", drop=("id",), decimal=",")
    options = given.for_further_data()
    assert (options.skip_rows, options.sheet, options.drop) == (("totals",), None, ())
    assert options.decimal == ","


def test_columns_of_dates_stay_text_so_that_no_zero_of_theirs_is_lost() -> None:
    options = ReadOptions(role={"day": "date", "size": "number"}, date_form={"at": "%Y%m"})
    assert options.roles == {"day": "date", "size": "number", "at": "date"}
    assert options.read_as_text == {"day", "at"}
    fitted = ReadOptions().fitted("price", COLUMNS, (), None, ["day"])
    assert fitted.role == {"day": "date"}


def test_date_forms_for_new_rows_replace_those_of_their_columns_alone() -> None:
    options = ReadOptions(date_form={"day": "%d/%m/%Y", "at": "%Y%m"})
    new = options.for_new_rows(ReadOptions(date_form={"day": "%m/%d/%Y"}))
    assert new.date_form == {"day": "%m/%d/%Y", "at": "%Y%m"}


@pytest.mark.parametrize("given", ["day", "=%Y", "day=", "day=soon"])
def test_what_names_no_column_and_form_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="expected a column and the form of its dates"):
        validate(ReadOptions, {"date_form": [given]})
    assert validate(ReadOptions, {"date_form": ["at=unix_seconds"]}).date_form == {
        "at": "unix_seconds"
    }
