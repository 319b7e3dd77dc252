"""Whatever is wrong with what was given: one clear message, exit status 2, and nothing left behind.

Each message says what was given, what was expected, and what to do.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chainrule import durable
from tests.cli.conftest import Call, contents

TRAIN = ("train", "good.csv", "--target", "price")
PREDICT = ("predict", "numbers")
NEW_FOLDER = "Choose another with --out"

# Arguments; then fragments of the message: given, expected, remedy.
WRONG: list[tuple[tuple[str, ...], tuple[str, str, str]]] = [
    # The file
    (("train",), ("got no data", "expected a file", "chainrule train houses.csv --target price")),
    (("train", "god.csv"), ("god.csv: got no such file", "expected a file", "'good.csv'?")),
    (("train", "no/x.csv"), ("folder that does not exist", "expected a file", "Check the folder")),
    (("train", "empty.csv"), ("empty file", "expected a table or pictures", "Give another file")),
    (("train", "folder"), ("got a folder", "expected a file", "'inside.csv'")),
    (("train", "binary.csv"), ("got binary data", "expected a CSV, Parquet or IDX", "Export")),
    (("train", "header.csv", "--target", "price"), ("no rows", "expected rows", "Add the rows")),
    (
        ("train", "cut-images-idx3-ubyte"),
        ("cut-images-idx3-ubyte: got 1,716 bytes", "expected 1,816", "fetch it again"),
    ),
    (
        ("train", "few-images-idx3-ubyte"),
        ("50 pictures", "40 labels, expected as many of each", "Give the two files"),
    ),
    ((*TRAIN, "--test-data", "god.csv"), ("no such file", "expected a file", "'good.csv'?")),
    # The target
    (("train", "good.csv"), ("no target", "expected the column to predict", "--target")),
    (
        ("train", "good.csv", "--target", "prise"),
        ("got the target 'prise'", "expected one of its columns", "Did you mean 'price'?"),
    ),
    (
        ("train", "constant.csv", "--target", "price"),
        ("the same value '5' in all 60 rows", "expected a target that differs", "Choose another"),
    ),
    (
        ("train", "no-target.csv", "--target", "price"),
        ("got no value in all 60 rows", "expected the target's values", "Fill them in"),
    ),
    (
        ("train", "one-row.csv", "--target", "price"),
        ("got 1 row", "expected at least 10", "Collect more rows"),
    ),
    (
        ("train", "mostly.csv", "--target", "price"),
        ("row 18, column 'price': got 'oops'", "expected a number", "--missing oops"),
    ),
    (
        ("train", "good.csv", "--target", "kind", "--task", "regression"),
        ("column 'kind': got 'a'", "expected a number", "--task classification"),
    ),
    (
        ("train", "good.csv", "--target", "kind", "--task", "binary"),
        ("got 3 classes", "expected two", "Use --task classification"),
    ),
    (
        (*TRAIN, "--categorical", "kin"),
        ("categorical column 'kin'", "expected one of its columns", "Did you mean 'kind'?"),
    ),
    # Options
    *(
        (
            (*TRAIN, "--learning-rate", rate),
            (f"got '{rate}'", "expected a positive number", "0.001"),
        )
        for rate in ("0", "nan", "inf", "-1", "abc")
    ),
    *(
        (
            (*TRAIN, option, value),
            (f"{option}: got '{value}'", "expected a whole number", "such as"),
        )
        for option, value in (
            ("--epochs", "0"),
            ("--epochs", "2.5"),
            ("--epochs", "many"),
            ("--iterations", "0"),
            ("--batch-size", "0"),
            ("--patience", "-1"),
            ("--seed", "x"),
        )
    ),
    (
        (*TRAIN, "--batch-size", "1000"),
        ("got 1000", "expected at most that many", "Use --batch-size 32"),
    ),
    *(
        ((*TRAIN, "--split", shares), (f"'{shares}'", "three numbers from 0 to 1", "0.7,0.15,0.15"))
        for shares in (
            "0.5,0.2,0.2",
            "1.2,-0.1,-0.1",
            "0.8,0.2",
            "a,b,c",
            "",
            "0,0.5,0.5",
            "nan,0,1",
        )
    ),
    (
        (*TRAIN, "--split", "0.98,0.01,0.01"),
        ("share of 0.01 is not one row", "expected at least one", "Give more rows"),
    ),
    *(
        ((*TRAIN, "--layers", units), (f"got '{units}'", "expected whole numbers", "128,64"))
        for units in ("0", "-3", "big", "1.5", "8,,8")
    ),
    *(
        ((*TRAIN, option, given), (f"{option}: ", f"'{given}' is not known", remedy))
        for option, given, remedy in (
            ("--activation", "rely", "Did you mean 'relu'?"),
            ("--optimizer", "adma", "Did you mean 'adam'?"),
            ("--initialiser", "xaver", "Did you mean 'xavier'?"),
            ("--task", "regresion", "Did you mean 'regression'?"),
            ("--sampling", "random", "Known are: in_order, shuffled, with_replacement"),
        )
    ),
    # Typer's own
    ((*TRAIN, "--epoch", "3"), ("--epoch", "No such option", "--epochs")),
    (("trian",), ("'trian'", "No such command", "'train'")),
    (("predict", "numbers"), ("DATA", "Missing argument", "Try 'chainrule predict -h'")),
    ((*TRAIN, "--epochs"), ("Option", "'--epochs'", "requires an argument")),
    # The file of options
    (
        (*TRAIN, "--config", "no.toml"),
        ("no such file", "expected a TOML file", "config.toml of a run"),
    ),
    (
        (*TRAIN, "--config", "folder"),
        ("got a folder", "expected a TOML file", "folder/config.toml"),
    ),
    ((*TRAIN, "--config", "broken.toml"), ("no TOML", "expected lines such as", "line 1")),
    ((*TRAIN, "--config", "latin.toml"), ("not UTF-8", "expected TOML", "Save the file as UTF-8")),
    (
        (*TRAIN, "--config", "near.toml"),
        ("near.toml, epoch: got", "Known are: activation,", "Did you mean 'epochs'?"),
    ),
    (
        (*TRAIN, "--config", "python.toml"),
        ("python.toml, columns: got an option that is not known", "Known are: activation,", "."),
    ),
    (
        (*TRAIN, "--config", "types.toml"),
        ("types.toml, epochs: got 'many'", "expected a whole number", "such as 100"),
    ),
    (
        (*TRAIN, "--config", "beside.toml"),
        ("beside.toml: got epochs outside", "expected all options in it", "Move what stands"),
    ),
    (
        (*TRAIN, "--epochs", "2", "--seed", "1", "--epochs=3"),
        ("--epochs: got it 2 times", "expected it once", "Leave out all but one"),
    ),
    (
        (*PREDICT, "good.csv", "--format", "csv", "--format", "json"),
        ("--format: got it 2 times", "expected it once", "Leave out all but one"),
    ),
    (
        (*TRAIN, "--role", "kind=category", "--role", "kind=date"),
        ("--role: column 'kind': got the roles category and date", "expected one", "Leave one"),
    ),
    (
        (*TRAIN, "--optimizer", "adam:beta1=0.8,beta1=0.9"),
        ("got beta1 twice, 0.8 and 0.9", "expected it once", "Leave one out"),
    ),
    (
        (*TRAIN, "--config", "types.toml"),
        ("types.toml, layers: got 3", "expected whole numbers", "layers = [128, 64]"),
    ),
    (
        (*TRAIN, "--config", "types.toml"),
        ("types.toml, missing: got 'x'", "expected texts", 'missing = ["unknown"]'),
    ),
    # Where to write
    (
        (*TRAIN, "--out", "folder"),
        ("a path that exists already", "expected a new folder", NEW_FOLDER),
    ),
    (
        (*TRAIN, "--out", "good.csv"),
        ("a path that exists already", "expected a new folder", NEW_FOLDER),
    ),
    (
        (*TRAIN, "--out", "good.csv/run"),
        ("below good.csv, which is a file", "expected a folder that can be created", NEW_FOLDER),
    ),
    (
        ("demo", "--out", "good.csv"),
        ("good.csv: got a file", "expected a folder that can be created", NEW_FOLDER),
    ),
    # A loss that is no number is known only once training has begun.
    (
        (*TRAIN, "--preset", "plain", "--learning-rate", "1e30", "--out", "new/run"),
        ("became", "expected a finite number", "Try a smaller learning rate"),
    ),
    # Models and rows to predict
    (("predict", "none", "good.csv"), ("no such file", "expected a model", "chainrule train")),
    (
        ("predict", "unfinished", "good.csv"),
        ("without a model.safetensors", "expected the folder of a run", "Give another"),
    ),
    *(
        (("predict", model, "good.csv"), ("not a model", "expected a model.safetensors", "train"))
        for model in ("none.safetensors", "cut.safetensors", "good.csv", "empty.csv")
    ),
    (
        ("predict", "damaged.safetensors", "good.csv"),
        ("damaged.safetensors: this model can't be used", "expected the fields", "write it again"),
    ),
    ((*PREDICT, "god.csv"), ("no such file", "expected a file", "Did you mean 'good.csv'?")),
    ((*PREDICT, "empty.csv"), ("empty file", "expected a table", "Give another file")),
    (
        (*PREDICT, "kinds.csv"),
        ("got no column 'size'", "expected all of the columns", "Add what is missing"),
    ),
    (
        (*PREDICT, "text.csv"),
        ("row 1, column 'size': got 'big'", "expected a number", "--missing big"),
    ),
    (
        (*PREDICT, "good.csv", "--out", "no/x.csv"),
        ("folder that does not exist", "expected a file to write", "Make the folder no"),
    ),
    (
        (*PREDICT, "good.csv", "--out", "folder"),
        ("got a folder", "expected a file to write", "--out folder/predictions.csv"),
    ),
    # The gradient check
    *(
        (
            ("check", option, value),
            (f"{option}: got '{value}'", "expected a whole number", "such as"),
        )
        for option, value in (
            ("--inputs", "0"),
            ("--outputs", "0"),
            ("--batch-size", "0"),
            ("--coordinates", "-1"),
            ("--seed", "x"),
        )
    ),
]


@pytest.mark.parametrize(("arguments", "fragments"), WRONG, ids=lambda value: " ".join(value))
def test_the_message_says_what_was_given_and_expected_and_how_to_fix_it(
    call: Call,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    fragments: tuple[str, str, str],
) -> None:
    monkeypatch.chdir(runs)
    before = contents(runs)
    called = call(*arguments)
    assert called.status == 2
    for fragment in fragments:
        assert fragment in called.err
    assert "Traceback" not in called.err
    assert called.out == ""
    assert contents(runs) == before


def test_all_invalid_options_are_listed_at_once(call: Call, files: Path) -> None:
    called = call(*TRAIN, "--epochs", "0", "--layers", "big", "--optimizer", "adma")
    assert called.status == 2
    assert len(called.err.splitlines()) == 3


def test_the_way_to_the_run_folder_is_looked_at_before_the_data(call: Call, files: Path) -> None:
    assert "already" in call("train", "binary.csv", "--out", "folder").err


@pytest.mark.parametrize(
    "arguments",
    [(*TRAIN, "--out", "closed/run"), (*PREDICT, "good.csv", "--out", "closed/x.csv")],
    ids=lambda arguments: arguments[0],
)
def test_a_folder_that_is_not_writable_is_refused_at_once(
    call: Call, runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str]
) -> None:
    monkeypatch.chdir(runs)
    closed = tmp_path / "closed"
    closed.mkdir()
    # Permissions do not bind root, as whom tests may run: the answer about this folder is set.
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != closed)
    called = call(*(a.replace("closed", str(closed)) for a in arguments))
    assert called.status == 2
    assert "not writable" in called.err
    assert "expected" in called.err
    assert "choose another" in called.err.lower()
    assert list(closed.iterdir()) == []


def fails_with(number: int, name: str | None) -> Callable[..., None]:
    """A function that fails as the operating system does."""

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number), name)

    return fail


@pytest.mark.parametrize(
    ("number", "reason", "remedy"),
    [
        (errno.ENOSPC, "no space left", "Free some space"),
        (errno.EROFS, "read-only file system", "a disk that can be written to"),
        (errno.EACCES, "permission denied", "Change its permissions"),
        (errno.EIO, "error", "another"),
    ],
)
def test_an_error_of_the_machine_is_a_message_and_status_1(
    call: Call, files: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, remedy: str
) -> None:
    monkeypatch.setattr(durable, "append_line", fails_with(number, "run/metrics.jsonl"))
    called = call(*TRAIN, "--epochs", "1", "--layers", "4", "--out", "run")
    assert called.status == 1
    message = called.err.splitlines()[-1]
    assert message.startswith("run/metrics.jsonl: got an error of the operating system: ")
    assert reason in message
    assert remedy in message
    assert "Traceback" not in called.err
    assert not (files / "run").exists()


def test_more_than_the_memory_holds_is_a_message_and_status_1(call: Call, files: Path) -> None:
    called = call(*TRAIN, "--layers", "100000000,100000000")
    assert called.status == 1
    assert "memory" in called.err
    assert "smaller --layers" in called.err
    assert "Traceback" not in called.err
    assert not (files / "runs").exists()


def test_predictions_that_cannot_be_written_leave_the_old_ones(
    call: Call, runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "predicted.csv"
    out.write_text("old")
    monkeypatch.setattr(durable, "_sync", fails_with(errno.ENOSPC, None))
    called = call("predict", runs / "numbers", runs / "good.csv", "--out", out)
    assert called.status == 1
    assert "Free some space" in called.err
    assert contents(tmp_path) == {"predicted.csv": 3}


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "caf\udce9.csv", "--target", "price"),
        (*TRAIN, "--out", "caf\udce9"),
        (*TRAIN, "--missing", "caf\udce9"),
        (*TRAIN, "--activation", "caf\udce9"),
    ],
)
def test_text_that_is_not_utf8_is_refused_before_anything_is_read(
    call: Call, files: Path, arguments: tuple[str, ...]
) -> None:
    before = contents(files)
    called = call(*arguments)
    assert called.status == 2
    assert r"got 'caf\xe9" in called.err
    assert "expected UTF-8. Rename the file" in called.err
    assert contents(files) == before


def test_a_working_folder_that_is_not_utf8_is_refused(
    call: Call, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os.path, "abspath", lambda _: "/home/caf\udce9")
    called = call(*TRAIN)
    assert called.status == 2
    assert r"got '/home/caf\xe9', which is not encoded as UTF-8, expected UTF-8" in called.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "numbers", "priced.csv", "--out", "pipe.csv"),
        ("evaluate", "numbers", "priced.csv", "--out", "pipe.csv"),
        ("check", "--layers", "4", "--draw", "pipe.dot"),
        ("predict", "pipe.csv", "priced.csv"),
    ],
)
def test_a_device_or_a_pipe_is_neither_replaced_nor_read(
    call: Call, runs: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    for name in ("pipe.csv", "pipe.dot"):
        os.mkfifo(tmp_path / name)
    places = {name: tmp_path / name for name in ("pipe.csv", "pipe.dot")}
    places |= {name: runs / name for name in ("numbers", "priced.csv")}
    called = call(*(places.get(argument, argument) for argument in arguments))
    assert called.status == 2
    assert "got a device or a pipe, expected a" in called.err
    assert all(path.is_fifo() for path in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 2


def test_a_report_that_cannot_be_written_advises_no_option_that_it_lacks(
    call: Call, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _, mode: mode == os.R_OK)
    called = call("report", runs / "numbers")
    assert called.status == 2
    assert "not writable" in called.err
    assert "--out" not in called.err
