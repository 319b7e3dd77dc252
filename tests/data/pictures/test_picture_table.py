"""A table that names files of pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Unpack

import duckdb
import pytest

from chainrule.data.dataset import Images
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.data.table import Table
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.pictures.conftest import BLUE, RED, Draw
from tests.data.read_as import labels, read_images

Listed = Callable[..., Path]


@pytest.fixture
def listed(draw: Draw, write: Write) -> Listed:
    """A CSV beside ten pictures in a folder `files`; its rows get what is formatted into a line."""

    def made(header: str = "path,label", line: str = "files/{0}.png,{1}") -> Path:
        for place in range(10):
            draw(f"files/{place}.png", (100 + place, 0, 0))
        rows = [line.format(place, "ab"[place % 2]) for place in range(10)]
        return write("list.csv", "\n".join([header, *rows]) + "\n")

    return made


def told(path: str | Path, **options: Unpack[ReadKwargs]) -> str:
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value)


def test_a_table_of_paths_and_labels_is_pictures(listed: Listed) -> None:
    images = read_images(listed(), target="label")
    assert images.pixels[3, 0, 0].tolist() == [103, 0, 0]
    assert labels(images) == list("ababababab")
    assert images.names is not None
    assert images.names[3] == "files/3.png"


def test_the_one_other_column_is_the_target(listed: Listed) -> None:
    images = read_images(listed("label,path", "{1},files/{0}.png"))
    assert images.target is not None
    assert images.target.name == "label"
    assert "list.csv: the target is 'label', the only column except 'path'" in images.notes


def test_numbers_can_be_learned_from_pictures_as_well(listed: Listed) -> None:
    images = read_images(listed("path,age", "files/{0}.png,{0}.5"), target="age")
    assert labels(images) == [place + 0.5 for place in range(10)]


def test_a_table_without_labels_has_no_target(listed: Listed) -> None:
    images = read_images(listed("path", "files/{0}.png"))
    assert images.target is None
    assert len(images) == 10


def test_further_columns_are_not_learned_from_and_named(listed: Listed) -> None:
    images = read_images(listed("path,label,size,day", "files/{0}.png,{1},{0},1"), target="label")
    assert "2 columns are not used, as only the pictures are: 'size', 'day'" in images.notes[0]


def test_paths_may_be_absolute(listed: Listed, tmp_path: Path) -> None:
    assert len(read_images(listed(line=f"{tmp_path}/files/{{0}}.png,{{1}}"), target="label")) == 10


def test_paths_that_windows_wrote_are_understood(listed: Listed) -> None:
    assert len(read_images(listed(line="files\\{0}.png,{1}"), target="label")) == 10


def test_parquet_can_name_pictures_too(listed: Listed, tmp_path: Path) -> None:
    table = tmp_path / "list.parquet"
    duckdb.sql(f"COPY (FROM read_csv('{listed()}')) TO '{table}' (FORMAT parquet)")
    assert isinstance(read(table, target="label"), Images)


def test_a_column_of_names_of_which_no_file_is_there_is_no_more_than_text(listed: Listed) -> None:
    table = read(listed("photo,size,label", "http://x.org/{0}.png,{0},{1}"), target="label")
    assert isinstance(table, Table)


def test_a_column_with_other_texts_is_no_column_of_pictures(listed: Listed) -> None:
    path = listed("path,size,label", "files/{0}.png,{0},{1}")
    path.write_text(path.read_text() + "none,3,a\n")
    table = read(path, target="label")
    assert isinstance(table, Table)
    assert (
        "list.csv, column 'path': 10 of 11 values name pictures, but not 'none': it is taken as "
        "text; to learn from the pictures, name it: --path-column path"
    ) in table.notes
    assert len(read_images(path, target="label", path_column="path", unreadable_share=0.1)) == 10


def test_a_column_that_does_not_look_like_paths_can_be_named(
    listed: Listed, tmp_path: Path, draw: Draw
) -> None:
    path = listed("id,label", "files/{0},{1}")
    for place in range(10):
        (tmp_path / "files" / f"{place}.png").rename(tmp_path / "files" / str(place))
    assert isinstance(read(path, target="label"), Table)
    assert len(read_images(path, target="label", path_column="id")) == 10


def test_rows_without_a_picture_are_left_out_and_counted(listed: Listed) -> None:
    path = listed()
    path.write_text(path.read_text() + ",a\n")
    images = read_images(path, target="label")
    assert len(images) == 10
    assert "list.csv: 1 row without a picture in 'path' left out" in images.notes


def test_rows_without_a_label_are_left_out_and_counted(listed: Listed) -> None:
    path = listed()
    path.write_text(path.read_text() + "files/1.png,\n")
    images = read_images(path, target="label")
    assert len(images) == len(labels(images)) == 10
    assert "list.csv: 1 row without a value of the target 'label' left out" in images.notes


def test_a_column_with_gaps_is_no_target_unless_it_is_named(listed: Listed) -> None:
    path = listed()
    path.write_text(path.read_text() + "files/1.png,\n")
    images = read_images(path)  # to predict, every row counts
    assert images.target is None
    assert len(images) == 11


def test_a_file_that_is_not_there_is_unreadable(listed: Listed) -> None:
    path = listed()
    path.write_text(path.read_text() + "files/99.png,a\n")
    message = told(path, target="label")
    assert "got 1 of 11 pictures that can't be read: 'files/99.png' (there is no such file)" in (
        message
    )


@pytest.mark.parametrize(
    ("header", "line", "options", "expected"),
    [
        (
            *("front,back,label", "files/{0}.png,files/{0}.png,{1}", {"target": "label"}),
            "got pictures in the columns 'front', 'back', expected one such column. Name the one "
            "to learn from: --path-column front.",
        ),
        (
            *("path,label", "photos/{0}.png,{1}", {"target": "label"}),
            "column 'path': got 'photos/0.png', but there is no such file in",
        ),
        (
            *("path,label", "files/{0}.png,{1}", {"target": "label", "path_column": "paht"}),
            "got the column 'paht', expected one of its columns. Did you mean 'path'?",
        ),
        (
            *("path,label", ",{1}", {"target": "label", "path_column": "path"}),
            "got no value in any row, expected the paths of pictures. Fill them in, or name",
        ),
    ],
)
def test_a_table_that_can_not_be_meant_is_refused(
    listed: Listed, header: str, line: str, options: ReadKwargs, expected: str
) -> None:
    assert expected in told(listed(header, line), **options)


def test_a_column_of_paths_is_refused_where_there_are_no_tables(draw: Draw, tmp_path: Path) -> None:
    draw("photos/a/x.png", RED)
    draw("photos/b/x.png", BLUE)
    assert "got --path-column for a folder of pictures" in told(
        tmp_path / "photos", path_column="path"
    )


@pytest.mark.parametrize("options", [{"picture_size": 8}, {"unreadable_share": 0.5}])
def test_options_of_pictures_are_refused_for_a_table_that_names_none(
    write: Write, options: ReadKwargs
) -> None:
    path = write("a.csv", "a,b\n1,2\n3,4\n")
    assert (
        "for a table that names no pictures, expected it for separate files of pictures only"
        in (told(path, **options))
    )
