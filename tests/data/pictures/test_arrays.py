"""Pictures as arrays in an npz file."""

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pytest
from numpy.typing import NDArray

from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from tests.data.read_as import labels, read_images

PIXELS = np.arange(12 * 4 * 5, dtype=np.uint8).reshape(12, 4, 5)
LABELS = np.arange(12) % 3


Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def saved(packed: bool = False, **arrays: NDArray[Any]) -> Path:
        save: Callable[..., None] = np.savez_compressed if packed else np.savez
        save(tmp_path / "set.npz", **arrays)
        return tmp_path / "set.npz"

    return saved


def told(path: Path, **options: Unpack[ReadKwargs]) -> str:
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("b", "a")])
def test_the_array_of_pictures_and_that_of_labels_are_found_by_their_shapes(
    save: Save, names: tuple[str, str], packed: bool
) -> None:
    images = read_images(save(packed, **dict(zip(names, (PIXELS, LABELS), strict=True))))
    assert (images.pixels == PIXELS).all()
    assert images.target is not None
    assert images.target.name == names[1]
    assert labels(images) == LABELS.tolist()
    assert images.names is None


def test_of_several_pairs_the_target_names_one(save: Save) -> None:
    path = save(
        x_train=PIXELS, y_train=LABELS, x_test=PIXELS[:5] + 9, y_test=LABELS[:5], names=np.ones(7)
    )
    images = read_images(path, target="y_test")
    assert (images.pixels == PIXELS[:5] + 9).all()
    assert "x_train (12 x 4 x 5, uint8), y_train (12, int64), names (7, float64)" in images.notes[0]


def test_pictures_without_labels_have_no_target_and_a_note(save: Save) -> None:
    images = read_images(save(x=PIXELS))
    assert images.target is None
    assert images.notes == ("set.npz: there is no array of labels for 'x'",)


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        (np.zeros((12, 4, 5, 3), np.uint8), (12, 4, 5, 3)),
        (np.zeros((12, 4, 5, 1), np.uint8), (12, 4, 5)),
        (PIXELS.astype(np.int64), (12, 4, 5)),
        (PIXELS.astype(np.float32), (12, 4, 5)),
        (PIXELS.astype(">u2"), (12, 4, 5)),
        (np.asfortranarray(PIXELS), (12, 4, 5)),
    ],
)
def test_whole_numbers_of_any_type_are_bytes(
    save: Save, given: NDArray[Any], shape: tuple[int, ...]
) -> None:
    images = read_images(save(x=given, y=LABELS))
    assert images.pixels.shape == shape
    assert images.pixels.dtype == np.uint8
    assert (images.pixels.reshape(given.shape) == given).all()


def test_numbers_from_0_to_1_become_bytes_with_a_note(save: Save) -> None:
    images = read_images(save(x=PIXELS / 255, y=LABELS))
    assert (images.pixels == PIXELS).all()
    assert "array 'x': numbers from 0 to 1 are taken as bytes from 0 to 255" in images.notes[0]


def test_truth_values_are_black_and_white(save: Save) -> None:
    images = read_images(save(x=PIXELS > 100, y=LABELS))
    assert (images.pixels == np.where(PIXELS > 100, 255, 0)).all()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.array(["a", "고", "NA"] * 4), ["a", "고", "NA"]),
        (np.array(["01", "1", "010"] * 4), ["01", "1", "010"]),
        (np.array([2**53 + 1, 2**53, 5] * 4), ["9007199254740993", "9007199254740992", "5"]),
        (np.array([2**64 - 1, 2**64 - 2, 5] * 4, np.uint64), [str(2**64 - 1), str(2**64 - 2), "5"]),
        (np.array([2**53, 2**53 - 1, 5] * 4), [2.0**53, 2.0**53 - 1, 5.0]),
        (np.array([b"a", b"b", b"c"] * 4), ["a", "b", "c"]),
        (LABELS.reshape(12, 1), [0.0, 1.0, 2.0]),
        (LABELS / 2, [0.0, 0.5, 1.0]),
    ],
)
def test_labels_may_be_texts_or_numbers(
    save: Save, given: NDArray[Any], expected: list[object]
) -> None:
    assert labels(read_images(save(x=PIXELS, y=given)))[:3] == expected


@pytest.mark.parametrize(
    "given",
    [
        np.array(["a", "b", ""] * 4),
        np.array([1.0, 2.0, np.nan] * 4),
    ],
)
def test_pictures_without_a_label_are_left_out_with_a_note(save: Save, given: NDArray[Any]) -> None:
    images = read_images(save(x=PIXELS, y=given))
    assert len(images) == 8
    assert (images.pixels[2] == PIXELS[3]).all()
    assert images.notes == ("set.npz: 4 pictures without a value of the target 'y' left out",)


def test_one_picture_in_colour_is_not_taken_for_many_in_silence(save: Save) -> None:
    assert read_images(save(x=np.full((32, 30, 3), 200, np.uint8))).notes[1] == (
        "set.npz: x (32 x 30 x 3, uint8) is taken as 32 grey pictures of 30 x 3 pixels; save one "
        "picture in colour as x[None]"
    )


def test_pictures_that_are_nearly_black_are_told(save: Save) -> None:
    assert read_images(save(x=PIXELS % 2, y=LABELS)).notes == (
        "set.npz, array 'x': no value of the pictures is above 1 of 255, so they are nearly black; "
        "scale them to 255",
    )


class Attack:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("attacked"),))


def test_nothing_in_the_file_is_run(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    labels = np.array([Attack() for _ in range(12)], dtype=object)
    assert pickle.dumps(labels)
    message = told(save(x=PIXELS, y=labels))
    assert "array 'y': got Python objects, expected numbers or texts: objects are programs" in (
        message
    )
    assert "Save them with a dtype such as uint8." in message
    assert not (tmp_path / "attacked").exists()


def header_of(shape: tuple[int, ...]) -> bytes:
    """The header of an array of bytes, with no values behind it."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (header_of((2**20, 2**12, 2**12)), "which take 81,920.0 GiB, expected at most"),
        (header_of((12, 4, 5)), "got an archive that is damaged or cut off"),
        (b"\x93NUMPY\x01\x00\xff\xff{'descr'", "got an archive that is damaged or cut off"),
        (b"hello", "got an archive that is damaged or cut off"),
    ],
    ids=["bomb", "no values", "half a header", "no array"],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
        archive.writestr("x.npy", content)
    assert expected in told(tmp_path / "set.npz")


def test_a_file_that_is_cut_off_is_refused(save: Save) -> None:
    path = save(x=PIXELS, y=LABELS)
    path.write_bytes(path.read_bytes()[:-30])
    assert "got an archive that is damaged or cut off" in told(path)


def test_a_value_that_was_changed_on_the_way_is_noticed(save: Save) -> None:
    path = save(x=PIXELS, y=LABELS)
    content = bytearray(path.read_bytes())
    content[content.index(PIXELS.tobytes()) + 7] ^= 1
    path.write_bytes(bytes(content))
    assert "got an archive that is damaged or cut off" in told(path)


@pytest.mark.parametrize(
    ("arrays", "options", "expected"),
    [
        (
            {"x": PIXELS, "z": PIXELS},
            {},
            "got 2 arrays of pictures, expected one of (pictures, hei",
        ),
        ({"y": LABELS}, {}, "got 0 arrays of pictures, expected one"),
        ({"x": PIXELS, "y": LABELS, "z": LABELS}, {}, "Name it: --target y."),
        ({"x": PIXELS, "y": LABELS}, {"target": "t"}, "got the target 't', expected the name of"),
        ({"x": PIXELS, "y": LABELS[:9]}, {"target": "y"}, "arrays of pictures for the labels 'y'"),
        ({"x": PIXELS * 1.01}, {}, "expected whole ones from 0 to 255, or any from 0 to 1. Scale"),
        ({"x": PIXELS - 1.0}, {}, "got numbers from -1 to 238, expected whole ones"),
        (
            {"x": np.where(PIXELS == 200, np.nan, PIXELS)},
            {},
            "array 'x': got 1 value of NaN or infinity, the first in picture 11, expected finite",
        ),
        ({"x": PIXELS + np.inf}, {}, "values of NaN or infinity, the first in picture 1,"),
        ({"x": np.zeros((9, 3, 32, 32))}, {}, "numpy.moveaxis(pictures, 1, -1)"),
        ({"x": np.zeros((0, 32, 32))}, {}, "expected at least one picture of at least one pixel"),
        ({"x": np.full((9, 4, 4), "a")}, {}, "expected numbers. Save the pixels as uint8."),
        ({"x": PIXELS, "y": LABELS * 1j}, {}, "got labels of the type complex128, expected"),
    ],
)
def test_arrays_that_can_not_be_meant_are_refused(
    save: Save, arrays: dict[str, NDArray[Any]], options: ReadKwargs, expected: str
) -> None:
    assert expected in told(save(**arrays), **options)


@pytest.mark.parametrize("options", [{"picture_size": 8}, {"unreadable_share": 0.5}])
def test_options_of_files_of_pictures_are_refused(save: Save, options: ReadKwargs) -> None:
    assert "for an npz file of pictures, expected it for separate files of pictures only" in (
        told(save(x=PIXELS, y=LABELS), **options)
    )
