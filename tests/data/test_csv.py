import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.data.decompress import zstd
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.read_as import labels, read_table


def values(dataset: Table, name: str) -> list[Any]:
    return list(dataset.column(name).values.tolist())


def ages(*texts: str) -> str:
    return "age,sex\n" + "".join(f"{text},f\n" for text in texts)


TWENTY = [str(age) for age in range(20, 40)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(write: Write, delimiter: str) -> None:
    path = write("a.csv", "x,name\n1,Ann\n2,Bob\n".replace(",", delimiter))
    assert values(read_table(path), "x") == [1, 2]
    assert values(read_table(path), "name") == ["Ann", "Bob"]


def test_decimal_commas_do_not_hide_the_semicolon(write: Write) -> None:
    path = write("a.csv", '"a";"b"\nx,y;2\nz,v;3\n')
    assert values(read_table(path), "b") == [2, 3]


def test_a_comma_in_a_quoted_name_is_no_delimiter(write: Write) -> None:
    path = write("a.csv", '"height, cm";w\n180;70\n')
    assert [column.name for column in read_table(path).columns] == ["height, cm", "w"]


def test_gzip_is_found_by_content_and_not_by_name(write: Write) -> None:
    path = write("a.csv", gzip.compress(b"x,y\n1,2\n"))
    assert values(read_table(path), "y") == [2]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_any_line_ends_are_read(write: Write, ends: str) -> None:
    path = write("a.csv", "x,y\n1,2\n3,4\n".replace("\n", ends))
    assert values(read_table(path), "y") == [2, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_name(write: Write) -> None:
    assert read_table(write("a.csv", b"\xef\xbb\xbfx,y\n1,2\n")).columns[0].name == "x"


def test_quotes_hold_delimiters_quotes_and_line_ends(write: Write) -> None:
    path = write("a.csv", 'x,y\n"a, ""b""\nc",2\n')
    assert values(read_table(path), "x") == ['a, "b"\nc']


def test_the_file_name_is_no_pattern_of_names(write: Write) -> None:
    write("a1.csv", "x,y\n5,6\n")
    assert values(read_table(write("a[1]*.csv", "x,y\n1,2\n")), "y") == [2]


def test_blanks_around_names_and_values_are_taken_off(write: Write) -> None:
    path = write("a.csv", "x, name\n 1 , Ann \n2,\tBob\n")
    assert values(read_table(path), "x") == [1, 2]
    assert values(read_table(path), "name") == ["Ann", "Bob"]


@pytest.mark.parametrize(
    "spelling", ["", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", " ? "]
)
def test_usual_spellings_of_missing_values_are_known(write: Write, spelling: str) -> None:
    dataset = read_table(write("a.csv", f"x,name\n1,Ann\n{spelling},{spelling}\n"))
    np.testing.assert_equal(dataset.column("x").values, [1, np.nan])
    assert values(dataset, "name") == ["Ann", None]


def test_a_spelling_of_missing_can_be_added(write: Write) -> None:
    dataset = read_table(write("a.csv", ages("1", "-99")), missing=["-99"])
    np.testing.assert_equal(dataset.column("age").values, [1, np.nan])


def test_missing_values_are_counted_in_a_note(write: Write) -> None:
    dataset = read_table(write("a.csv", ages("1", "?", "?")))
    assert dataset.notes == ("a.csv: column 'age' has 2 missing values",)


def test_notes_on_missing_values_stay_few(write: Write) -> None:
    names = ",".join(f"c{i}" for i in range(50))
    dataset = read_table(write("a.csv", f"{names}\n{'1,' * 49}1\n{',' * 49}\n"))
    of_missing = [note for note in dataset.notes if "missing" in note]
    assert len(of_missing) == 5
    assert dataset.notes[-1] == "a.csv: 46 more columns have up to 1 missing value"


@pytest.mark.parametrize("number", ["1", "-1.5", "+.5", "2.", "1e-3", "6.02E23"])
def test_numbers_are_read_in_all_their_spellings(write: Write, number: str) -> None:
    assert values(read_table(write("a.csv", ages(number))), "age") == [float(number)]


@pytest.mark.parametrize("text", ["12_3", "0x10", "true", "1e", "2020-01-01"])
def test_codes_that_resemble_numbers_are_categories(write: Write, text: str) -> None:
    assert values(read_table(write("a.csv", ages(text))), "age") == [text]


def test_a_column_named_categorical_stays_text(write: Write) -> None:
    dataset = read_table(write("a.csv", ages("007", "8")), categorical=["age"])
    assert values(dataset, "age") == ["007", "8"]


def test_a_column_half_of_numbers_is_of_categories(write: Write) -> None:
    assert read_table(write("a.csv", ages("1", "A5"))).column("age").kind == "category"


def test_one_text_among_numbers_is_an_error_that_names_its_row(write: Write) -> None:
    with pytest.raises(InputError) as error:
        read(write("train.csv", ages(*TWENTY[:17], "not known", *TWENTY)))
    assert str(error.value) == (
        "train.csv, row 18, column 'age': got 'not known', expected a number as in the other rows. "
        "Read it as missing with --missing 'not known', or read the column as categories with "
        "--categorical age.\n(Rows are counted from 1, the header is not counted.)"
    )


def test_texts_among_numbers_are_told_of_for_all_columns_at_once(write: Write) -> None:
    rows = "".join(f"{age},{age}\n" for age in TWENTY)
    with pytest.raises(InputError) as error:
        read(write("a.csv", f"x,y\n{rows}old,1\n2,high\n"))
    assert "row 21, column 'x': got 'old'" in str(error.value)
    assert "row 22, column 'y': got 'high'" in str(error.value)


def test_rows_of_a_large_file_are_counted_in_its_order(write: Write) -> None:
    lines = [f"{row},f\n" for row in range(300_000)]
    lines[250_000] = "x,f\n"
    with pytest.raises(InputError, match="row 250001, column 'age': got 'x'"):
        read(write("a.csv", "age,sex\n" + "".join(lines)))


def test_commas_between_groups_of_digits_are_read_with_a_note(write: Write) -> None:
    path = write("a.csv", 'people,y\n"10,103,233",1\n"12",2\n"3,519,401.5",3\n')
    dataset = read_table(path)
    assert values(dataset, "people") == [10103233, 12, 3519401.5]
    assert dataset.notes == ("a.csv: column 'people': commas are read as groups of thousands",)
    doubtful = read_table(write("b.csv", 'people,y\n"10,103",1\n"12",2\n'))
    assert values(doubtful, "people") == [10103, 12]
    assert doubtful.notes == (
        "b.csv: column 'people': commas are read as groups of thousands; say --decimal , if they "
        "stand before decimals",
    )


def test_between_semicolons_the_comma_is_the_decimal_sign_with_a_note(write: Write) -> None:
    dataset = read_table(write("a.csv", "x;y;z\n3,5;1.5;1.234,5\n-1,25e2;2;7\n,5;3;1.234.567\n"))
    assert values(dataset, "x") == [3.5, -125, 0.5]
    assert values(dataset, "y") == [1.5, 2, 3]
    assert values(dataset, "z") == [1234.5, 7, 1234567]
    assert dataset.notes == ("a.csv: columns 'x', 'z': the comma is read as the decimal sign",)
    doubtful = read_table(write("b.csv", "x;y\n3,500;1\n1,250;2\n"))
    assert values(doubtful, "x") == [3.5, 1.25]
    assert doubtful.notes == (
        "b.csv: column 'x': the comma is read as the decimal sign; say --decimal . if it groups "
        "thousands",
    )


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f"])
def test_blanks_may_group_the_digits_of_a_decimal_comma(write: Write, blank: str) -> None:
    path = write("a.csv", f"x;y\n1{blank}234{blank}567,8;1\n")
    assert values(read_table(path), "x") == [1234567.8]


def test_the_decimal_sign_can_be_said(write: Write) -> None:
    path = write("a.csv", "x;y\n1,234;1\n2,500;2\n")
    assert values(read_table(path), "x") == [1.234, 2.5]
    assert values(read_table(path, decimal="."), "x") == [1234, 2500]
    tabs = write("b.csv", "x\ty\n1,5\t1.234\n2\t5\n")
    assert values(read_table(tabs, decimal=","), "x") == [1.5, 2]
    assert values(read_table(tabs, decimal=","), "y") == [1234, 5]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('x,y\n"3,5",1\n"4,25",2\n', {}),
        ('x,y\n"1,23",1\n"4,25",2\n', {"decimal": "."}),
        ("x;y\n2,5;2\n1.5;1\n", {"decimal": "."}),
        ("x;y\n1.5;1\n2.25;2\n", {"decimal": ","}),
    ],
)
def test_numbers_whose_decimal_sign_is_in_doubt_are_refused_and_not_made_categories(
    write: Write, text: str, options: ReadKwargs
) -> None:
    with pytest.raises(InputError) as error:
        read(write("a.csv", text), **options)
    assert "a.csv, row 1, column 'x': got '" in str(error.value)
    assert "expected a number " in str(error.value)
    assert "with --decimal " in str(error.value)
    assert "read the column as categories with --categorical x" in str(error.value)


def test_a_point_in_one_row_and_a_comma_in_another_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match=r"column 'x': got '2,5', expected the same decimal"):
        read(write("a.csv", "x;y\n1.5;1\n2,5;2\n"))


def test_a_column_of_codes_with_commas_can_be_read_as_categories(write: Write) -> None:
    dataset = read_table(write("a.csv", 'x,y\n"3,5",1\n"4,25",2\n'), categorical=["x"])
    assert values(dataset, "x") == ["3,5", "4,25"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_packed_files_are_read_whatever_packed_them(
    write: Write, pack: Callable[[bytes], bytes]
) -> None:
    path = write("a.csv", pack(b"x,y\n1,Ann\n2,Bob\n"))
    assert values(read_table(path), "x") == [1, 2]
    assert values(read_table(path), "y") == ["Ann", "Bob"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(write: Write, encoding: str) -> None:
    dataset = read_table(write("a.csv", "größe;stadt\r\n1;Zürich\r\n".encode(encoding)))
    assert values(dataset, "größe") == [1]
    assert values(dataset, "stadt") == ["Zürich"]
    assert dataset.notes == ()


@pytest.mark.parametrize(
    ("encoding", "language", "text"),
    [
        ("CP949", "Korean", "도시,인구\n서울,1\n"),
        ("Shift_JIS", "Japanese", "とし,じんこう\nとうきょう,1\n"),
        ("CP1252", "Western European", "name,city\nRenée,Zürich\n"),
        ("GB18030", "Chinese", "城市,人口\n北京,1\n"),
    ],
)
def test_text_in_another_encoding_is_read_with_a_note_that_says_which(
    write: Write, encoding: str, language: str, text: str
) -> None:
    dataset = read_table(write("a.csv", text.encode(encoding)))
    (name, *_), (first, *_) = (line.split(",") for line in text.splitlines())
    assert values(dataset, name) == [first]
    assert dataset.notes == (
        f"a.csv: the text is not UTF-8 (line {1 if encoding != 'CP1252' else 2}) and was read as "
        f"{encoding} ({language}); if letters are wrong, name its encoding with --text-encoding",
    )


def test_the_encoding_can_be_said(write: Write) -> None:
    path = write("a.csv", "πόλη,x\nΑθήνα,1\n".encode("cp1253"))  # noqa: RUF001
    dataset = read_table(path, text_encoding="cp1253")
    assert values(dataset, "πόλη") == ["Αθήνα"]
    assert dataset.notes == ()


def test_of_many_files_in_another_encoding_only_the_first_are_noted(
    write: Write, tmp_path: Path
) -> None:
    for place in range(5):
        write(f"{place}.csv", "name,x\nRenée,1\n".encode("cp1252"))
    notes = read_table(tmp_path / "*.csv").notes
    assert len(notes) == 3
    assert notes[-1] == "0.csv and 4 more: the same goes for 3 more files"


def test_packed_text_in_another_encoding_is_read(write: Write) -> None:
    path = write("a.csv.gz", gzip.compress("name,x\nRenée,1\n".encode("cp1252")))
    assert values(read_table(path), "name") == ["Renée"]


def test_the_line_in_which_excel_tells_the_delimiter_is_no_header(write: Write) -> None:
    dataset = read_table(write("a.csv", "sep=;\r\na,x;b\r\n1,5;2\r\n"))
    assert [column.name for column in dataset.columns] == ["a,x", "b"]
    assert values(dataset, "a,x") == [1.5]


def test_a_pattern_reads_several_files_as_one_table(write: Write, tmp_path: Path) -> None:
    write("part-2.csv", "y;x\nb;3\n")
    write("part-1.csv", "x,y\n1,a\n2,\n")
    write("other.csv", "z\n1\n")
    dataset = read_table(tmp_path / "part-*.csv", target="y")
    assert values(dataset, "x") == [1, 3]
    assert labels(dataset) == ["a", "b"]
    first = f"{tmp_path}/part-1.csv"
    assert dataset.notes == (
        "part-1.csv and 1 more: 1 row without a value of the target 'y' left out",
    )
    assert [dataset.location(0), dataset.location(1)] == [
        f"{first}, row 1",
        f"{tmp_path}/part-2.csv, row 1",
    ]


def test_a_mistake_in_one_of_several_files_is_told_by_file_and_row(
    write: Write, tmp_path: Path
) -> None:
    write("a1.csv", ages(*TWENTY))
    write("a2.csv", ages(*TWENTY[:4], "old", *TWENTY))
    with pytest.raises(InputError, match=r"a2.csv, row 5, column 'age': got 'old'"):
        read(tmp_path / "a?.csv")


def test_whole_numbers_with_more_digits_than_are_kept_are_noted(write: Write) -> None:
    path = write("a.csv", f"code,x\n{2**60},1e300\n{2**60 + 1},0.5\n")
    note = (
        "a.csv: column 'code' has whole numbers of which only the first 15 digits are kept; if "
        "they are codes, name it with --categorical"
    )
    assert read_table(path).notes == (note,)
    assert values(read_table(path, categorical=["code"]), "code") == [str(2**60), str(2**60 + 1)]


def test_a_spelling_of_missing_that_is_a_number_is_missing_in_every_column(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n-1,2\n3,-1\n"), missing=["-1"])
    np.testing.assert_equal(dataset.column("x").values, [np.nan, 3])
    np.testing.assert_equal(dataset.column("y").values, [2, np.nan])


@pytest.mark.parametrize("infinite", ["inf", "-Infinity", "1e400"])
def test_an_infinite_number_is_refused_with_row_and_column(write: Write, infinite: str) -> None:
    with pytest.raises(InputError) as error:
        read(write("a.csv", ages("1", infinite)))
    message = str(error.value)
    assert f"a.csv, row 2, column 'age': got '{infinite}', expected a finite number." in message
    assert "--missing" in message


def test_rows_without_a_target_are_left_out_and_counted(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n1,a\n2,\n3,b\n4,?\n"), target="y")
    assert labels(dataset) == ["a", "b"]
    assert values(dataset, "x") == [1, 3]
    assert "a.csv: 2 rows without a value of the target 'y' left out" in dataset.notes


def test_a_row_keeps_its_number_when_others_are_left_out(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n1,\n2,b\n3,\n4,d\n"), target="y")
    assert [dataset.row(0), dataset.row(1), dataset.take(np.array([1])).row(0)] == [2, 4, 4]


def test_a_target_without_any_value_is_refused(write: Write) -> None:
    with pytest.raises(InputError) as error:
        read(write("a.csv", "x,y\n1,\n2,?\n"), target="y")
    assert "column 'y': got no value in all 2 rows" in str(error.value)
    assert "choose another column with --target" in str(error.value)


def test_a_target_is_set_apart_and_is_no_column_to_learn_from(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n1,a\n2,b\n"), target="y")
    assert [column.name for column in dataset.columns] == ["x"]
    assert dataset.target is not None
    assert dataset.target.name == "y"


def test_without_a_target_all_columns_are_read(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n1,a\n"))
    assert dataset.target is None
    assert [column.name for column in dataset.columns] == ["x", "y"]


def test_columns_are_found_in_any_order_and_others_ignored(write: Write) -> None:
    rows = "".join(f"{age},{age},7\n" for age in TWENTY)
    path = write("a.csv", f"unused,b,a\n{rows}broken,8,9\n")  # a mistake where nobody looks
    dataset = read_table(path, columns=["a", "b"])
    assert [column.name for column in dataset.columns] == ["a", "b"]
    assert values(dataset, "a")[-1] == 9


def test_columns_that_are_needed_and_not_there_are_listed(write: Write) -> None:
    with pytest.raises(InputError) as error:
        read(write("a.csv", "Age,b\n1,2\n"), columns=["age", "b", "income"])
    message = str(error.value)
    assert "got no column 'age', 'income', expected all of the columns" in message
    assert "There is 'Age' for 'age'." in message
    assert "its columns are: 'Age', 'b'" in message


def test_copies_of_rows_are_counted_in_a_note(write: Write) -> None:
    dataset = read_table(write("a.csv", "x,y\n1,2\n3,4\n1,2\n1,2\n"), target="y")
    assert dataset.notes[0] == "a.csv: 2 rows of 4 are copies of an earlier one"


def test_rows_of_which_only_some_columns_are_read_are_not_called_copies(write: Write) -> None:
    path = write("a.csv", "id,x,y\n1,1,2\n2,1,2\n")
    notes = read_table(path, target="y", columns=["x"]).notes
    assert not any("of an earlier one" in note for note in notes)


def test_a_column_without_a_name_is_called_by_its_place(write: Write) -> None:
    assert read_table(write("a.csv", ",y\n0,1\n1,2\n")).columns[0].name == "column 1"


def test_a_file_of_one_column_is_read(write: Write) -> None:
    dataset = read_table(write("a.csv", "x\n1\n2\n"))
    assert values(dataset, "x") == [1, 2]


def test_a_table_of_a_thousand_columns_is_read(write: Write) -> None:
    names, row = (",".join(f"{before}{i}" for i in range(1000)) for before in ("c", "1"))
    dataset = read_table(write("a.csv", f"{names}\n{row}\n"))
    assert [len(dataset.columns), dataset.column("c999").values[0]] == [1000, 1999]


def test_a_row_with_too_few_values_is_refused_by_its_line(write: Write) -> None:
    with pytest.raises(InputError) as error:
        read(write("a.csv", "a,b\n1,2\n3\n4,5\n"))
    message = str(error.value)
    assert message == (
        "a.csv, line 3 (row 2): got 1 value, expected 2 as in the header line, in: 3. Put values "
        "that contain the delimiter ',' into double quotes, and give every row as many values; or "
        "leave it out with --skip-rows 2."
    )


def test_a_quote_without_its_partner_is_refused_by_its_line(write: Write) -> None:
    with pytest.raises(InputError, match=r"line 2: got a double quote without its partner"):
        read(write("a.csv", 'a,b\n"x,2\n'))


def test_mixed_line_ends_are_refused(write: Write) -> None:
    with pytest.raises(InputError, match="expected CSV with the same line ends throughout"):
        read(write("a.csv", "a,b\n1,2\r\n3,4\n"))
