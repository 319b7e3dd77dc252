"""chainrule range-test: proposes a learning rate and draws why."""

import re
from pathlib import Path

from tests.cli.conftest import Call

COMMAND = ("range-test", "priced.csv", "--target", "price")


def test_the_rate_of_the_preset_is_printed_with_the_proposed_one(call: Call, files: Path) -> None:
    called = call(*COMMAND, "--out", "rates.png")
    assert called.status == 0
    assert "(with the preset strong: 0.2)" in called.out


def test_a_learning_rate_is_proposed_and_the_curve_drawn(call: Call, files: Path) -> None:
    called = call(*COMMAND, "--optimizer", "adam", "--preset", "plain", "--out", "rates.png")
    assert called.status == 0
    proposed = re.search(r"Proposed: --learning-rate (\S+) \(default of adam: 0.001\)", called.out)
    assert proposed is not None
    assert 1e-4 < float(proposed[1]) < 1
    assert (files / "rates.png").read_bytes().startswith(b"\x89PNG")


def test_a_rate_that_was_given_is_not_said_to_be_that_of_the_preset(
    call: Call, files: Path
) -> None:
    called = call(*COMMAND, "--learning-rate", "0.03")
    assert "(given: 0.03)" in called.out


def test_it_leaves_no_run(call: Call, files: Path) -> None:
    call(*COMMAND)
    assert not (files / "runs").exists()


def test_it_takes_the_options_of_training(call: Call, files: Path) -> None:
    called = call(*COMMAND, "--optimizer", "momentum", "--network", "linear")
    assert "default of momentum: 0.01" in called.out


def test_without_data_it_says_how_to_name_it(call: Call) -> None:
    called = call("range-test")
    assert called.status == 2
    assert "chainrule range-test houses.csv --target price" in called.err


def test_a_picture_can_not_be_written_into_a_folder_that_is_a_file(call: Call, files: Path) -> None:
    called = call(*COMMAND, "--out", "good.csv/rates.png")
    assert called.status == 2
    assert "expected a folder" in called.err
