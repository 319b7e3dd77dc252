"""Forms of columns: inferred from the training rows, and kept for new rows."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainrule.data.columns.task import check_target, infer_task
from chainrule.data.preparation import Preparation
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read, read_dataset
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.read_as import labels, read_table

KEEP = " if that is a value, keep it by --keep-missing with the name of the column"


def csv(*values: str, name: str = "x", sign: str = ",") -> str:
    """Return a CSV of a column, and a second one of numbers."""
    rows = "".join(f'"{value}"{sign}{row % 7}\n' for row, value in enumerate(values))
    return f"{name}{sign}y\n{rows}"


@pytest.fixture
def column(write: Write) -> Callable[..., list[object]]:
    """Return a function that reads the values of a column of a CSV."""

    def values(*texts: str, sign: str = ",") -> list[object]:
        found: list[object] = (
            read_table(write("a.csv", csv(*texts, sign=sign))).column("x").values.tolist()
        )
        return found

    return values


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (("$228,000", "$1,500", "$99"), [228_000, 1500, 99]),
        (("45.6%", "7%"), [45.6, 7]),
        (("228.0k", "950", "1.2M"), [228_000, 950, 1_200_000]),
        (("22000-", "(5)", "7"), [-22_000, -5, 7]),
        (("5 kg", "6 kg", "7.5 kg"), [5, 6, 7.5]),
        (("<1.0", "2.5", "3"), [1, 2.5, 3]),
        (("1 year", "7 years", "12 years"), [1, 7, 12]),
        (("1 200,5", "5", "12 345"), [1200.5, 5, 12_345]),
        (("\uff11\uff12", "3"), [12, 3]),
    ],
)
def test_amounts_are_numbers_with_a_note(
    write: Write, texts: tuple[str, ...], numbers: list[float]
) -> None:
    table = read_table(write("a.csv", csv(*texts)))
    assert table.column("x").values.tolist() == numbers
    assert "column 'x': " in "".join(table.notes)
    assert texts[0] in "".join(table.notes)


@pytest.mark.parametrize("mark", ["-", ".", "None", "<NA>", "#DIV/0!", "\\N", "nil", "없음"])
def test_marks_among_numbers_are_missing_with_a_note(write: Write, mark: str) -> None:
    table = read_table(write("a.csv", csv("1.5", mark, "2")))
    np.testing.assert_equal(table.column("x").values, [1.5, np.nan, 2])
    assert f"a.csv: column 'x': 1 value such as '{mark}' is read as missing" in table.notes


@pytest.mark.parametrize(
    "texts",
    [
        ("192.168.3.7", "192.168.0.1"),
        ("3.0.0", "2.1.4"),
        ("1,3,5", "2,4,5"),
        ("12A", "12B", "13A"),
        ("5E3", "3E7"),
        ("<=50K", ">50K"),
        ("01", "02", "10"),
        ("1:30", "2:45"),
    ],
)
def test_what_only_looks_like_numbers_is_text(
    column: Callable[..., list[object]], texts: tuple[str, ...]
) -> None:
    assert column(*texts) == list(texts)


def test_codes_that_begin_with_zero_are_told(write: Write) -> None:
    table = read_table(write("a.csv", csv("01", "02", "11")))
    assert table.notes == (
        "a.csv: column 'x': its values are read as codes and not as numbers, as '01' begins with "
        "0; if they are numbers: --role x=number",
    )


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("$5", "€7", "$9"), "got '€7', expected the same unit in all rows; their units are 'USD'"),
        (
            ("5%", "0.05", "7%"),
            "got '0.05', expected the same unit in all rows; their units are '%' in 2, none in 1",
        ),
        ((*(f"{n}.5 km/h" for n in range(20)), "12"), "row 21, column 'x': got '12', expected the"),
        ((*(f"{n}.5 bar" for n in range(20)), "ERR"), "row 21, column 'x': got 'ERR', expected a"),
        (("1.5", "2,5", "3.5"), "got '2,5', expected the same decimal sign as in '1.5'"),
        (("3,5", "1,2"), "got '3,5', expected a number such as 3.5"),
        (
            ("EUR 1.200", "EUR 5", "EUR 12.345"),
            "as amounts of money seldom have three decimals, or EUR 1.200. Read it as EUR 1200 "
            "with --decimal , or as EUR 1.200 with --decimal .",
        ),
    ],
)
def test_what_is_in_doubt_is_refused(write: Write, texts: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError) as error:
        read(write("a.csv", csv(*texts)))
    assert said in str(error.value)
    assert "--categorical x" in str(error.value)


def test_an_empty_amount_of_accounting_is_missing(write: Write) -> None:
    table = read_table(write("a.csv", csv("$ 1,200", "$ -", "$ (5)")))
    np.testing.assert_equal(table.column("x").values, [1200, np.nan, -5])
    assert "a.csv: column 'x': 1 value such as '$ -' is read as missing" in table.notes


def test_points_in_a_file_of_decimal_commas_are_in_doubt(write: Write) -> None:
    path = write("a.csv", "income;area\n1.574;61,5\n868;3,2\n")
    with pytest.raises(InputError) as error:
        read(path)
    assert "row 1, column 'income': got '1.574', expected a number that is not" in str(error.value)
    assert "Read it as 1574 with --decimal ," in str(error.value)
    assert read_table(path, decimal=",").column("income").values.tolist() == [1574, 868]


def test_points_between_thousands_are_told_as_such(write: Write) -> None:
    table = read_table(write("a.csv", "x;y\n12.345.678;1\n1.234;2\n"))
    assert table.column("x").values.tolist() == [12_345_678, 1234]
    assert table.notes == ("a.csv: column 'x': points are read as groups of thousands",)


def test_without_decimal_commas_a_point_is_the_decimal_sign(write: Write) -> None:
    assert read_table(write("a.csv", "x;y\n1.574;1\n868;2\n")).column("x").values[0] == 1.574


def test_labels_beyond_the_digits_of_floats_stay_apart(write: Write, tmp_path: Path) -> None:
    ids = [7300000000000000001, 7300000000000000002] * 20
    frame = pd.DataFrame({"a": np.arange(40.0), "id": ids})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "a.parquet")
    for source in (tmp_path / "a.csv", tmp_path / "a.jsonl", tmp_path / "a.parquet", frame):
        target = read_table(source, target="id").target
        assert target is not None
        assert target.categories().tolist() == [str(label) for label in ids]


def test_the_first_label_that_floats_merge_stays_apart(write: Write) -> None:
    labels_of_floats = ("9007199254740993", "9007199254740992")
    path = write("a.csv", csv(*labels_of_floats * 20))
    assert set(labels(read_table(path, target="x"))) == set(labels_of_floats)


def test_codes_beyond_the_digits_of_floats_stay_apart_as_categories(tmp_path: Path) -> None:
    codes = [10**17 + 1, 10**17 + 2] * 20
    frame = pd.DataFrame({"code": codes, "y": np.arange(40.0)})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    for source in (tmp_path / "a.csv", tmp_path / "a.parquet", frame):
        for options in ({"categorical": ["code"]}, {"role": {"code": "category"}}, {}):
            table = read_table(source, target="y", **options)
            assert table.column("code").categories().tolist() == [str(code) for code in codes]


def test_labels_are_kept_as_they_are_written(write: Write) -> None:
    table = read_table(write("a.csv", csv("01", "1", "010", "10")), target="x")
    assert labels(table) == ["01", "1", "010", "10"]
    table = read_table(write("b.csv", csv("1.0", "2.0", "1.0")), target="x")
    assert table.target is not None
    assert table.target.categories().tolist() == ["1.0", "2.0", "1.0"]


def test_spellings_of_truth_are_one_class_and_others_stay_apart(write: Write) -> None:
    table = read_table(write("a.csv", csv("TRUE", "True", "True", "false")), target="x")
    assert labels(table) == ["True", "True", "True", "false"]
    assert "a.csv: column 'x': 'True', 'TRUE' are read as one class, 'True'" in table.notes
    table = read_table(write("b.csv", csv("Rome", "rome", "Oslo")), target="x")
    assert labels(table) == ["Rome", "rome", "Oslo"]
    assert "differ only in upper and lower case, and are 2 categories" in "".join(table.notes)


def test_spellings_of_truth_are_told_apart_only_where_they_are_categories(write: Write) -> None:
    path = write("a.csv", csv("TRUE", "True", "false"))
    assert read_table(path).notes == ()
    assert "are 2 categories" in "".join(read_table(path, categorical=["x"]).notes)


def test_codes_and_labels_of_which_the_user_says_so_are_numbers(write: Write) -> None:
    path = write("a.csv", csv("01", "02", "11"))
    as_input = read_table(path, role={"x": "number"})
    assert as_input.column("x").values.tolist() == [1, 2, 11]
    assert as_input.notes == ()
    target = read_table(path, role={"x": "number"}, target="x").target
    assert target is not None
    assert target.values.tolist() == [1, 2, 11]
    with pytest.raises(InputError, match="got 'A', expected a number as in the other rows"):
        read(write("b.csv", csv("A", "01", "B")), role={"x": "number"})


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["1234", "01234"], "1 value such as '01234' begins with 0, and is read as a number;"),
        (["01234", "0123"], "2 values such as '01234' begin with 0, and are read as numbers;"),
    ],
)
def test_a_few_numbers_that_begin_with_zero_are_told(
    write: Write, texts: list[str], said: str
) -> None:
    table = read_table(write("a.csv", csv(*["1234"] * 300, *texts)))
    assert table.column("x").kind == "number"
    assert said in "".join(table.notes)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (("caf\u00e9", "cafe\u0301", "x"), "differ only in blanks or in the encoding of letters"),
        (("New York", "New  York", "x"), "differ only in blanks or in the encoding of letters"),
        (("6", "6.0", "x"), "'6', '6.0' are the same number, and are 2 categories"),
        (("1", "0", "true", "false"), "all are yes or no, and stay apart"),
    ],
)
def test_categories_that_could_mean_the_same_stay_apart_with_a_note(
    write: Write, values: tuple[str, ...], note: str
) -> None:
    table = read_table(write("a.csv", csv(*values)))
    assert table.column("x").values.tolist() == list(values)
    assert note in "".join(table.notes)


def test_a_class_called_na_can_be_kept(write: Write) -> None:
    path = write("a.csv", csv("EU", "NA", "", "NA"))
    dropped = read_table(path, target="x")
    assert labels(dropped) == ["EU"]
    assert f"a.csv: column 'x': 'NA' is read as missing;{KEEP}" in dropped.notes
    assert labels(read_table(path, target="x", keep_missing=["x"])) == ["EU", "NA", "NA"]


def test_a_number_of_missing_is_missing_in_numbers_of_any_type(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.5, -999, 2], "y": [1, 2, 3]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "a.parquet")
    for source in (tmp_path / "a.csv", tmp_path / "a.jsonl", tmp_path / "a.parquet", frame):
        table = read_table(source, missing=["-999"])
        np.testing.assert_equal(table.column("x").values, [1.5, np.nan, 2])


def fitted(table: Table) -> Preparation:
    """Return the preparation of all rows."""
    return Preparation.fit(table, np.arange(len(table)), "regression")


def reread(path: Path, preparation: Preparation, **options: object) -> Table:
    """Read new rows as a model with that preparation would."""
    given = ReadOptions.model_validate(options)
    dataset = read_dataset(path, preparation.read_options.for_new_rows(given), explicit=given)
    assert isinstance(dataset, Table)
    return dataset


def test_new_rows_are_read_by_the_decimal_sign_of_training(write: Write) -> None:
    rows = "".join(f"{k}.234,5;{k}\n" for k in range(1, 20))
    preparation = fitted(read_table(write("a.csv", f"x;y\n{rows}"), target="y"))
    table = reread(write("new.csv", "x\n1.234\n5.000\n"), preparation)
    assert table.column("x").values.tolist() == [1234, 5000]
    table = reread(write("other.csv", "x\n1234.5\n1.574\n"), preparation)
    assert table.column("x").values.tolist() == [1234.5, 1.574]
    assert table.notes == (
        "other.csv: column 'x': '.' is read as the decimal sign, unlike ',' in training",
    )
    with pytest.raises(InputError, match="got '2,5', expected the same decimal sign"):
        reread(write("mixed.csv", "x;z\n1.5;1\n2,5;1\n"), preparation)
    said = reread(write("said.csv", "x\n1.234\n"), preparation, decimal=".")
    assert said.column("x").values.tolist() == [1.234]


def tmp(write: Write, text: str) -> Path:
    """Write a file of new rows."""
    return write("tmp.csv", text)


def test_a_text_in_numbers_of_new_rows_is_refused_with_what_helps(write: Write) -> None:
    rows = "".join(f"{k % 2},{k}\n" for k in range(40))
    preparation = fitted(read_table(write("a.csv", f"x,y\n{rows}"), target="y"))
    with pytest.raises(InputError, match="Correct the value, or read it as missing") as error:
        reread(write("new.csv", "x\n1\n0\nabc\n"), preparation)
    assert "--categorical" not in str(error.value)


def test_new_rows_have_the_unit_of_training(write: Write) -> None:
    rows = "".join(f"${k};{k}\n" for k in range(1, 20))
    preparation = fitted(read_table(write("a.csv", f"x;y\n{rows}"), target="y"))
    assert reread(tmp(write, "x\n$7\n8\n"), preparation).column("x").values.tolist() == [7, 8]
    with pytest.raises(InputError, match="got '€7', expected the unit 'USD', as in the training"):
        reread(tmp(write, "x\n€7\n"), preparation)


def test_categories_are_text_in_new_rows_whatever_they_look_like(write: Write) -> None:
    rows = "".join(f"{zone},{k}\n" for k, zone in enumerate(["01", "02", "A1"] * 10))
    preparation = fitted(read_table(write("a.csv", f"zone,y\n{rows}"), target="y"))
    assert reread(tmp(write, "zone\n01\n02\n"), preparation).column("zone").values.tolist() == [
        "01",
        "02",
    ]


def test_another_spelling_of_a_category_is_that_category(write: Write) -> None:
    rows = "".join(f"{code},{k}\n" for k, code in enumerate(["6", "7", "B"] * 10))
    preparation = fitted(read_table(write("a.csv", f"code,y\n{rows}"), target="y"))
    same = reread(tmp(write, "code\n6\n7\n"), preparation)
    with_decimals = reread(write("new.csv", "code\n6.0\n7.0\n"), preparation)
    assert preparation.features(with_decimals).equal(preparation.features(same))
    assert preparation.notes_on(with_decimals) == (
        "new.csv: column 'code': 2 values such as '6.0' are read as '6'",
    )


def test_a_column_of_unknown_values_only_is_refused(write: Write) -> None:
    rows = "".join(f"{city},{k}\n" for k, city in enumerate(["Rome", "Oslo"] * 10))
    preparation = fitted(read_table(write("a.csv", f"city,y\n{rows}"), target="y"))
    few = reread(tmp(write, "city\nBonn\n"), preparation)
    preparation.check_new_rows(few)
    many = reread(write("new.csv", "city\n" + "Bonn\nPisa\n" * 5), preparation)
    with pytest.raises(InputError) as error:
        preparation.check_new_rows(many)
    assert "new.csv, column 'city': got 'Bonn' and other values of which none" in str(error.value)


def test_rows_that_were_read_otherwise_are_read_again_by_the_model(write: Write) -> None:
    rows = "".join(f"{-999 if k % 7 == 0 else k},{k}\n" for k in range(1, 40))
    table = read_table(write("a.csv", f"x,y\n{rows}"), target="y", missing=["-999"])
    preparation = fitted(table)
    plain = read_table(write("new.csv", "x\n-999\n3\n"))
    known = reread(write("new2.csv", "x\n-999\n3\n"), preparation)
    assert preparation.features(plain).equal(preparation.features(known))


def test_numbers_that_were_read_with_another_decimal_sign_are_refused(write: Write) -> None:
    rows = "".join(f"{k},5;{k}\n" for k in range(1, 40))
    preparation = fitted(read_table(write("a.csv", f"x;y\n{rows}"), target="y"))
    with pytest.raises(InputError, match=r"which were read with '.', expected ',' as in"):
        preparation.features(read_table(write("new.csv", "x\n1.574\n868\n")))


def test_fewer_digits_behind_the_point_than_three_group_no_thousands(write: Write) -> None:
    rows = "".join(f"{n + 7},{n / 2 + 5}\n" for n in range(40))  # 7,5.0 and 8,5.5
    assert read_table(write("a.csv", "y,x\n" + rows.replace(".0", ""))).notes == ()


def test_points_that_may_group_thousands_are_told(write: Write) -> None:
    table = read_table(write("a.csv", "x\ty\n1.574\t1\n868\t2\n2.345\t3\n"))
    assert table.column("x").values.tolist() == [1.574, 868, 2.345]
    assert "if it groups thousands, as in 1574, use --decimal , for the file" in table.notes[0]
    for others in ("1.5", "1868"):
        assert read_table(write("b.csv", f"x\ty\n1.574\t1\n{others}\t2\n2.345\t3\n")).notes == ()


def test_points_in_other_columns_show_the_decimal_sign(write: Write) -> None:
    table = read_table(write("a.csv", "x;y\n1,234;0.5\n2,345;1.25\n"))
    assert table.column("x").values.tolist() == [1234, 2345]


def test_labels_that_are_equal_as_numbers_are_counted_as_they_are_written(write: Write) -> None:
    texts = ["1", "1.0", "2"] * 20
    table = read_table(write("a.csv", csv(*texts)), target="x")
    assert table.target is not None
    assert infer_task(table.target) == "classification"
    check_target(table, "classification")
