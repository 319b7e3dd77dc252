"""The same picture in two classes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chainrule.data.dataset import Images
from chainrule.data.inspection import inspect
from chainrule.data.inspection.contradicting_pictures import contradicting_pictures
from chainrule.data.table import Column
from tests.data.read_as import read_images


def images(pixels: list[int], classes: list[str], names: bool = True) -> Images:
    """Pictures of one colour each."""
    values = np.empty(len(classes), np.object_)
    values[:] = classes
    files = np.array([f"{name}/{place}.png" for place, name in enumerate(classes)], np.object_)
    grey = np.broadcast_to(np.array(pixels, np.uint8)[:, None, None], (len(pixels), 2, 2))
    return Images("photos", grey, Column("class", values), names=files if names else None)


def test_equal_pictures_of_different_classes_are_counted_with_an_example() -> None:
    (problem,) = contradicting_pictures(images([1, 2, 1, 3, 1, 3], ["a", "a", "b", "b", "a", "b"]))
    assert problem.kind == "contradicting_pictures"
    assert problem.message == (
        "3 pictures of 6 have the same pixels as one with another target, such as 'a/0.png' ('a') "
        "and 'b/2.png' ('b'): no network can be right on both."
    )
    assert "Look for wrong labels" in problem.remedy


def test_equal_pictures_of_one_class_do_not_contradict() -> None:
    assert contradicting_pictures(images([1, 1, 2], ["a", "a", "b"])) == []


def test_pictures_without_names_of_files_have_numbers() -> None:
    (problem,) = contradicting_pictures(images([1, 2, 1], ["a", "a", "b"], names=False))
    assert "picture 1 of photos ('a') and picture 3 of photos ('b')" in problem.message


def test_different_numbers_as_targets_contradict_as_well() -> None:
    pictures = images([1, 1], ["a", "b"])
    numbers = Images("ages", pictures.pixels, Column("age", np.array([30.0, 31.0])))
    assert "('30') and" in contradicting_pictures(numbers)[0].message


def test_training_and_test_pictures_are_compared() -> None:
    training, test = images([1, 2], ["a", "b"]), images([1], ["b"])
    assert contradicting_pictures(training) == contradicting_pictures(test) == []
    assert "2 pictures of 3" in contradicting_pictures(training, test)[0].message


def kinds(folder: Path) -> list[str]:
    return [problem.kind for problem in inspect(read_images(folder)).problems]


@pytest.mark.parametrize("suffix", ["png", "bmp"])
def test_inspection_finds_one_picture_in_two_classes_whatever_its_file(
    tmp_path: Path, suffix: str
) -> None:
    random = np.random.default_rng(0)
    for name in ("a/x.png", "a/y.png", "b/z.png", f"b/copy.{suffix}"):
        pixels = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / name)
    assert "contradicting_pictures" not in kinds(tmp_path)
    Image.open(tmp_path / "a" / "x.png").save(tmp_path / "b" / f"copy.{suffix}")
    assert "contradicting_pictures" in kinds(tmp_path)
