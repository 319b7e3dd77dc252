"""Split by shares: rows drawn at random, each class by the same shares."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from chainrule.data.splits import Shares, Split, remaining_shares, split_rows
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError

SHARES = [(0.8, 0.1, 0.1), (0.6, 0.2, 0.2), (0.7, 0.3, 0.0), (1.0, 0.0, 0.0), (1 / 3, 1 / 3, 1 / 3)]


def classes(*counts: int) -> Column:
    return Column("y", np.repeat(np.arange(float(len(counts))), counts))


def split_or_skip(target: Column, task: Task, shares: Shares, seed: int) -> Split:
    try:
        return split_rows(target, task, shares, seed)
    except InputError:
        assume(False)
        raise


@given(
    counts=some.lists(some.integers(1, 30), min_size=1, max_size=12),
    shares=some.sampled_from(SHARES),
    seed=some.integers(0, 2**31),
    task=some.sampled_from(["regression", "classification"]),
)
def test_a_split_is_a_partition(counts: list[int], shares: Shares, seed: int, task: Task) -> None:
    split = split_or_skip(classes(*counts), task, shares, seed)
    rows = np.concatenate([split.train, split.validation, split.test])
    assert sorted(rows.tolist()) == list(range(sum(counts)))
    assert rows.dtype == np.int64


@given(
    counts=some.lists(some.integers(1, 30), min_size=1, max_size=12),
    shares=some.sampled_from(SHARES),
    seed=some.integers(0, 2**31),
)
def test_each_class_is_divided_by_the_shares_within_one_row(
    counts: list[int], shares: Shares, seed: int
) -> None:
    target = classes(*counts)
    split = split_or_skip(target, "classification", shares, seed)
    for label, count in enumerate(counts):
        for rows, share in zip((split.train, split.validation, split.test), shares, strict=True):
            assert abs((target.values[rows] == label).sum() - share * count) < 1 + 1e-9


@given(counts=some.lists(some.integers(1, 5), min_size=2, max_size=9), seed=some.integers(0, 99))
def test_every_class_keeps_a_row_for_training(counts: list[int], seed: int) -> None:
    target = classes(*counts)
    split = split_or_skip(target, "classification", (0.2, 0.4, 0.4), seed)
    assert set(target.values[split.train]) == set(target.values)


def test_small_classes_do_not_all_favour_the_same_part() -> None:
    split = split_rows(classes(*[5] * 40), "classification", (0.8, 0.1, 0.1), seed=0)
    assert [len(split.train), len(split.validation), len(split.test)] == [160, 20, 20]


def test_texts_are_classes_too() -> None:
    target = Column("y", np.array(["a"] * 10 + ["b"] * 20, object))
    split = split_rows(target, "binary", (0.8, 0.1, 0.1), seed=0)
    assert (target.values[split.test] == "b").sum() == 2


def test_the_same_seed_gives_the_same_split_and_another_another() -> None:
    first, again, other = (
        split_rows(classes(50, 50), "binary", (0.8, 0.1, 0.1), seed) for seed in (1, 1, 2)
    )
    assert first.test.tolist() == again.test.tolist()
    assert first.test.tolist() != other.test.tolist()


def test_the_rows_of_a_part_are_in_the_order_of_the_file() -> None:
    split = split_rows(classes(50, 50), "binary", (0.8, 0.1, 0.1), 1)
    assert (np.diff(split.train) > 0).all()


@pytest.mark.parametrize(
    "shares",
    [(0.8, 0.1, 0.2), (1.2, -0.1, -0.1), (0.0, 0.5, 0.5), (float("nan"), 0.5, 0.5)],
)
def test_shares_that_are_none_are_refused(shares: Shares) -> None:
    with pytest.raises(InputError) as error:
        split_rows(classes(10), "regression", shares, 0)
    assert "got the shares" in str(error.value)
    assert "expected three numbers from 0 to 1 that sum to 1" in str(error.value)
    assert "Use for example 0.8, 0.1, 0.1." in str(error.value)


def test_a_part_with_a_share_and_no_row_is_refused() -> None:
    with pytest.raises(InputError) as error:
        split_rows(classes(12), "regression", (0.98, 0.01, 0.01), 0)
    assert "got 12 rows, of which the validation share of 0.01 is not one row" in str(error.value)
    assert "expected at least one. Give more rows" in str(error.value)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ((), (0.5, 0.3, 0.2)),
        (("test",), (0.625, 0.375, 0.0)),
        (("validation",), (5 / 7, 0.0, 2 / 7)),
        (("validation", "test"), (1.0, 0.0, 0.0)),
    ],
    ids=str,
)
def test_the_share_of_a_part_with_data_of_its_own_goes_to_the_others(
    given: tuple[str, ...], left: Shares
) -> None:
    assert remaining_shares((0.5, 0.3, 0.2), given) == pytest.approx(left)
