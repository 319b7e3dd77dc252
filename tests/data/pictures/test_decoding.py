"""One file of a picture, of any mode and format, however damaged, becomes pixels or a reason."""

import io
import os
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chainrule.decoding import DecodedPicture, PictureHeader, Unreadable, decode, read_headers
from tests.data.conftest import Write
from tests.data.pictures.conftest import Draw

HALVES = np.zeros((4, 4, 3), np.uint8)
HALVES[:, :2], HALVES[:, 2:] = (200, 30, 90), (10, 250, 60)


GIB = 2**30


def decoded(path: Path, height: int = 4, width: int = 4) -> DecodedPicture:
    (result,) = decode([str(path)], height, width, GIB)
    assert isinstance(result, DecodedPicture), result
    return result


def pixels_of(path: Path, height: int = 4, width: int = 4) -> np.ndarray:
    pixels = decoded(path, height, width).pixels
    assert pixels.shape == (height, width, 3)
    assert pixels.dtype == np.uint8
    return pixels


def size_of(path: Path) -> tuple[int, int]:
    (header,) = read_headers([str(path)], 64, GIB)
    assert isinstance(header, PictureHeader), header
    return header.height, header.width


def reason(path: Path) -> str:
    (result,) = decode([str(path)], 4, 4, GIB)
    assert isinstance(result, Unreadable)
    return result.reason


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff", "ppm", "webp", "PNG"])
def test_a_picture_of_the_size_that_is_wanted_stays_as_it_is(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(HALVES).save(path, lossless=suffix == "webp")
    assert (pixels_of(path) == HALVES).all()


def test_a_jpeg_is_what_it_shows_to_a_few_steps(draw: Draw) -> None:
    path = draw("a.jpg", (200, 30, 90), size=(64, 64), quality=100)
    assert abs(pixels_of(path).astype(int) - (200, 30, 90)).max() <= 3


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 77, (77, 77, 77)),
        ("P", 0, (200, 30, 90)),  # the first colour of the palette below
        ("RGB", (200, 30, 90), (200, 30, 90)),
        # On white: 255 - (255 - colour) * alpha / 255, with alpha 51, a fifth.
        ("RGBA", (200, 30, 90, 51), (244, 210, 222)),
        ("RGBA", (200, 30, 90, 0), (255, 255, 255)),
        ("LA", (5, 51), (205, 205, 205)),
        # 257 steps of 16 bits are one of 8: 25700 / 257 = 100, 25828 / 257 = 100.498.
        ("I;16", 25700, (100, 100, 100)),
        ("I;16", 25828, (100, 100, 100)),
        ("I;16", 25829, (101, 101, 101)),
        ("I;16", 65535, (255, 255, 255)),
    ],
)
def test_every_mode_becomes_red_green_and_blue(
    tmp_path: Path, mode: str, colour: int | tuple[int, ...] | float, expected: tuple[int, int, int]
) -> None:
    picture = Image.new(mode, (4, 4), colour)
    if mode == "P":
        picture.putpalette([200, 30, 90, 0, 0, 0])
    picture.save(tmp_path / "a.png")
    assert (pixels_of(tmp_path / "a.png") == expected).all()


def test_the_transparent_colour_of_a_palette_lies_on_white(tmp_path: Path) -> None:
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([200, 30, 90, 9, 9, 9])
    picture.paste(0, (0, 0, 2, 4))
    picture.save(tmp_path / "a.gif", transparency=1)
    pixels = pixels_of(tmp_path / "a.gif")
    assert (pixels[:, :2] == (200, 30, 90)).all()
    assert (pixels[:, 2:] == 255).all()


def test_cmyk_is_what_remains_of_white(tmp_path: Path) -> None:
    # C, M, Y of 255, 0, 127: red 0, green 255, blue 128.
    Image.new("CMYK", (64, 64), (255, 0, 127, 0)).save(tmp_path / "a.jpg", quality=100)
    assert abs(pixels_of(tmp_path / "a.jpg").astype(int) - (0, 255, 128)).max() <= 3


def test_16_bits_of_a_portable_greymap_count_from_its_own_white(tmp_path: Path) -> None:
    values = struct.pack(">4H", 0, 1000, 2000, 4000)
    (tmp_path / "a.pgm").write_bytes(b"P5 2 2 4000\n" + values)
    pixels = pixels_of(tmp_path / "a.pgm", 2, 2)
    assert pixels[..., 0].tolist() == [[0, 64], [128, 255]]  # v * 255 / 4000, rounded


@pytest.mark.parametrize("mode", ["F", "I"])
def test_numbers_of_which_none_is_known_to_be_white_are_refused(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (4, 4), 100_000).save(tmp_path / "a.tiff")
    assert "none is known to be white" in reason(tmp_path / "a.tiff")


# What was stored, from what is upright, by orientation: EXIF 2.32, section 4.6.4, table 6.
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("suffix", ["png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", STORED)
def test_pictures_that_lie_on_their_side_are_set_upright(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    upright = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    path = tmp_path / f"a.{suffix}"
    stored.save(path, exif=exif, lossless=suffix == "webp")
    assert size_of(path) == (4, 6)
    assert ("turned" in decoded(path).changes) == (orientation != 1)
    assert (pixels_of(path, 4, 6) == upright).all()


def test_damaged_metadata_does_no_harm(draw: Draw) -> None:
    path = draw("a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert pixels_of(path)[0, 0, 0] > 250


def test_the_middle_is_cut_out_and_proportions_stay(draw: Draw) -> None:
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, 100:200] = 255  # a white square in the middle
    path = draw("a.png", pixels=pixels)
    assert (pixels_of(path, 50, 50)[:, 3:-3] == 255).all()
    assert (pixels_of(path, 50, 150)[:, :45] == 0).all()


def test_nothing_is_cut_off_for_less_than_half_a_pixel_of_the_result(draw: Draw) -> None:
    pixels = np.zeros((64, 192, 3), np.uint8)
    pixels[0] = pixels[-1] = 255  # lines at the edges: 64 x 192 is 21.33 x 64
    rows = pixels_of(draw("a.png", pixels=pixels), 21, 64)[:, 0, 0]
    assert rows[0] == rows[-1] > 60


def test_what_gets_smaller_is_averaged_and_not_skipped(draw: Draw) -> None:
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    assert abs(pixels_of(draw("a.png", pixels=board)).astype(int) - 128).max() <= 2


def test_a_large_photograph_is_decoded_in_part_and_looks_the_same(draw: Draw) -> None:
    slope = np.linspace(0, 255, 800).astype(np.uint8)
    pixels = np.broadcast_to(slope[:, None], (800, 800, 3))
    path = draw("a.jpg", pixels=np.ascontiguousarray(pixels.transpose(1, 0, 2)), quality=100)
    whole = np.asarray(Image.open(path).resize((8, 8), Image.Resampling.BOX))
    # Averages of boxes, an independent way; the filter used reaches a little further at the edge.
    assert abs(pixels_of(path, 8, 8).astype(int) - whole).max() <= 6


def test_of_an_animation_the_first_frame_is_taken(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    result = decoded(tmp_path / "a.gif")
    assert result.changes == {"first_frame"}
    assert (result.pixels == (255, 0, 0)).all()


@pytest.mark.parametrize("suffix", ["gif", "png", "jpg", "webp", "tiff", "bmp"])
def test_nothing_is_told_of_a_still_picture_of_8_bits(draw: Draw, suffix: str) -> None:
    assert decoded(draw(f"a.{suffix}", size=(16, 160))).changes == frozenset()


@pytest.mark.parametrize(
    ("mode", "colour", "name", "change"),
    [
        ("RGBA", (200, 30, 90, 254), "a.png", "white"),
        ("RGBA", (200, 30, 90, 255), "a.png", None),
        ("LA", (5, 0), "a.png", "white"),
        ("CMYK", (255, 0, 127, 0), "a.jpg", "cmyk"),
        ("I;16", 25700, "a.png", "16_bits"),
        ("I;16", 25700, "a.tiff", "16_bits"),
    ],
)
def test_what_a_conversion_loses_is_told(
    tmp_path: Path, mode: str, colour: int | tuple[int, ...], name: str, change: str | None
) -> None:
    Image.new(mode, (4, 4), colour).save(tmp_path / name)
    assert decoded(tmp_path / name).changes == ({change} if change else set())


def test_colours_of_16_bits_are_told(write: Write) -> None:
    path = write("a.png", png_of_size(2, 2, bits=16, pixels=2 * (b"\0" + 12 * b"\x7f")))
    assert decoded(path).changes == {"16_bits"}


def png_of_size(height: int, width: int, *, bits: int = 8, pixels: bytes = b"\0" * 99) -> bytes:
    """A file of a hundred bytes that claims to be so large, in colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


def bmp_of_size(height: int, width: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def whole_jpeg() -> bytes:
    content = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(content, "JPEG")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "it is empty"),
        (b"hello", "it is no picture that is known (BMP, GIF, JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "it is no picture that is known"),  # would run Ghostscript
        (b"SIMPLE  =                    T", "it is no picture that is known"),  # FITS
        (whole_jpeg()[:-900], "it is cut off or damaged (image file is truncated"),
        (whole_jpeg()[:30], "it is cut off or damaged (Truncated File Read)"),
        (png_of_size(12_000, 9_000), "its header claims 12,000 x 9,000 pixels, more than 100,000"),
        (png_of_size(99_999, 99_999), "its header claims more than 100,000,000 pixels"),
        (bmp_of_size(20_000, 20_000), "its header claims more than 100,000,000 pixels"),
        (png_of_size(64, 64), "it is cut off or damaged"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_can_not_be_decoded_is_a_reason(write: Write, content: bytes, expected: str) -> None:
    path = write("a.jpg", content)
    assert expected in reason(path)


def test_a_bomb_is_refused_by_its_header_alone(write: Write) -> None:
    (result,) = read_headers([str(write("a.png", png_of_size(99_999, 99_999)))], 64, GIB)
    assert isinstance(result, Unreadable)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: None, "there is no such file"),
        (lambda path: path.symlink_to("nowhere"), "there is no such file"),
        (lambda path: path.symlink_to(path), "it can't be opened (Too many levels"),
        (os.mkfifo, "it is no file"),  # to read it would wait for ever
        (Path.mkdir, "it is no file"),
    ],
    ids=["missing", "broken link", "link to itself", "pipe", "folder"],
)
def test_what_is_no_file_is_a_reason(
    tmp_path: Path, make: Callable[[Path], object], expected: str
) -> None:
    make(tmp_path / "a.jpg")
    assert expected in reason(tmp_path / "a.jpg")


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_random_damage_gives_pixels_or_a_reason(write: Write, seed: int) -> None:
    random = np.random.default_rng(seed)
    content = bytearray(whole_jpeg() if seed % 2 else png_of_size(64, 64))
    for position in random.integers(0, len(content), 1 + seed // 4):
        content[position] = random.integers(256)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (result,) = decode([str(write("a.jpg", bytes(content)))], 4, 4, GIB)
    assert isinstance(result, DecodedPicture | Unreadable)


def test_a_worker_needs_neither_torch_nor_duckdb() -> None:
    program = "import sys, chainrule.decoding; print({'torch', 'duckdb'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout == "set()\n", ran.stderr
