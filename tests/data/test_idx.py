import gzip
import struct
from pathlib import Path
from typing import Unpack

import numpy as np
import pytest

from chainrule.data.dataset import Images
from chainrule.data.read_options import ReadKwargs
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from tests.data.conftest import Idx, Write
from tests.data.read_as import labels, read_images

PIXELS = bytes(range(12))


def message(path: str | Path, **options: Unpack[ReadKwargs]) -> str:
    with pytest.raises(InputError) as error:
        read(path, **options)
    return str(error.value)


@pytest.mark.parametrize("packed", [False, True])
def test_pictures_are_read_row_by_row(write: Write, idx: Idx, packed: bool) -> None:
    images = read(write("images", idx((3, 2, 2), PIXELS, packed=packed)))
    assert isinstance(images, Images)
    assert images.pixels.tolist()[1] == [[4, 5], [6, 7]]
    assert images.pixels.dtype == np.uint8


@pytest.mark.parametrize("labels_packed", [False, True])
@pytest.mark.parametrize(
    ("pictures", "names"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
    ],
)
def test_labels_are_found_beside_the_pictures(
    write: Write, idx: Idx, pictures: str, names: str, labels_packed: bool
) -> None:
    path = write(pictures, idx((3, 2, 2), PIXELS, packed=pictures.endswith("gz")))
    write(names + ".gz" * labels_packed, idx((3,), b"\7\0\1", packed=labels_packed))
    assert labels(read(path)) == [7, 0, 1]
    target = read(path).target
    assert target is not None
    assert target.kind == "number"


def test_labels_can_be_named_as_target(write: Write, idx: Idx) -> None:
    path = write("pictures", idx((3, 2, 2), PIXELS))
    numbers = write("numbers", idx((3,), b"\7\0\1"))
    assert labels(read(path, target=str(numbers))) == [7, 0, 1]


def test_pictures_without_labels_have_no_target_and_a_note(write: Write, idx: Idx) -> None:
    images = read(write("images-idx3", idx((3, 2, 2), b"\xff" * 12)))
    assert images.target is None
    assert images.notes == ("images-idx3: no file of labels was given or found in its folder",)


def test_some_pictures_are_taken_with_their_labels(write: Write, idx: Idx) -> None:
    path = write("images", idx((3, 2, 2), PIXELS))
    write("labels", idx((3,), b"\7\0\1"))
    taken = read_images(path).take(np.array([2, 0]))
    assert taken.pixels[:, 0, 0].tolist() == [8, 0]
    assert labels(taken) == [1, 7]


def test_numbers_of_pictures_and_labels_must_agree(write: Write, idx: Idx) -> None:
    path = write("images", idx((3, 2, 2), PIXELS))
    write("labels", idx((2,), b"\7\0"))
    told = message(path)
    assert "images has 3 pictures and labels has 2 labels, expected as many of each." in told
    assert "Give the two files that belong together." in told


@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_file_says_how_many_bytes_were_expected_and_found(
    write: Write, idx: Idx, packed: bool
) -> None:
    told = message(write("images", idx((3, 2, 2), PIXELS[:-1], packed=packed)))
    assert "images: got 27 bytes, expected 28 for 3 x 2 x 2 values." in told
    assert "fetch it again" in told


def test_a_truncated_header_is_refused(write: Write) -> None:
    assert "got 6 bytes, expected 16 for its header alone" in message(
        write("images", b"\0\0\x08\3\0\0")
    )


def test_bytes_behind_the_last_picture_are_refused(write: Write, idx: Idx) -> None:
    told = message(write("images", idx((3, 2, 2), PIXELS + b"x")))
    assert "got more than the 28 bytes expected for 3 x 2 x 2 values" in told


def test_a_header_that_claims_all_memory_allocates_none(write: Write, idx: Idx) -> None:
    told = message(write("images", idx((2**32 - 1, 2**32 - 1, 2**32 - 1), PIXELS)))
    assert "got 28 bytes, expected 79,228,162,458,924,105,385,300,197,391" in told


def test_other_types_of_values_are_refused(write: Write, idx: Idx) -> None:
    told = message(write("images", idx((1, 1, 1), b"1234", kind=13)))
    assert "got IDX values of type 0x0d, expected type 0x08, unsigned bytes. Save" in told


def test_labels_given_as_pictures_are_recognised(write: Write, idx: Idx) -> None:
    told = message(write("labels", idx((3,), b"\7\0\1")))
    assert (
        "got an IDX file with 1 dimensions, expected 3 or 4 for pictures: these are labels." in told
    )
    assert "Give the file of pictures." in told


def test_a_target_that_is_no_idx_file_is_refused(write: Write, idx: Idx) -> None:
    path = write("images", idx((3, 2, 2), PIXELS))
    told = message(path, target=str(write("labels.csv", "label\n1\n")))
    assert "got the first bytes 6c 61 62 65, expected 00 00 08 01" in told


def test_a_target_that_is_not_there_is_refused(write: Write, idx: Idx) -> None:
    path = write("images", idx((3, 2, 2), PIXELS))
    assert "got no such file" in message(path, target=str(path.with_name("labels")))


def test_no_pictures_are_refused(write: Write) -> None:
    told = message(write("images", struct.pack(">BBBB3I", 0, 0, 8, 3, 0, 28, 28)))
    assert "got 0 x 28 x 28 pixels, expected at least one picture" in told


def test_damaged_gzip_is_refused(write: Write, idx: Idx) -> None:
    packed = bytearray(gzip.compress(idx((3, 2, 2), PIXELS)))
    packed[-6] ^= 1  # in the checksum
    told = message(write("images.gz", bytes(packed)))
    assert "images.gz: got gzip data that is damaged" in told


def test_options_of_tables_are_refused_for_pictures(write: Write, idx: Idx) -> None:
    told = message(write("images", idx((3, 2, 2), PIXELS)), missing=["?"])
    assert "got --missing for a file of pictures, expected it for a table only" in told


def test_pictures_that_are_nearly_black_are_told(write: Write, idx: Idx) -> None:
    write("labels", idx((3,), b"\7\0\1"))
    assert read(write("images", idx((3, 2, 2), PIXELS))).notes == (
        "images: no value of the pictures is above 11 of 255, so they are nearly black; scale them "
        "to 255",
    )


def test_channels_that_are_not_the_last_axis_are_refused(write: Write, idx: Idx) -> None:
    told = message(write("images", idx((2, 3, 5, 5), bytes(150))))
    assert "images: got 2 x 3 x 5 x 5 values, expected 1, 3 or 4 channels of colour" in told
    assert "numpy.moveaxis(pictures, 1, -1)" in told


def test_a_packed_file_that_memory_does_not_suffice_for_is_refused_early(
    write: Write, idx: Idx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.data.pictures.memory.machine_bytes", lambda: 2.0**25)
    told = message(write("images", idx((20, 1000, 1000), bytes(20_000_000), packed=True)))
    assert "images: got 20 x 1,000 x 1,000 values, which take 0.1 GiB, expected at most" in told


@pytest.mark.parametrize("packed", [False, True])
def test_zero_bytes_are_no_idx_file(write: Write, packed: bool) -> None:
    zeros = bytes(5000)
    told = message(write("zeros.gz", gzip.compress(zeros) if packed else zeros))
    assert told == (
        "zeros.gz: got zero bytes only, as a copy that broke off leaves them, expected a table as "
        "CSV, JSON lines, Parquet or a workbook, or pictures as IDX or npz. Fetch the file again."
    )


def test_a_text_that_begins_with_zero_bytes_is_no_idx_file(write: Write) -> None:
    told = message(write("a.csv", "a,b\n1,2\n".encode("utf-32-be")))
    assert "a.csv: got binary data (a zero byte on line 1)" in told
