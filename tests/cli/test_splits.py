"""Splits of rows by options of the command line: notes and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import QUICK, Call, contents, csv

ROWS = 90
HEAD = ("size", "patient", "day", "part", "price")


def visits(first: int = 0, rows: int = ROWS) -> list[tuple[object, ...]]:
    """Three visits of each patient, a day apart."""
    return [
        (
            round(number * 0.37 % 1, 3),
            f"p{number % 30}",
            f"2024-{1 + number // 28:02d}-{1 + number % 28:02d}",
            ("train", "train", "train", "validation", "test")[number % 5],
            round(number * 0.11 % 1, 3),
        )
        for number in range(first, first + rows)
    ]


@pytest.fixture(autouse=True)
def _visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(name: str, rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD) -> None:
        (tmp_path / name).write_text(csv(head, rows))

    write("visits.csv", visits())
    write("later.csv", visits(first=ROWS, rows=30))
    write("copies.csv", visits() * 3)
    write("no-patient.csv", [(a, d, e, f) for a, _, d, e, f in visits()], ("size", *HEAD[2:]))
    write("one-patient.csv", [(a, "p1", *rest) for a, _, *rest in visits()])
    write("unnamed.csv", [(a, "" if a == 0.74 else b, *rest) for a, b, *rest in visits()])
    write("soon.csv", [(a, b, "soon" if a == 0.74 else c, *r) for a, b, c, *r in visits()])
    write("tset.csv", [(a, b, c, "tset" if a == 0.74 else d, e) for a, b, c, d, e in visits()])
    write("no-training.csv", [(a, b, c, "test", e) for a, b, c, _, e in visits()])
    monkeypatch.chdir(tmp_path)


TRAIN = ("train", "visits.csv", "--target", "price", *QUICK)


def result(call: Call, *arguments: object) -> dict[str, Any]:
    called = call(*TRAIN, *arguments, "--out", "run", "--json")
    assert called.status == 0, called.err
    outcome: dict[str, Any] = json.loads(called.out)
    return outcome


@pytest.mark.usefixtures("no_report")
def test_rows_of_a_group_go_to_one_part(call: Call) -> None:
    outcome = result(call, "--group", "patient")
    assert outcome["leaks"] == []
    assert outcome["samples"] == {"training": 63, "validation": 15, "test": 12}
    assert any(
        "column 'patient': split by 30 groups, 21 in training" in n for n in outcome["notes"]
    )


@pytest.mark.usefixtures("no_report")
def test_the_latest_rows_are_tested_on(call: Call) -> None:
    notes = result(call, "--time", "day")["notes"]
    assert (
        "visits.csv, column 'day': split by time, training until 2024-03-07, validation until "
        "2024-03-20, test until 2024-04-06"
    ) in notes


@pytest.mark.usefixtures("no_report")
def test_rows_go_where_a_column_says(call: Call) -> None:
    samples = result(call, "--split-column", "part")["samples"]
    assert samples == {"training": 54, "validation": 18, "test": 18}


@pytest.mark.usefixtures("no_report")
def test_files_of_their_own_are_validation_and_test(call: Call) -> None:
    files = ("--validation-data", "later.csv", "--test-data", "later.csv")
    assert result(call, *files)["samples"] == {"training": 90, "validation": 30, "test": 30}


@pytest.mark.usefixtures("no_report")
def test_a_run_is_repeated_from_its_configuration(call: Call, tmp_path: Path) -> None:
    first = result(call, "--group", "patient", "--validation-data", "later.csv")
    called = call("train", "--config", "run/config.toml", "--out", "again", "--json")
    again = json.loads(called.out)
    assert again["test"] == first["test"]
    assert again["samples"] == first["samples"]


def test_a_group_that_is_split_is_a_leak_of_the_run(call: Call, tmp_path: Path) -> None:
    called = call(*TRAIN, "--out", "run")
    scores = called.out[called.out.index("baseline") :]
    assert "\ncaution: visits.csv: " in scores
    assert "of 'patient' in the test are also in training" in scores
    assert "note: visits.csv: column 'patient' looks like a group" in called.out
    stored = json.loads((tmp_path / "run" / "test.json").read_text())
    assert f"caution: {stored['leaks'][0]}" in called.out
    report = (tmp_path / "run" / "report.html").read_text()
    assert "in the test are also in training" in report[: report.index("<table")]


@pytest.mark.usefixtures("no_report")
def test_test_rows_that_are_training_rows_are_a_leak(call: Call) -> None:
    called = call("train", "copies.csv", "--target", "price", *QUICK, "--out", "run")
    assert "test rows" in called.out[called.out.index("\ncaution: copies.csv: ") :]
    together = ("--duplicates", "together", "--out", "together")
    assert "caution" not in call("train", "copies.csv", "--target", "price", *QUICK, *together).out


def test_folds_of_groups_and_of_times_are_described(call: Call) -> None:
    arguments = ("cross-validate", "visits.csv", "--target", "price", "--folds", "3", *QUICK)
    groups = call(*arguments, "--group", "patient")
    assert "caution" not in groups.out
    times = call(*arguments, "--time", "day")
    assert re.search(r"trained on 18 to \d+ earlier samples only and validated on", times.out)
    plain = call(*arguments)
    assert "caution: fold 1, and other folds with other numbers: visits.csv: " in plain.out


WRONG: list[tuple[tuple[str, ...], tuple[str, str, str]]] = [
    (
        ("visits.csv", "--group", "patients"),
        ("got the group 'patients'", "expected one of its columns", "Did you mean 'patient'?"),
    ),
    (
        ("visits.csv", "--group", "patient", "--test-data", "no-patient.csv"),
        ("no-patient.csv: got the group 'patient'", "expected one of its columns", "'size'"),
    ),
    (
        ("no-patient.csv", "--group", "patient"),
        ("no-patient.csv: got the group 'patient'", "expected one of its columns", "'size'"),
    ),
    (
        ("one-patient.csv", "--group", "patient"),
        ("got 1 group of rows", "expected at least 3, for training", "Give rows of more groups"),
    ),
    (
        ("unnamed.csv", "--group", "patient"),
        ("unnamed.csv, row 3, column 'patient': got no value", "expected the group", "Fill it in"),
    ),
    (
        ("visits.csv", "--group", "price"),
        ("got the group 'price'", "expected one of its columns", "'patient'"),
    ),
    (
        ("soon.csv", "--time", "day"),
        ("soon.csv, row 3, column 'day': got 'soon'", "expected a date", "Correct the value"),
    ),
    (
        ("visits.csv", "--time", "patient"),
        ("visits.csv, row 1, column 'patient': got 'p0'", "expected a date", "2024-01-31"),
    ),
    (
        ("visits.csv", "--time", "days"),
        ("got the time 'days'", "expected one of its columns", "Did you mean 'day'?"),
    ),
    (
        ("tset.csv", "--split-column", "part"),
        ("tset.csv, row 3, column 'part': got 'tset'", "expected one of train", "Correct the"),
    ),
    (
        ("no-training.csv", "--split-column", "part"),
        ("got no row for training", "expected at least one", "Mark the rows to learn from"),
    ),
    (
        ("visits.csv", "--split-column", "part", "--test-data", "later.csv"),
        ("got 18 rows for test and separate data for it", "expected one", "Leave out --test-data"),
    ),
    (
        ("visits.csv", "--group", "patient", "--time", "day"),
        ("got group and time", "expected one way to split the rows", "Leave out all but one"),
    ),
    (
        ("visits.csv", "--duplicates", "apart"),
        ("--duplicates: duplicates 'apart' is not known", "Known are", "together"),
    ),
    (
        ("visits.csv", "--validation-data", "latter.csv"),
        ("latter.csv: got no such file", "expected a file", "'later.csv'?"),
    ),
    (
        ("copies.csv", "--duplicates", "together", "--group", "patient"),
        ("got group and duplicates", "expected one way to split", "Leave out all but one"),
    ),
]


@pytest.mark.parametrize(("arguments", "fragments"), WRONG, ids=lambda value: " ".join(value))
def test_the_message_says_what_was_given_and_expected_and_how_to_fix_it(
    call: Call, tmp_path: Path, arguments: tuple[str, ...], fragments: tuple[str, str, str]
) -> None:
    before = contents(tmp_path)
    called = call("train", *arguments, "--target", "price")
    assert called.status == 2
    for fragment in fragments:
        assert fragment in called.err
    assert "Traceback" not in called.err
    assert called.out == ""
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--split-column", "part", "cross-validation tests on each part of the data in turn"),
        ("--validation-data", "later.csv", "cross-validation tests on each fold of DATA in turn"),
        ("--test-data", "later.csv", "cross-validation tests on each fold of DATA in turn"),
    ],
)
def test_a_cross_validation_refuses_parts_of_ones_own(
    call: Call, option: str, value: str, message: str
) -> None:
    called = call("cross-validate", "visits.csv", "--target", "price", option, value)
    assert called.status == 2
    assert message in called.err
