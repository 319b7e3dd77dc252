"""Split by group: no group is in two parts, and shares and classes come near what was asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.model_selection import StratifiedGroupKFold

from chainrule.data.dataset import Images
from chainrule.data.splits import Groups, Shares, Split, group_folds, groups_of, split_groups
from chainrule.data.table import Column, Table
from chainrule.errors import InputError

SHARES = (0.7, 0.15, 0.15)


def groups(numbers: list[int]) -> Groups:
    return Groups("visits.csv, column 'patient'", np.unique(numbers, return_inverse=True)[1])


def numbers(rows: int) -> Column:
    return Column("y", np.arange(float(rows)))


def parts_of(split: Split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


@given(
    given=some.lists(some.integers(0, 9), min_size=3, max_size=80).filter(
        lambda g: len(set(g)) > 2
    ),
    shares=some.sampled_from([SHARES, (0.8, 0.2, 0.0), (0.5, 0.0, 0.5), (1.0, 0.0, 0.0)]),
    seed=some.integers(0, 99),
)
def test_each_row_is_in_one_part_and_each_group_in_one_too(
    given: list[int], shares: Shares, seed: int
) -> None:
    split = split_groups(groups(given), numbers(len(given)), "regression", shares, seed)
    rows = np.concatenate(parts_of(split))
    assert sorted(rows.tolist()) == list(range(len(given)))
    met = [set(np.array(given)[part].tolist()) for part in parts_of(split)]
    assert sum(map(len, met)) == len(set(given))
    assert [len(part) > 0 for part in parts_of(split)] == [share > 0 for share in shares]


def test_parts_are_near_their_shares() -> None:
    sizes = np.random.default_rng(0).integers(1, 12, size=200)
    given = np.repeat(np.arange(200), sizes).tolist()
    split = split_groups(groups(given), numbers(len(given)), "regression", SHARES, seed=0)
    for rows, share in zip(parts_of(split), SHARES, strict=True):
        assert abs(len(rows) - share * len(given)) <= 1


def test_classes_are_as_near_to_their_shares_as_scikit_learn_brings_them() -> None:
    draw = np.random.default_rng(3)
    given = np.repeat(np.arange(120), draw.integers(1, 20, size=120))
    # Each group mostly has one class, and the rare one is in a tenth of them.
    own = draw.choice(3, size=120, p=[0.6, 0.3, 0.1])[given]
    classes = np.where(draw.random(len(given)) < 0.8, own, draw.integers(0, 3, len(given)))
    folds = group_folds(groups(given.tolist()), Column("y", classes * 1.0), "classification", 5, 0)
    theirs = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(given, classes, given)

    def furthest(parts: list[np.ndarray]) -> float:
        shares = [np.bincount(classes[test], minlength=3) / np.bincount(classes) for test in parts]
        return float(np.abs(np.array(shares) - 1 / 5).max())

    assert furthest([fold.test for fold in folds]) <= furthest([test for _, test in theirs])


def test_as_few_groups_as_parts_give_each_part_one() -> None:
    split = split_groups(groups([0] * 50 + [1] * 50 + [2]), numbers(101), "regression", SHARES, 0)
    assert sorted(len(part) for part in parts_of(split)) == [1, 50, 50]
    assert len(split.train) == 50


def test_the_same_seed_gives_the_same_split_and_another_another() -> None:
    given = groups(np.arange(60).repeat(2).tolist())
    first, again, other = (
        split_groups(given, numbers(120), "regression", SHARES, seed) for seed in (1, 1, 2)
    )
    assert first.test.tolist() == again.test.tolist()
    assert first.test.tolist() != other.test.tolist()


def test_a_group_is_tested_in_one_fold_and_then_not_learned_from() -> None:
    given = np.random.default_rng(0).integers(0, 20, size=100)
    folds = group_folds(groups(given.tolist()), numbers(100), "regression", 4, seed=0)
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(100))
    for fold in folds:
        assert set(given[fold.train]).isdisjoint(given[fold.test])


def test_the_note_tells_how_many_groups_each_part_got() -> None:
    given = groups([0, 1, 2, 3])
    split = Split(np.array([0, 2]), np.array([1]), np.array([3]))
    assert given.note(split) == (
        "visits.csv, column 'patient': split by 4 groups, 2 in training, 1 in validation, 1 in test"
    )


def table(values: list[object]) -> Table:
    column = Column("patient", np.array(values, dtype=object))
    return Table("visits.csv", (column,), numbers(len(values)))


def test_groups_may_be_named_by_numbers_or_text() -> None:
    assert groups_of(table(["b", "a", "b"]), "patient").numbers.tolist() == [1, 0, 1]
    by_number = Table("t.csv", (Column("patient", np.array([7.0, 3.0, 7.0])),), numbers(3))
    assert groups_of(by_number, "patient").numbers.tolist() == [1, 0, 1]


def refusal(of: Groups, folds: int = 3) -> str:
    with pytest.raises(InputError) as error:
        group_folds(of, numbers(len(of.numbers)), "regression", folds, seed=0)
    return str(error.value)


def test_fewer_groups_than_parts_are_refused() -> None:
    with pytest.raises(InputError) as error:
        split_groups(groups([4, 4, 4]), numbers(3), "regression", SHARES, seed=0)
    assert str(error.value) == (
        "visits.csv, column 'patient': got 1 group of rows, expected at least 3, for training and "
        "validation and test one each. Give rows of more groups, or split in another way."
    )


def test_fewer_groups_than_folds_are_refused() -> None:
    assert "got 2 groups of rows, expected at least 3, for each fold one." in refusal(
        groups([0, 1])
    )


def test_fewer_folds_than_two_are_refused() -> None:
    message = refusal(groups([0, 1]), folds=1)
    assert message == "folds: got 1, expected at least 2. Usual are 5 or 10."


def test_a_row_without_a_group_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as error:
        groups_of(table(["a", None, "b"]), "patient")
    assert str(error.value) == (
        "visits.csv, row 2, column 'patient': got no value, expected the group of every row. "
        "Fill it in, or leave the row out. (Rows are counted from 1, the header is not counted.)"
    )


def test_a_column_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"got the group 'patients', .* Did you mean 'patient'\?"):
        groups_of(table(["a"]), "patients")


def test_pictures_have_no_column_of_groups() -> None:
    pictures = Images("digits", np.zeros((3, 2, 2), np.uint8), numbers(3))
    with pytest.raises(InputError) as error:
        groups_of(pictures, "writer")
    assert str(error.value) == (
        "digits: got the column 'writer' as the group of pictures, which have no columns; expected "
        "a table. Leave it out, or give separate files for validation and test."
    )
