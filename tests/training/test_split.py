"""How the settings split rows: at random, by group, by time, as marked, equal rows together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule.data.dataset import Images
from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.training.cross_validation import cross_validate, prepare_folds
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from chainrule.training.train import train
from tests.training import toys

ROWS = 120


def table(**columns: object) -> Table:
    """A small table that can be learned, with further columns."""
    small = toys.table("regression", rows=ROWS)
    more = tuple(Column(name, np.asarray(values)) for name, values in columns.items())
    return replace(small, columns=(*small.columns, *more))


PATIENTS = np.array([f"p{row % 30}" for row in range(ROWS)], dtype=object)
DAYS = np.arange(float(ROWS))[::-1].copy()
PARTS = np.array(["train"] * 90 + ["validation"] * 10 + ["test"] * 20, dtype=object)


def prepared(data: Table, **settings: Any) -> Prepared:
    own = {name: settings.pop(name, None) for name in ("validation", "test")}
    return prepare(data, Settings(**settings), **own)


def test_the_column_of_groups_is_not_learned_from() -> None:
    samples = prepared(table(patient=PATIENTS), group="patient")
    assert samples.preparation.columns == ("a", "b", "c")
    assert samples.sizes == {"training": 84, "validation": 20, "test": 16}
    assert (
        "toy.csv, column 'patient': split by 30 groups, 21 in training, 5 in validation, 4 in test"
    ) in samples.notes


def test_the_column_of_marks_is_not_learned_from() -> None:
    samples = prepared(table(part=PARTS), split_column="part")
    assert samples.preparation.columns == ("a", "b", "c")
    assert samples.sizes == {"training": 90, "validation": 10, "test": 20}


def test_the_column_of_times_is_learned_from_as_new_rows_have_a_time_too() -> None:
    samples = prepared(table(day=DAYS), time="day")
    assert samples.preparation.columns == ("a", "b", "c", "day")
    assert samples.sizes == {"training": 84, "validation": 18, "test": 18}
    assert (
        "toy.csv, column 'day': split by time, training until 83, validation until 101, "
        "test until 119"
    ) in samples.notes


def copied() -> Table:
    """Each row four times, in any order."""
    rows = np.random.default_rng(0).permutation(np.arange(ROWS) % 30)
    return toys.table("regression", rows=ROWS).take(rows)


def test_equal_rows_go_to_one_part_with_the_option() -> None:
    plain, together = prepared(copied()), prepared(copied(), duplicates="together")
    assert [len(plain.leaks), len(together.leaks)] == [1, 0]
    assert "test rows" in plain.leaks[0]
    assert set(plain.leaks) <= set(plain.notes)


def test_validation_and_test_of_their_own_leave_all_rows_for_training() -> None:
    validation, test = toys.table("regression", 20, seed=1), toys.table("regression", 30, seed=2)
    samples = prepared(table(), validation=validation, test=test)
    assert samples.sizes == {"training": ROWS, "validation": 20, "test": 30}


def test_validation_of_its_own_leaves_the_shares_of_the_others() -> None:
    samples = prepared(
        table(), validation=toys.table("regression", 20, seed=1), split=(0.6, 0.2, 0.2)
    )
    assert samples.sizes == {"training": 90, "validation": 20, "test": 30}


def test_rows_of_a_validation_of_its_own_count_by_their_own_weights() -> None:
    data = table(weight=np.full(ROWS, 2.0))
    validation = table(weight=np.arange(float(ROWS))).take(np.arange(4))
    samples = prepared(data, validation=validation, sample_weight="weight")
    assert samples.validation is not None
    assert samples.validation.weights is not None
    assert samples.validation.weights.tolist() == [0.5, 1, 1.5]  # the row of weight 0 is left out


def test_settings_are_given_to_train_by_the_same_names() -> None:
    data, network = table(part=PARTS), toys.network("regression")
    run = train(network, data, split_column="part", epochs=1, progress=False)
    assert run.sizes == {"training": 90, "validation": 10, "test": 20}


def test_several_ways_to_split_are_refused() -> None:
    with pytest.raises(InputError) as error:
        prepared(table(patient=PATIENTS, day=DAYS), group="patient", time="day")
    assert str(error.value) == (
        "got group and time, expected one way to split the rows. Leave out all but one."
    )


def test_rows_marked_for_a_part_that_has_data_of_its_own_are_refused() -> None:
    with pytest.raises(InputError) as error:
        prepared(table(part=PARTS), test=table(), split_column="part")
    assert str(error.value) == (
        "toy.csv, column 'part': got 20 rows for test and separate data for it, expected one of "
        "the two. Leave out --test-data, or these rows."
    )


@pytest.mark.parametrize("setting", ["group", "time", "split_column"])
def test_pictures_have_no_column_to_be_split_by(setting: str) -> None:
    pictures = Images("p", np.zeros((20, 2, 2), np.uint8), Column("y", np.arange(20.0) % 2))
    by_writer: dict[str, Any] = {setting: "writer"}
    with pytest.raises(InputError, match="of pictures, which have no columns; expected a table"):
        prepare(pictures, Settings(**by_writer))


def test_a_group_is_in_one_fold_of_a_cross_validation() -> None:
    folds = prepare_folds(table(patient=PATIENTS), Settings(group="patient"), folds=5)
    assert [fold.sizes["test"] for fold in folds] == [24] * 5
    assert [fold.leaks for fold in folds] == [()] * 5
    notes = [note for fold in folds for note in fold.notes]
    assert all("split by 24 groups" in note for note in notes if "split by" in note)


def test_folds_by_time_are_tested_on_what_comes_after_what_they_learned_from() -> None:
    data = table(day=DAYS)
    folds = prepare_folds(data, Settings(time="day", scaling="none"), folds=3)
    assert [fold.sizes["test"] for fold in folds] == [30, 30, 30]
    for fold in folds:
        days = []
        for part in (fold.training, fold.validation, fold.test):
            assert isinstance(part, Samples)
            days.append(part.features[slice(None)][:, 3])
        assert days[0].max() < days[1].min()
        assert days[1].max() < days[2].min()


def test_equal_rows_are_in_one_fold_with_the_option() -> None:
    folds = prepare_folds(copied(), Settings(duplicates="together"), folds=4)
    assert [fold.leaks for fold in folds] == [()] * 4


def test_a_cross_validation_makes_its_own_parts() -> None:
    with pytest.raises(InputError) as error:
        cross_validate(toys.network("regression"), table(part=PARTS), split_column="part")
    assert str(error.value) == (
        "split_column: got 'part', but cross-validation tests on each part of the data in turn; "
        "expected none. Leave it out, or train once."
    )
