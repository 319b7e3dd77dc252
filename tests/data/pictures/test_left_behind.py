"""What programs leave among pictures is neither a class nor a sample, and is told."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chainrule.data.pictures.left_behind import is_left_behind
from tests.data.conftest import Write
from tests.data.pictures.conftest import BLUE, GREEN, RED, Draw
from tests.data.read_as import labels, read_images


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two classes of two pictures, of noise."""
    random = np.random.default_rng(0)
    for name in ("cat/a.jpg", "cat/b.jpg", "dog/a.jpg", "dog/b.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((96, 96), Image.Resampling.BICUBIC).save(path, quality=95)
    return tmp_path / "photos"


def shrink(large: Path, small: Path, size: tuple[int, int] = (32, 32)) -> None:
    small.parent.mkdir(parents=True, exist_ok=True)
    Image.open(large).resize(size, Image.Resampling.BICUBIC).save(small, quality=75)


def names(folder: Path) -> list[str]:
    files = read_images(folder).names
    assert files is not None
    return list(files)


@pytest.mark.parametrize(
    "name",
    [
        *("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "cat/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg"),
        *("__MACOSX/photos/cat/._a.jpg", "cat/._a.jpg", ".thumbnails/a.jpg", "lost+found/1.jpg"),
        *("$RECYCLE.BIN/$R1.jpg", "System Volume Information/a.jpg", "cat/.hidden.png"),
        *("cat/.ipynb_checkpoints/a-checkpoint.jpg", "dog/SYNOPHOTO_THUMB_B.jpg", "#recycle/a.jpg"),
        *(".DS_Store", "dog/.picasa.ini", "cat/.@__thumb/a.jpg"),
    ],
)
def test_what_is_hidden_or_has_a_name_of_programs_is_left_out_and_told(
    photos: Path, draw: Draw, write: Write, name: str
) -> None:
    (photos / name).parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(("jpg", "png")):
        draw(f"photos/{name}", GREEN)
    else:
        write(f"photos/{name}", "x")
    images = read_images(photos)
    assert labels(images) == ["cat", "cat", "dog", "dog"]
    assert images.notes[0].startswith(
        "photos: 1 entry left out, as files and folders that are hidden or that programs leave "
        "behind, such as '"
    )
    (example,) = re.findall("such as '(.*)'", images.notes[0])
    assert name.startswith(example)


@pytest.mark.parametrize(
    "name", ["a.xmp", "a.jpg.json", "a.txt", "a.xml", "a.aae", "Thumbs.db", "desktop.ini"]
)
def test_files_beside_pictures_are_counted_with_an_example(
    photos: Path, write: Write, name: str
) -> None:
    write(f"photos/cat/{name}", "x")
    images = read_images(photos)
    assert len(images) == 4
    assert "photos: 1 file left out, with other suffixes than pictures" in images.notes[0]
    assert f"such as 'cat/{name}'" in images.notes[0]


@pytest.mark.parametrize(
    ("large", "small", "size"),
    [
        ("cat/a.jpg", "cat/a_thumb.jpg", (32, 32)),
        ("cat/a.jpg", "cat/a.thumb.png", (20, 20)),
        ("cat/a.jpg", "cat/A-THUMBNAIL.JPG", (32, 32)),
        ("cat/a.jpg", "cat/thumb_a.jpg", (32, 32)),
        ("cat/a.jpg", "cat/tn_a.jpg", (32, 32)),
        ("cat/a.jpg", "cat/a-150x150.jpg", (48, 48)),
        ("cat/a.jpg", "cat/thumbs/a.jpg", (32, 32)),
        ("cat/a.jpg", "thumbs/cat/a.jpg", (32, 32)),
        ("cat/a.jpg", "cat/_thumbnails/a.jpg", (32, 32)),
    ],
)
def test_a_thumbnail_of_a_picture_that_is_there_is_left_out(
    photos: Path, large: str, small: str, size: tuple[int, int]
) -> None:
    shrink(photos / large, photos / small, size)
    images = read_images(photos)
    assert labels(images) == ["cat", "cat", "dog", "dog"]
    assert images.notes[0] == (
        f"photos: 1 picture left out, as thumbnails of others, such as '{small}' of '{large}'"
    )


def test_a_square_thumbnail_of_a_wide_picture_is_found(photos: Path) -> None:
    wide = Image.open(photos / "cat" / "a.jpg").resize((192, 96))
    wide.save(photos / "cat" / "wide.jpg")
    wide.crop((48, 0, 144, 96)).resize((32, 32)).save(photos / "cat" / "wide_thumb.jpg")
    assert "cat/wide_thumb.jpg" not in names(photos)


def test_thumbnails_beside_pictures_without_classes_are_no_class(photos: Path) -> None:
    shrink(photos / "cat" / "a.jpg", photos / "cat" / "thumbs" / "a.jpg")
    images = read_images(photos / "cat")
    assert images.target is None
    assert names(photos / "cat") == ["a.jpg", "b.jpg"]


def test_a_class_may_be_called_thumbs(photos: Path) -> None:
    """Gestures of a hand: the same names of files in each class, other pictures."""
    (photos / "dog").rename(photos / "thumbs")
    assert labels(read_images(photos)) == ["cat", "cat", "thumbs", "thumbs"]


@pytest.mark.parametrize("name", ["cat/a_thumb.jpg", "cat/tn_a.jpg", "cat/thumbs/a.jpg"])
def test_another_picture_with_the_name_of_a_thumbnail_is_a_sample(photos: Path, name: str) -> None:
    shrink(photos / "dog" / "b.jpg", photos / name)
    assert name in names(photos)


def test_a_picture_as_large_as_the_other_is_no_thumbnail(photos: Path) -> None:
    (photos / "cat" / "a_thumb.jpg").write_bytes((photos / "cat" / "a.jpg").read_bytes())
    images = read_images(photos)
    assert len(images) == 5
    assert "1 picture is a copy of an earlier one" in images.notes[-1]


def test_a_damaged_picture_with_the_name_of_a_thumbnail_is_left_to_the_reader(
    photos: Path, write: Write
) -> None:
    write("photos/cat/a_thumb.jpg", "x")
    images = read_images(photos, unreadable_share=0.5)
    assert "'cat/a_thumb.jpg' (it is no picture that is known" in images.notes[-1]


def test_a_thumbnail_of_a_picture_that_is_not_there_is_a_sample(draw: Draw, tmp_path: Path) -> None:
    draw("photos/a/x_thumb.jpg", RED)
    draw("photos/b/y.jpg", BLUE)
    assert names(tmp_path / "photos") == ["a/x_thumb.jpg", "b/y.jpg"]


@pytest.mark.parametrize("name", ["cat", "thumbs", "eaDir", "recycle", "Recycler 2", "a.b"])
def test_other_names_are_those_of_people(name: str) -> None:
    assert not is_left_behind(name)
