import gzip
import os
import pickle
import zipfile
from pathlib import Path
from typing import Unpack

import duckdb
import pytest
from PIL import Image

from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.data.reading.text import csv
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.conftest import Write


def message(path: str | Path, **options: Unpack[ReadKwargs]) -> str:
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value)


def test_a_file_that_is_not_there_is_named_with_its_neighbours(write: Write) -> None:
    path = write("train.csv", "a\n1\n")
    told = message(path.with_name("trian.csv"))
    assert "trian.csv: got no such file, expected a file." in told
    assert "Did you mean 'train.csv'?" in told


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = message(tmp_path / "data" / "train.csv")
    assert "a folder that does not exist, expected a file. Check the folder" in told


def test_a_folder_is_no_file(write: Write) -> None:
    path = write("train.csv", "a\n1\n")
    assert "got a folder, expected a file. Give one of its files: 'train.csv'" in message(
        path.parent
    )


def test_an_empty_file_is_refused(write: Write) -> None:
    told = message(write("a.csv", ""))
    assert told == ("a.csv: got an empty file, expected a table or pictures. Give another file.")


def test_a_header_alone_is_refused(write: Write) -> None:
    told = message(write("a.csv", "a,b\n"))
    assert "got a header line and no rows below it, expected rows of values. Add" in told


def test_binary_data_named_csv_is_refused(write: Write) -> None:
    told = message(write("a.csv", b"abc\x00\x00abc"))
    assert told == (
        "a.csv: got binary data (a zero byte on line 1), expected a CSV, Parquet or IDX file. "
        "Export a spreadsheet or a database table as CSV first."
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "tiff", "webp"])
def test_a_single_picture_is_refused_with_a_remedy(tmp_path: Path, suffix: str) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / f"a.{suffix}")
    assert message(tmp_path / f"a.{suffix}") == (
        f"a.{suffix}: got a picture, expected a table as CSV, JSON lines, Parquet or a workbook, "
        "or pictures as IDX or npz. Give the folder in which it lies, or a table that names "
        "pictures."
    )


def test_a_header_that_begins_like_a_picture_is_one_of_a_table(write: Write) -> None:
    assert len(read(write("a.csv", "BMI,age\n20,5\n21,6\n"))) == 2


def test_an_encoding_that_cannot_be_told_is_not_guessed(write: Write) -> None:
    told = message(write("a.csv", b"name\n" + bytes(range(0xC0, 0xFF)) + b"\n"))
    assert told == (
        "a.csv: got bytes that are not UTF-8 on line 2, expected text in one encoding. Name the "
        "encoding with --text-encoding, or save the file as UTF-8: in a spreadsheet as 'CSV UTF-8'."
    )


def test_the_line_of_a_wrong_byte_is_counted_in_packed_files_too(write: Write) -> None:
    path = write("a.csv.gz", gzip.compress(b"name\n" + b"x\n" * 700_000 + b"\xf0\xe9\xf1\n"))
    assert "not UTF-8 on line 700002" in message(path)


def test_text_that_ends_in_half_a_character_is_refused(write: Write) -> None:
    assert "not UTF-8 on line 2" in message(write("a.csv", "name\né".encode()[:-1]))


def test_a_name_given_to_two_columns_is_refused(write: Write) -> None:
    told = message(write("a.csv", "a,b,a\n1,2,3\n"))
    assert "got more than one column named 'a', expected each name once. Rename" in told


def test_a_target_that_is_no_column_is_named_with_the_nearest(write: Write) -> None:
    told = message(write("a.csv", "age,income\n1,2\n"), target="incom")
    assert told == (
        "a.csv: got the target 'incom', expected one of its columns. Did you mean 'income'? "
        "Its columns are: 'age', 'income'."
    )


def test_a_categorical_column_that_is_not_there_is_refused(write: Write) -> None:
    told = message(write("a.csv", "age,zip\n1,2\n"), categorical=["zap"])
    assert "got the categorical column 'zap', expected one of its columns." in told
    assert "Did you mean 'zip'?" in told


def test_a_target_alone_is_nothing_to_learn_from(write: Write) -> None:
    told = message(write("a.csv", "y\n1\n2\n"), target="y")
    assert "got only the target column 'y', expected other columns" in told
    assert "Add columns" in told


def test_damaged_gzip_is_refused(write: Write) -> None:
    told = message(write("a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 999)[:-12]))
    assert "got gzip data that is damaged or cut off after" in told
    assert "expected a whole file. Fetch the file again" in told


KINDS: dict[str, tuple[bytes, str]] = {
    "HTML": (b"<!DOCTYPE html>\n<html>", "a page in HTML"),
    "HTML without its declaration": (b"<html><head>", "a page in HTML"),
    "XML": (b'<?xml version="1.0"?>\n<rows>', "a document in XML"),
    "XML without its declaration": (b"<rows>\n  <row>", "a document in XML"),
    "a matrix in JSON": (b"[[1, 2], [3, 4]]", "JSON of arrays without names"),
    "numbers in JSON": (b"[1.5, 2]", "JSON of arrays without names"),
    "texts in JSON": (b'["a", "b"]', "JSON of arrays without names"),
    "columns in JSON": (b'{"a": [1, 2], "b": [3, 4]}', "as a table by columns has"),
    "columns of pandas in JSON": (b'{"a": {"0": 1}, "b": {"0": 2}}', "orient='records'"),
    "PDF": (b"%PDF-1.7\n", "a PDF document"),
    "Feather": (b"ARROW1\0\0", "an Arrow or Feather file"),
    "HDF5": (b"\x89HDF\r\n", "an HDF5 file"),
    "Stata 13": (b"<stata_dta><header>", "a Stata file"),
    "Stata 8": (b"\x72\x02\x01\0", "a Stata file"),
    "SPSS": (b"$FL2@(#) SPSS", "an SPSS file"),
    "R, packed": (gzip.compress(b"X\n\0\0\0\3"), "a file of R"),
    "R data": (b"RDX3\nX\n", "a file of R"),
    "NumPy": (b"\x93NUMPY\x01\0", "an array of NumPy"),
    "a pickle": (pickle.dumps([1]), "a pickle, which can run any program"),
    "a tar archive, packed": (gzip.compress(b"a" * 257 + b"ustar\x0000"), "a tar archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    "zeros": (bytes(999), "zero bytes only"),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), "a zero byte on line 1"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_table_is_named_whatever_the_name_says(write: Write, kind: str) -> None:
    content, named = KINDS[kind]
    assert named in message(write("table.csv", content))


def archive(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for member in members:
            file.writestr(member, "")
    return path


@pytest.mark.parametrize(
    ("member", "named"),
    [
        ("word/document.xml", "a Word document"),
        ("model/data.pkl", "a file of PyTorch"),
        ("sales.csv", "a ZIP archive"),
    ],
)
def test_archives_are_named_by_what_is_in_them(tmp_path: Path, member: str, named: str) -> None:
    assert f"got {named}" in message(archive(tmp_path / "a.csv", member))


@pytest.mark.parametrize("names", ["PAR1,b", "ORC,b", "[kg],[m]", "<a>,b", "%PDF,b", "X,b", "BM,b"])
def test_a_name_that_begins_like_another_format_is_a_name(write: Write, names: str) -> None:
    table = read(write("a.csv", f"{names}\n1,2\n3,4\n"))
    assert isinstance(table, Table)
    assert [column.name for column in table.columns] == names.split(",")


def test_a_path_that_is_not_utf_8_is_refused_by_its_name(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")
    try:
        Path(path).write_text("x,y\n1,2\n")
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    told = message(path)
    assert r"caf\xe9.csv: got a path that is not UTF-8, expected one that is. Rename" in told


def test_too_little_memory_is_told_as_that(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise duckdb.OutOfMemoryException("Out of Memory Error: could not allocate 9 GiB")

    monkeypatch.setattr(csv, "append_rows", full)
    told = message(write("a.csv", "x,y\n1,2\n"))
    assert told.startswith("got more data than memory or disk hold (could not allocate 9 GiB)")
