"""A folder of pictures from the command line: train, look at the report, predict new ones."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chainrule.insight.stored_run import stored_run
from tests.cli.conftest import Call

QUICK = ("--epochs", "1", "--filters", "4", "--layers", "8")


def write_pictures(folder: Path, per_class: int, *, shape: tuple[int, ...] = (16, 16, 3)) -> None:
    """Noise in which the class "dark" is darker than the class "light"."""
    random = np.random.default_rng(0)
    for name, most in (("dark", 100), ("light", 256)):
        (folder / name).mkdir(parents=True)
        for place in range(per_class):
            pixels = random.integers(most - 100, most, shape, dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{place}.png")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures") / "photos"
    write_pictures(folder, 20)
    return folder


@pytest.fixture
def run(call: Call, photos: Path) -> Path:
    """The folder of a run on them, which is trained once."""
    folder = photos.parent / "run"
    if not folder.exists():
        called = call("train", photos, *QUICK, "--out", folder)
        assert called.status == 0, called.err
    return folder


@pytest.mark.usefixtures("no_report")
def test_photographs_get_convolutions_and_augmentation_with_a_note(
    call: Call, photos: Path, tmp_path: Path
) -> None:
    called = call("train", photos, *QUICK, "--json", "--out", tmp_path / "run")
    notes = json.loads(called.out)["notes"]
    assert notes[:2] == [
        "photos: 40 pictures of 16 x 16 pixels, in colour",
        "photos: training pictures are augmented with the set photographs (jitter, flip, "
        "shift:0.125); turn that off with --augment none",
    ]
    config = stored_run(tmp_path / "run").config.resolved
    assert (config["network"], config["augment"]) == ("cnn", ["photographs"])
    assert (tmp_path / "run" / "augmentation.png").exists()


@pytest.mark.usefixtures("no_report")
def test_options_override_the_defaults(call: Call, photos: Path, tmp_path: Path) -> None:
    options = ("--augment", "none", "--network", "linear", "--picture-size", "8", "--epochs", "1")
    called = call("train", photos, *options, "--json", "--out", tmp_path / "run")
    notes = json.loads(called.out)["notes"]
    assert notes == ["photos: 40 pictures of 8 x 8 pixels, in colour"]
    assert not (tmp_path / "run" / "augmentation.png").exists()


@pytest.mark.usefixtures("no_report")
def test_grey_pictures_are_not_changed(call: Call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "scans", 20, shape=(16, 16))
    called = call("train", tmp_path / "scans", *QUICK, "--json", "--out", tmp_path / "run")
    assert json.loads(called.out)["notes"] == ["scans: 40 pictures of 16 x 16 pixels, grey"]


def test_the_run_can_be_made_again_from_its_configuration(
    call: Call, run: Path, tmp_path: Path
) -> None:
    called = call("train", "--config", run / "config.toml", "--out", tmp_path / "again")
    assert called.status == 0, called.err
    first, again = (
        json.loads((folder / "test.json").read_text())["test"]
        for folder in (run, tmp_path / "again")
    )
    assert first == again


@pytest.mark.usefixtures("no_report")
def test_pictures_of_a_test_of_its_own_get_the_size_of_those_learned_from(
    call: Call, photos: Path, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "new", 3, shape=(40, 30))  # grey, and of another size
    called = call(
        *("train", photos, "--test-data", tmp_path / "new", *QUICK, "--json"),
        *("--out", tmp_path / "run"),
    )
    assert json.loads(called.out)["samples"]["test"] == 6


@pytest.mark.usefixtures("no_report")
def test_a_table_of_paths_and_labels_can_be_learned_from(call: Call, photos: Path) -> None:
    rows = [
        f"{path.relative_to(photos.parent)},{path.parent.name}" for path in photos.rglob("*.png")
    ]
    table = photos.parent / "list.csv"
    table.write_text("\n".join(["path,kind", *rows]))
    called = call(
        *("train", table, "--target", "kind", "--test-data", table, *QUICK, "--json"),
        *("--out", photos.parent / "listed"),
    )
    assert called.status == 0, called.err
    assert json.loads(called.out)["samples"]["test"] == 40


def test_the_report_shows_pictures_of_the_test_with_the_names_of_their_files(run: Path) -> None:
    page = (run / "report.html").read_text(encoding="utf-8")
    assert ">Pictures</h2>" in page
    assert page.count("<img src=") >= 6
    assert re.search(r"<small>(dark|light)/\d+\.png</small>", page)


def test_predictions_have_the_file_of_each_picture(
    call: Call, run: Path, photos: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    for place in range(20):
        (new / f"é{place:02}.png").write_bytes((photos / "dark" / f"{place}.png").read_bytes())
    (new / "broken.jpg").write_bytes(b"")
    called = call("predict", run, new)
    head, *rows = csv.reader(io.StringIO(called.out))
    assert head == ["picture", "class", "probability dark", "probability light"]
    assert [row[0] for row in rows] == [f"é{place:02}.png" for place in range(20)]
    assert "1 picture can't be read and left out: 'broken.jpg' (it is empty)" in called.err


def test_pictures_of_any_size_and_colour_are_predicted(
    call: Call, run: Path, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "new", 2, shape=(50, 20))
    called = call("predict", run, tmp_path / "new")
    assert [row[0] for row in csv.reader(io.StringIO(called.out))] == [
        *("picture", "dark/0.png", "dark/1.png", "light/0.png", "light/1.png"),
    ]


def test_how_many_may_be_unreadable_is_an_option_of_predict(
    call: Call, run: Path, photos: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "a.png").write_bytes((photos / "dark" / "0.png").read_bytes())
    (new / "broken.jpg").write_bytes(b"")
    assert "--unreadable-share 0.5" in call("predict", run, new).err
    assert call("predict", run, new, "--unreadable-share", "0.5").status == 0


def test_a_picture_in_two_classes_is_told_by_training_and_its_report(
    call: Call, photos: Path, tmp_path: Path
) -> None:
    for name in ("dark", "light"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for path in (photos / name).iterdir():
            (tmp_path / "photos" / name / path.name).write_bytes(path.read_bytes())
    (tmp_path / "photos" / "light" / "x.png").write_bytes((photos / "dark/7.png").read_bytes())
    called = call("train", tmp_path / "photos", *QUICK, "--out", tmp_path / "run")
    message = "2 pictures of 41 have the same pixels as one with another target, such as"
    assert message in called.out
    assert message in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_a_single_class_can_not_be_learned(call: Call, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "dark").symlink_to(photos / "dark")
    called = call("train", tmp_path / "photos")
    assert called.status == 2
    assert "photos, column 'class': got the same value 'dark' in all 20 rows" in called.err
    assert "Give pictures of several classes, a folder for each." in called.err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--picture-size", "0", "--picture-size: got '0', expected a whole number of at least 1"),
        ("--unreadable-share", "2", "--unreadable-share: got '2', expected a number from 0 to 1"),
        ("--path-column", "x", "got --path-column for a folder of pictures"),
        ("--target", "kind", "got the target 'kind', but the class of a picture is the folder"),
        ("--augment", "nine", "Did you mean 'none'?"),
    ],
)
def test_an_option_that_can_not_be_meant_is_refused(
    call: Call, photos: Path, option: str, value: str, message: str
) -> None:
    called = call("train", photos, option, value)
    assert called.status == 2
    assert message in called.err


def test_pictures_are_evaluated_by_the_names_of_their_folders(
    call: Call, run: Path, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "fresh", 5)
    called = call("evaluate", run, tmp_path / "fresh", "--json", "--resamples", "40")
    assert called.status == 0, called.err
    inspection = json.loads(called.out)
    assert (inspection["rows"], inspection["classes"]) == (10, ["dark", "light"])
    assert sum(map(sum, inspection["confusion"])) == 10
