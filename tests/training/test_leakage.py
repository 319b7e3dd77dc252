"""Reasons why test scores are too good are detected, and listed with the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read
from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.settings.settings import Settings
from tests.training import toys

ROWS = 120
PATIENTS = np.array([f"p{row % 30}" for row in range(ROWS)], dtype=object)


def table(**columns: object) -> Table:
    """A small table that can be learned, with further columns."""
    small = toys.table("regression", rows=ROWS)
    more = tuple(Column(name, np.asarray(values)) for name, values in columns.items())
    return replace(small, columns=(*small.columns, *more))


def copied() -> Table:
    """Each row four times, in any order."""
    rows = np.random.default_rng(0).permutation(np.arange(ROWS) % 30)
    return toys.table("regression", rows=ROWS).take(rows)


def prepared(data: Table, **settings: Any) -> Prepared:
    test = settings.pop("test", None)
    return prepare(data, Settings(**settings), test=test)


def test_red_wine_has_test_rows_in_training(data_folder: Path) -> None:
    wine = read(data_folder / "wine-quality" / "winequality-red.csv", target="quality")
    (leak,) = prepare(wine, Settings()).leaks
    assert "test rows" in leak
    assert prepare(wine, Settings(duplicates="together")).leaks == ()


def test_a_table_without_equal_rows_has_no_leak() -> None:
    assert prepared(table()).leaks == ()


def test_a_column_that_looks_like_a_group_is_a_leak_with_a_remedy() -> None:
    samples = prepared(table(patient=PATIENTS))
    assert "column 'patient' looks like a group: 30 values, 4.0 rows each" in "".join(samples.notes)
    (leak,) = samples.leaks
    assert "of 'patient' in the test are also in training" in leak


def test_nothing_is_offered_where_rows_are_split_by_it() -> None:
    notes = prepared(table(patient=PATIENTS), group="patient").notes
    assert not any("looks like" in note for note in notes)


def test_a_test_of_its_own_is_looked_through_for_groups_of_training() -> None:
    data = table(patient=PATIENTS)
    training, test = data.take(np.arange(90)), data.take(np.arange(90, ROWS))
    samples = prepared(training, test=test, group="patient")
    (leak,) = samples.leaks  # of 30 patients of the first 90 rows, 5 are in validation
    assert "25 of 30 values of 'patient' in the test are also in training" in leak


def test_a_test_of_its_own_without_the_column_of_groups_is_refused() -> None:
    with pytest.raises(InputError, match=r"got the group 'patient', expected one of its columns"):
        prepared(table(patient=PATIENTS), test=table(), group="patient")


def test_classes_that_a_test_file_spells_with_a_full_stop_are_still_the_same() -> None:
    data = toys.table("binary", rows=60)
    assert data.target is not None
    stopped = np.array([f"{label}." for label in data.target.values], dtype=object)
    test = replace(data, source="test.csv", target=Column("target", stopped))
    (leak,) = prepared(data, test=test).leaks
    training = round(60 * 0.7 / 0.85)
    assert (
        f"test.csv: {training} of 60 test rows ({training / 60:.1%}) are also in training" in leak
    )


def test_the_run_tells_the_leaks_of_its_split() -> None:
    run = toys.run("regression", on=prepared(copied()), epochs=1)
    assert run.leaks == prepared(copied()).leaks
    ensemble = toys.run("regression", on=prepared(copied()), epochs=1, members=2)
    assert ensemble.leaks == run.leaks


def test_a_column_that_rescales_the_target_is_a_leak() -> None:
    target = table().target
    assert target is not None
    (leak,) = prepared(table(cents=100 * target.values)).leaks
    assert leak.startswith("toy.csv: Column 'cents' may leak the target 'target': ")
    assert leak.endswith("leave it out: --drop cents")


def test_a_column_that_nothing_is_learned_from_gives_nothing_away() -> None:
    target = table().target
    assert target is not None
    options = ReadOptions(role={"cents": "identifier"})
    left_out = replace(table(cents=100 * target.values), read_options=options)
    assert prepared(left_out).leaks == ()


def test_copies_do_not_make_a_column_look_as_if_it_gave_the_target_away() -> None:
    assert prepared(copied(), duplicates="together").leaks == ()


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("adult/adult-train.csv", "income"),
        ("california-housing/housing.csv", "median_house_value"),
        ("titanic/titanic.csv", "Survived"),
    ],
)
def test_well_known_tables_are_split_without_a_leak(
    data_folder: Path, file: str, target: str
) -> None:
    assert prepare(read(data_folder / file, target=target), Settings()).leaks == ()
