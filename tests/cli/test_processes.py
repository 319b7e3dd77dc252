"""Behaviour of a real process: exit statuses, a live bar on a terminal, Ctrl-C, a closed pipe."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Call

CHAINRULE = [sys.executable, "-W", "error", "-c", "from chainrule.cli import main; main()"]
# No epoch is better than all before for so long that patience would end it: only we do.
ENDLESS = ["--preset", "plain", "--epochs", "1000000", "--patience", "0", "--layers", "8"]
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "TERM": "xterm", "COLUMNS": "100", "OMP_NUM_THREADS": "1", **more}


def wait_for_epochs(folder: Path, epochs: int) -> None:
    """Until the run in a folder has that many."""
    metrics = folder / "metrics.jsonl"
    deadline = time.monotonic() + SECONDS
    while not metrics.exists() or len(metrics.read_text().splitlines()) < epochs:
        assert time.monotonic() < deadline, "training does not get on"
        time.sleep(0.05)


def test_ctrl_c_ends_training_with_the_best_weights_so_far(call: Call, files: Path) -> None:
    arguments = ["train", "good.csv", "--target", "kind", "--out", "run", "--json", *ENDLESS]
    with subprocess.Popen(
        [*CHAINRULE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        wait_for_epochs(files / "run", 3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    result = json.loads(out)
    assert result["stopped"] == "interrupted"
    metrics = files / "run" / "metrics.jsonl"
    history = [json.loads(line) for line in metrics.read_text().splitlines()]
    best = min(history, key=lambda record: record["validation_loss"])
    assert result["best"] == best
    assert call("predict", "run", "good.csv").status == 0


def on_a_terminal(arguments: list[str], folder: Path, **more: str) -> tuple[int, str]:
    """Exit status and output of a run on a pseudo-terminal, which is interrupted as by its keys."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*CHAINRULE, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**more),
        start_new_session=True,
    )
    os.close(theirs)
    output, stopped, deadline = b"", False, time.monotonic() + SECONDS
    try:
        while time.monotonic() < deadline:
            ready, _, _ = select.select([ours], [], [], 0.2)
            try:
                piece = os.read(ours, 65536) if ready else b""
            except OSError:  # as Linux says that the other end was closed
                break
            if ready and not piece:
                break
            output += piece
            if not stopped and output.count(b"samples/s") > 3:
                process.send_signal(signal.SIGINT)
                stopped = True
        return process.wait(SECONDS), output.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize("colour", [True, False], ids=["colour", "NO_COLOR"])
def test_a_terminal_shows_a_live_bar_and_then_the_result_alone(files: Path, colour: bool) -> None:
    arguments = ["train", "good.csv", "--target", "kind", "--out", "run", *ENDLESS]
    surroundings = {} if colour else {"NO_COLOR": "1"}
    status, output = on_a_terminal(arguments, files, **surroundings)
    assert status == 0
    shown, result = output.rsplit("\x1b[2K", 1)  # the bar is wiped out at last
    for word in ("epoch ", "loss ", "validation loss ", "samples/s"):
        assert word in shown
    assert ("━" in shown) == colour  # the part that is not done yet is drawn by colour alone
    assert "━" not in result
    assert "it was interrupted" in result
    assert "\x1b[" not in result
    assert ("\x1b[36m" in shown) == colour


def test_a_reader_that_leaves_early_is_no_error_with_a_traceback(runs: Path) -> None:
    command = [*CHAINRULE, "predict", str(runs / "numbers"), str(runs / "priced.csv")]
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert ended.returncode == 1
    assert ended.stderr == ""


def test_wrong_input_is_exit_status_2_of_the_process(files: Path) -> None:
    ended = subprocess.run(
        [*CHAINRULE, "train", "god.csv"], capture_output=True, text=True, env=environment()
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("god.csv: got no such file")


def in_a_shell(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The end of chainrule with these arguments, and redirections of a shell."""
    line = f'"$@" {command}'
    return subprocess.run(
        ["sh", "-c", line, "sh", *CHAINRULE, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
    )


def test_a_closed_output_is_refused(runs: Path) -> None:
    ended = in_a_shell(">&-", "predict", str(runs / "numbers"), str(runs / "priced.csv"))
    assert ended.returncode == 2
    assert ended.stderr == (
        "got a standard output that is closed, expected one to print the result to. Redirect it to "
        "a file, or to /dev/null.\n"
    )


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_closed_input_is_refused_where_rows_are_expected_from_it(
    runs: Path, command: str
) -> None:
    ended = in_a_shell("<&-", command, str(runs / "numbers"), "-")
    assert ended.returncode == 2
    assert ended.stderr.startswith("got a standard input that is closed, expected rows from it")


def test_without_an_error_output_notes_do_not_get_into_the_result(runs: Path) -> None:
    arguments = ["predict", str(runs / "numbers"), str(runs / "priced.csv")]
    closed, open_ = in_a_shell("2>&-", *arguments), in_a_shell("", *arguments)
    assert closed.returncode == 0
    assert "note: " in open_.stderr
    assert closed.stdout == open_.stdout


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no full device here")
def test_a_full_output_is_status_1(runs: Path) -> None:
    ended = in_a_shell(">/dev/full", "predict", str(runs / "numbers"), str(runs / "priced.csv"))
    assert ended.returncode == 1
    assert "no space left on device. Free some space on this disk" in ended.stderr
    assert "Traceback" not in ended.stderr
