"""A folder of pictures as people have them."""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Unpack

import numpy as np
import pytest
from PIL import Image

from chainrule.data.dataset import Images
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from tests.data.conftest import Write
from tests.data.pictures.conftest import BLUE, GREEN, RED, Draw
from tests.data.read_as import labels, read_images


@pytest.fixture
def photos(draw: Draw, tmp_path: Path) -> Path:
    """Two classes of twenty pictures, all different."""
    for place in range(20):
        draw(f"photos/cat/{place:02}.png", (200 + place, 0, 0))
        draw(f"photos/dog/{place:02}.png", (0, 0, 200 + place))
    return tmp_path / "photos"


def names(images: Images) -> list[str]:
    assert images.names is not None
    return list(images.names.tolist())


def told(path: Path, **options: Unpack[ReadKwargs]) -> str:
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value)


def test_the_class_of_a_picture_is_its_folder(photos: Path) -> None:
    images = read_images(photos)
    assert images.target is not None
    assert images.target.name == "class"
    assert labels(images) == ["cat"] * 20 + ["dog"] * 20
    assert images.pixels.shape == (40, 4, 4, 3)
    assert images.pixels[21, 0, 0].tolist() == [0, 0, 201]


def test_each_picture_has_the_name_of_its_file_within_the_folder(photos: Path) -> None:
    assert names(read_images(photos))[18:22] == [
        *("cat/18.png", "cat/19.png"),
        *("dog/00.png", "dog/01.png"),
    ]


def test_what_was_read_is_told(photos: Path) -> None:
    assert read_images(photos).notes == ("photos: 40 pictures of 4 x 4 pixels, in colour",)


def test_some_are_taken_with_their_names(photos: Path) -> None:
    taken = read_images(photos).take(np.array([30, 2]))
    assert names(taken) == ["dog/10.png", "cat/02.png"]
    assert labels(taken) == ["dog", "cat"]


def test_pictures_without_classes_have_no_target_and_a_note(draw: Draw, tmp_path: Path) -> None:
    draw("new/b.png", BLUE)
    draw("new/a.png", RED)
    images = read_images(tmp_path / "new")
    assert images.target is None
    assert names(images) == ["a.png", "b.png"]
    assert "new: there are no folders of classes, so no target" in images.notes


def test_a_class_may_have_folders_of_its_own(photos: Path, draw: Draw) -> None:
    draw("photos/cat/more/even more/x.png", GREEN)
    images = read_images(photos)
    assert names(images)[20] == "cat/more/even more/x.png"
    assert labels(images)[20] == "cat"
    assert images.notes[0] == (
        "photos: 1 folder within folders of classes, such as 'cat/more/even more': the class of a "
        "picture is the outer folder"
    )


@pytest.mark.parametrize("name", ["IMG_1.JPG", "x.Png", "x.JPeG", "x.TIF", "x.webp", "x.pgm"])
def test_suffixes_are_known_in_any_case(photos: Path, draw: Draw, name: str) -> None:
    draw(f"photos/cat/{name}", GREEN)
    assert f"cat/{name}" in names(read_images(photos))


def test_files_that_are_no_pictures_by_name_are_counted(photos: Path, write: Write) -> None:
    for name in (
        "photos/labels.txt",
        "photos/cat/a.heic",
        "photos/cat/b.HEIC",
        "photos/dog/Thumbs",
    ):
        write(name, "x")
    assert read_images(photos).notes[0] == (
        "photos: 4 files left out, with other suffixes than pictures "
        "(2 .heic, 1 without a suffix, 1 .txt), such as 'cat/a.heic'"
    )


@pytest.mark.parametrize("name", ["고양이", "été", "Ελλάς", "a b", "50%", "<b>", "it's"])
def test_a_class_may_have_any_name_that_can_be_printed(photos: Path, draw: Draw, name: str) -> None:
    draw(f"photos/{name}/x.png", GREEN)
    assert name in labels(read_images(photos))


def test_accents_are_spelled_one_way(photos: Path, draw: Draw) -> None:
    draw(f"photos/{unicodedata.normalize('NFD', 'été')}/x.png", GREEN)
    assert unicodedata.normalize("NFC", "été") in labels(read_images(photos))


def test_a_name_of_a_file_that_is_no_utf_8_is_told_in_numbers(photos: Path, draw: Draw) -> None:
    os.rename(draw("photos/cat/x.png", GREEN), os.fsencode(photos / "cat") + b"/caf\xe9.png")
    images = read_images(photos)
    assert len(images) == 41
    assert names(images)[20] == r"cat/caf\xe9.png"
    names(images)[20].encode()


def test_a_class_may_have_ten_thousand_pictures(photos: Path, draw: Draw) -> None:
    first = draw("photos/cat/first.png", GREEN)
    for place in range(10_000):
        os.link(first, photos / "cat" / f"copy{place:05}.png")
    assert len(read_images(photos)) == 10_041


def test_a_class_may_be_a_link_to_a_folder_elsewhere(photos: Path, draw: Draw) -> None:
    draw("elsewhere/x.png", GREEN)
    (photos / "bird").symlink_to(photos.parent / "elsewhere")
    assert names(read_images(photos))[0] == "bird/x.png"


def test_grey_pictures_are_grey_though_saved_in_colour(draw: Draw, tmp_path: Path) -> None:
    for place in range(3):
        draw(f"grey/a/{place}.png", (place, place, place))
        draw(f"grey/b/{place}.png", 100 + place)
    images = read_images(tmp_path / "grey")
    assert images.pixels.shape == (6, 4, 4)
    assert images.pixels[:, 0, 0].tolist() == [0, 1, 2, 100, 101, 102]
    assert images.notes[0] == "grey: 6 pictures of 4 x 4 pixels, grey"


def test_one_picture_in_colour_makes_all_of_them_coloured(draw: Draw, tmp_path: Path) -> None:
    draw("some/a/0.png", 7)
    draw("some/b/0.png", RED)
    images = read_images(tmp_path / "some")
    assert images.pixels[0, 0, 0].tolist() == [7, 7, 7]
    assert images.notes[0] == (
        "some: 2 pictures of 4 x 4 pixels, in colour; 1 grey, such as 'a/0.png'"
    )


def test_colours_that_a_model_of_grey_pictures_does_not_see_are_told(
    draw: Draw, tmp_path: Path
) -> None:
    draw("new/a.png", 7)
    draw("new/b.png", RED)
    assert read_images(tmp_path / "new", picture_shape=(4, 4)).notes[1] == (
        "new: 2 pictures of 4 x 4 pixels, grey; 1 in colour converted to that, such as 'b.png'"
    )


def test_what_is_cut_off_is_told_of_a_set_and_of_new_pictures(photos: Path, draw: Draw) -> None:
    draw("photos/cat/wide.png", GREEN, size=(4, 8))
    told = "the edges of 1 picture of 41 are cut off, 50.0% of the pixels on average"
    assert told in read_images(photos).notes[1]
    draw("new/x.png", GREEN, size=(4, 8))
    notes = read_images(photos.parent / "new", picture_shape=(4, 4, 3)).notes
    assert "to get 4 x 4, the edges of 1 picture of 1 are cut off, 50.0%" in notes[2]


def test_white_behind_transparent_pixels_is_told(photos: Path) -> None:
    Image.new("RGBA", (4, 4), (255, 255, 255, 9)).save(photos / "dog" / "icon.png")
    assert (
        "photos: 1 picture with transparent pixels, which are laid on white, such as 'dog/icon.png'"
    ) in read_images(photos).notes


def test_a_fitted_preparation_gets_the_shape_that_it_needs(photos: Path) -> None:
    assert read_images(photos, picture_shape=(6, 5, 3)).pixels.shape == (40, 6, 5, 3)
    grey = read_images(photos, picture_shape=(6, 5)).pixels
    assert grey.shape == (40, 6, 5)
    # ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue, of red 200 and of blue 200.
    assert grey[[0, 20], 0, 0].tolist() == [60, 23]


def test_the_longer_side_is_as_long_as_asked_for(photos: Path) -> None:
    assert read_images(photos, picture_size=9).pixels.shape == (40, 9, 9, 3)


def test_pictures_of_different_sizes_become_squares_of_one_size(photos: Path, draw: Draw) -> None:
    draw("photos/cat/x.png", GREEN, size=(6, 9))
    assert read_images(photos).pixels.shape == (41, 4, 4, 3)


def test_animations_are_counted(photos: Path) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(photos / "cat" / "x.gif", save_all=True, append_images=frames[1:])
    assert read_images(photos).notes[1] == (
        "photos: 1 picture with several frames, of which the first is taken, such as 'cat/x.gif'"
    )


@pytest.mark.parametrize(("brightest", "noted"), [(4095, True), (65535, False)])
def test_12_bits_in_16_are_told_of_as_they_are_nearly_black(
    photos: Path, brightest: int, noted: bool
) -> None:
    Image.fromarray(np.full((4, 4), brightest, np.uint16)).save(photos / "cat" / "x.png")
    note = (
        "photos: no value of the pictures of 16 bits is above 4,095 of 65,535, so they are nearly "
        "black; scale them to the full range"
    )
    assert (note in read_images(photos).notes) == noted


def test_copies_are_counted(photos: Path, draw: Draw) -> None:
    draw("photos/dog/x.png", (200, 0, 0))  # as cat/00.png
    assert (
        "photos: 1 picture is a copy of an earlier one, such as 'dog/x.png' of 'cat/00.png'"
    ) in read_images(photos).notes[1]


def test_a_few_unreadable_pictures_are_left_out_and_named(photos: Path, write: Write) -> None:
    write("photos/cat/x.jpg", "")
    write("photos/dog/y.jpg", "hello")
    images = read_images(photos)
    assert len(images) == len(labels(images)) == 40
    assert labels(images) == ["cat"] * 20 + ["dog"] * 20
    assert images.notes[1] == (
        "photos: 2 pictures can't be read and left out: 'cat/x.jpg' (it is empty), 'dog/y.jpg' (it "
        "is no picture that is known (BMP, GIF, JPEG, PNG, PPM, TIFF, WEBP))"
    )


def test_what_only_decoding_shows_is_left_out_as_well(photos: Path) -> None:
    path = photos / "cat" / "x.jpg"
    Image.fromarray(np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    assert (
        "'cat/x.jpg' (it is cut off or damaged (image file is truncated"
        in read_images(photos).notes[1]
    )


def test_many_unreadable_pictures_are_refused_with_the_first_of_them(
    photos: Path, write: Write
) -> None:
    for place in range(8):
        write(f"photos/dog/x{place}.jpg", "")
    message = told(photos)
    assert "photos: got 8 of 48 pictures that can't be read: 'dog/x0.jpg' (it is empty)" in message
    assert "'dog/x4.jpg' (it is empty) and 3 more; expected at most a share of 0.05." in message
    assert "Replace or delete them, or allow more with --unreadable-share 0.17." in message


def test_the_share_that_may_be_unreadable_is_an_option(photos: Path, write: Write) -> None:
    for place in range(8):
        write(f"photos/dog/x{place}.jpg", "")
    assert len(read_images(photos, unreadable_share=0.17)) == 40
    write("photos/cat/one.jpg", "")
    message = told(photos, unreadable_share=0.17)
    assert "got 9 of 49" in message  # 0.1837
    assert len(read_images(photos, unreadable_share=0.19)) == 40
    assert "--unreadable-share 0.19" in message


def test_nothing_but_unreadable_pictures_is_refused_whatever_is_allowed(
    write: Write, tmp_path: Path
) -> None:
    (tmp_path / "bad" / "a").mkdir(parents=True)
    write("bad/a/x.jpg", "")
    assert "Replace or delete them." in told(tmp_path / "bad", unreadable_share=1)


def test_pictures_that_do_not_fit_into_memory_are_refused_before_they_are_decoded(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.data.pictures.memory.machine_bytes", lambda: 5.0 * 2**30)
    message = told(photos, picture_size=5000)
    assert "got 40 x 5,000 x 5,000 x 3 values, which take 14.0 GiB" in message
    assert "expected at most the 5.0 GiB of memory of this machine." in message
    assert "--picture-size 64" in message


def link_back(photos: Path) -> None:
    (photos / "cat" / "back").symlink_to(photos)


def linked_twice(photos: Path) -> None:
    (photos / "kitten").symlink_to(photos / "cat")


def empty_class(photos: Path) -> None:
    (photos / "bird").mkdir()


def class_of_texts(photos: Path) -> None:
    (photos / "bird").mkdir()
    (photos / "bird" / "a.txt").write_text("x")


def beside(photos: Path) -> None:
    os.link(photos / "cat" / "00.png", photos / "stray.png")


def differ_in_case(photos: Path) -> None:
    (photos / "dog").rename(photos / "Cat")


def differ_in_accents(photos: Path) -> None:
    (photos / "dog").rename(photos / unicodedata.normalize("NFD", "é"))
    (photos / "cat").rename(photos / unicodedata.normalize("NFC", "é"))


def no_utf_8(photos: Path) -> None:
    os.rename(photos / "dog", os.fsencode(photos) + b"/caf\xe9")


def parts_of_a_split(photos: Path) -> None:
    (photos / "cat").rename(photos / "train")
    (photos / "dog").rename(photos / "Test")


def only_other_kinds(photos: Path) -> None:
    for name in ("cat", "dog"):
        for path in (photos / name).iterdir():
            path.rename(path.with_suffix(".heic"))


def nothing_at_all(photos: Path) -> None:
    for path in photos.rglob("*.png"):
        path.unlink()


@pytest.mark.parametrize(
    ("spoil", "given", "expected", "remedy"),
    [
        (link_back, "cat/back: got a link to", "each folder once", "Delete the link."),
        (linked_twice, "got a link to", "each folder once", "Delete the link."),
        (empty_class, "no picture in the class 'bird'", "some in each", "move the folder away."),
        (class_of_texts, "no picture in the class 'bird'", "some in each", "Put pictures into it"),
        (beside, "1 picture ('stray.png') outside the classes", "folder of its class", "Move them"),
        (differ_in_case, "the classes 'Cat' and 'cat'", "differ in more than case", "Rename one"),
        (differ_in_accents, "which look equal", "spelling of accents", "Rename one folder"),
        (no_utf_8, r"the class 'caf\xe9'", "names that can be printed", "Rename the folder."),
        (parts_of_a_split, "folders 'Test', 'train'", "a folder for each class", "--test-data"),
        (only_other_kinds, "got no pictures (40 .heic)", "end in .bmp, .gif", "for each class."),
        (nothing_at_all, "got no pictures, expected", "end in .bmp, .gif", "for each class."),
    ],
)
def test_a_folder_that_can_not_be_meant_is_refused(
    photos: Path, spoil: Callable[[Path], None], given: str, expected: str, remedy: str
) -> None:
    spoil(photos)
    message = told(photos)
    message.encode()
    assert given in message
    assert expected in message
    assert remedy in message


def test_a_folder_of_tables_beside_other_folders_is_not_taken_for_pictures(
    write: Write, tmp_path: Path
) -> None:
    write("train.csv", "a\n1\n")
    (tmp_path / "older").mkdir()
    assert "got a folder, expected a file. Give one of its files: 'train.csv'" in told(tmp_path)


def test_a_name_of_a_column_is_refused_for_a_folder(photos: Path) -> None:
    assert told(photos, target="kind") == (
        f"{photos}: got the target 'kind', but the class of a picture is the folder in which it "
        "lies; expected no target. Leave --target out."
    )


@pytest.mark.parametrize(
    "options",
    [{"missing": ["?"]}, {"categorical": ["a"]}, {"role": {"a": "number"}}, {"drop": ["a"]}],
)
def test_options_of_tables_are_refused_for_a_folder(photos: Path, options: ReadKwargs) -> None:
    assert "for a folder of pictures, expected it for a table only. Leave" in (
        told(photos, **options)
    )


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ({"picture_size": 0}, "picture_size: got 0, expected a whole number of at least 1"),
        ({"unreadable_share": 2}, "unreadable_share: got 2, expected a number from 0 to 1"),
        ({"picture_shape": (8, 8, 4)}, "of shape (8, 8, 4), expected (height, width) or (height,"),
    ],
)
def test_a_wish_that_can_not_be_fulfilled_is_refused(
    photos: Path, option: ReadKwargs, expected: str
) -> None:
    assert expected in told(photos, **option)
