"""Memory is not taken for pictures that are too large, nor by too many processes at once."""

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from chainrule.data.pictures import memory
from chainrule.data.reading.read import read
from chainrule.decoding import BYTES_PER_PIXEL, PictureHeader, Unreadable, read_headers
from chainrule.errors import InputError
from tests.data.pictures.conftest import BLUE, RED, Draw
from tests.data.read_as import read_images

ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")
SIDE = 1500
MIB = 2**20
SLACK = 4 * MIB  # of the interpreter, whatever the picture is

# Prints the most memory that a call takes above that before it, for each line of input.
PEAKS = """
import sys
from chainrule.decoding import decode, read_headers

def kibibytes(key):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))

def peak(call):
    open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew: proc(5)
    before = kibibytes("VmRSS")
    call()
    return 1024 * (kibibytes("VmHWM") - before)

limit = float(sys.argv[1])
paths = sys.argv[2:]
decode(paths[:1], 8, 8, limit)  # so that what is loaded once is not counted
for path in paths:
    of_header = peak(lambda: read_headers([path], 64, limit))
    print(of_header, peak(lambda: decode([path], 64, 64, limit)))
"""


def peaks(paths: list[Path], limit: float) -> list[tuple[int, int]]:
    """Bytes that reading the header of each file takes, and decoding it."""
    command = [sys.executable, "-c", PEAKS, str(limit), *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    return [(int(header), int(whole)) for header, whole in map(str.split, lines)]


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


FILES: list[tuple[str, str, dict[str, object]]] = [
    ("grey.png", "L", {}),
    ("two.png", "LA", {}),
    ("palette.png", "P", {"transparency": 0}),
    ("colour.png", "RGB", {"transparency": (0, 0, 0)}),
    ("turned.png", "RGBA", {"exif": turned()}),
    ("deep.png", "I;16", {}),
    ("deep.tiff", "I;16", {}),
    ("whole.tiff", "I", {}),
    ("black.tiff", "1", {"compression": "group4"}),
    ("ink.tiff", "CMYK", {"compression": "tiff_lzw"}),
    ("turned.tiff", "RGBA", {"exif": turned()}),
    ("lossy.webp", "RGBA", {"exif": turned()}),
    ("lossless.webp", "RGB", {"lossless": True}),
    ("palette.gif", "P", {"transparency": 0}),
    ("plain.bmp", "RGB", {}),
    ("plain.ppm", "RGB", {}),
    ("plain.jpg", "RGB", {}),
    ("progressive.jpg", "RGB", {"progressive": True, "subsampling": 0}),
    ("ink.jpg", "CMYK", {"progressive": True, "subsampling": 0}),
]


@ONLY_LINUX
def test_no_format_takes_more_memory_than_its_header_is_taken_to_need(tmp_path: Path) -> None:
    paths = [tmp_path / name for name, _, _ in FILES]
    for path, (_, mode, how) in zip(paths, FILES, strict=True):
        Image.new(mode, (SIDE, SIDE)).save(path, **how)  # type: ignore[arg-type]
    headers = read_headers([*map(str, paths)], 64, 2**30)
    for path, header, (of_header, of_picture) in zip(
        paths, headers, peaks(paths, 2**30), strict=True
    ):
        assert isinstance(header, PictureHeader), (path, header)
        assert of_header < SLACK, path
        assert of_picture < header.decoding_bytes + SLACK, path


def png_with_alpha(side: int) -> bytes:
    """Transparent black, packed a thousand times smaller than its pixels."""
    packer = zlib.compressobj()
    rows = b"".join(packer.compress(b"\0" * (1 + 2 * side)) for _ in range(side))

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", side, side, 8, 4, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", rows + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


def tiff(side: int, tile: int) -> bytes:
    """A few bytes of grey, in one tile."""
    data = zlib.compress(b"\0" * 64)
    width, height, bits, compression, colours = (
        (256, side),
        (257, side),
        (258, 8),
        (259, 8),
        (262, 1),
    )
    tags = [width, height, bits, compression, colours, (322, tile), (323, tile)]
    tags += [(324, 8 + 2 + 12 * (len(tags) + 2) + 4), (325, len(data))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + struct.pack("<I", 0) + data


@ONLY_LINUX
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: png_with_alpha(9_000), id="png"),
        pytest.param(lambda: tiff(9_984, 9_984), id="tiff"),
        pytest.param(lambda: tiff(64, 30_000), id="tile"),  # larger than its picture
    ],
)
def test_a_small_file_of_a_large_picture_is_refused_before_memory_is_taken(
    tmp_path: Path, content: Callable[[], bytes]
) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(content())
    assert path.stat().st_size < 200_000
    Image.new("L", (8, 8)).save(tmp_path / "small.png")
    ((_, _), (of_header, of_picture)) = peaks([tmp_path / "small.png", path], 2**30)
    assert of_header < SLACK
    assert of_picture < SLACK
    (header,) = read_headers([str(path)], 64, 2**30)
    assert isinstance(header, Unreadable)
    assert (
        "MiB of memory, more than the limit of 1,024 MiB a picture; save it with" in header.reason
    )


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size(draw: Draw) -> None:
    path = draw("a.jpg", size=(1000, 2000))
    (header,) = read_headers([str(path)], 16, 2**30)
    assert isinstance(header, PictureHeader)
    assert header.decoding_bytes < BYTES_PER_PIXEL * 2_000_000


def test_the_limit_is_told_with_the_file_and_a_remedy(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw("photos/a/x.png", RED)
    draw("photos/b/large.png", BLUE, size=(700, 500))
    monkeypatch.setattr(memory, "available_bytes", lambda: 8 * MIB)
    with pytest.raises(InputError) as error:
        read(tmp_path / "photos")
    assert (
        "1 of 2 pictures that can't be read: 'b/large.png' (to decode its 700 x 500 pixels may "
        "take 5 MiB of memory, more than the limit of 4 MiB a picture; save it with fewer pixels)"
    ) in str(error.value)


@pytest.mark.parametrize("available", [0, 100 * MIB, 2**30, 2**34])
@pytest.mark.parametrize("largest", [1, 10 * MIB, 2**30])
def test_all_processes_together_take_half_of_what_is_free(
    monkeypatch: pytest.MonkeyPatch, available: int, largest: int
) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: available)
    taken = 50 * MIB
    workers = memory.most_workers(largest, taken)
    assert workers == 1 or workers * largest <= (available - taken) / 2
    assert (workers + 1) * (largest + memory.BYTES_OF_A_PROCESS) > (available - taken) / 2


def test_the_largest_picture_decides_how_many_processes_there_are(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def recorded(largest: int, taken: int) -> int:
        asked.extend((largest, taken))
        return 1

    draw("photos/a/x.png", RED)
    draw("photos/b/x.png", BLUE, size=(100, 100))
    monkeypatch.setattr("chainrule.data.pictures.files.most_workers", recorded)
    pixels = read_images(tmp_path / "photos", picture_size=8).pixels
    assert asked == [BYTES_PER_PIXEL * 100 * 100, pixels.nbytes]
