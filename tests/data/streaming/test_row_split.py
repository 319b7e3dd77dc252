import numpy as np
import pytest

from chainrule.data.streaming.row_split import TEST, TRAINING, VALIDATION, RowSplit

ROWS = np.arange(100_000)
NONE = np.empty(0, np.int64)


def test_each_part_gets_its_share_of_the_rows() -> None:
    parts = RowSplit(validation=0.2, test=0.1, seed=0).parts(ROWS)
    shares = np.bincount(parts) / len(ROWS)
    assert shares[TRAINING] == pytest.approx(0.7, abs=0.01)
    assert shares[VALIDATION] == pytest.approx(0.2, abs=0.01)
    assert shares[TEST] == pytest.approx(0.1, abs=0.01)


def test_a_row_is_in_the_same_part_whichever_rows_are_asked_for_with_it() -> None:
    split = RowSplit(validation=0.2, test=0.1, seed=0)
    assert split.parts(ROWS[500:600]).tolist() == split.parts(ROWS)[500:600].tolist()


def test_rows_beside_each_other_are_in_parts_that_do_not_depend_on_each_other() -> None:
    test = RowSplit(validation=0.0, test=0.5, seed=0).parts(ROWS) == TEST
    assert (test[1:] == test[:-1]).mean() == pytest.approx(0.5, abs=0.01)


def test_another_seed_splits_otherwise() -> None:
    splits = [RowSplit(validation=0.0, test=0.5, seed=seed).parts(ROWS) for seed in (0, 1)]
    assert (splits[0] == splits[1]).mean() == pytest.approx(0.5, abs=0.01)


def test_no_share_is_no_row() -> None:
    assert set(RowSplit(validation=0.0, test=0.0, seed=0).parts(ROWS)) == {TRAINING}


def test_rows_that_training_needs_are_for_training() -> None:
    needed = np.arange(0, 100_000, 10)
    split = RowSplit(validation=0.5, test=0.5, seed=0, to_training=needed)
    assert np.flatnonzero(split.parts(ROWS) == TRAINING).tolist() == needed.tolist()


def test_a_limit_of_rows_moves_rows_to_training_and_none_to_another_part() -> None:
    shares = (0.5, 0.25, 0.25)
    wide = RowSplit.of(shares, len(ROWS), 10**9, seed=0, to_training=NONE)
    narrow = RowSplit.of(shares, len(ROWS), 1_000, seed=0, to_training=NONE)
    before, after = wide.parts(ROWS), narrow.parts(ROWS)
    assert (before == VALIDATION).sum() == pytest.approx(25_000, rel=0.05)
    for part in (VALIDATION, TEST):
        assert (after == part).sum() == pytest.approx(1_000, rel=0.15)
        assert (before[after == part] == part).all()


def test_a_sample_has_its_share_of_rows_and_always_those_that_training_needs() -> None:
    split = RowSplit(validation=0.2, test=0.1, seed=0, to_training=np.array([3, 77]))
    drawn = split.drawn(ROWS, 0.02)
    assert drawn.mean() == pytest.approx(0.02, abs=0.002)
    assert drawn[[3, 77]].all()


def test_a_sample_of_training_rows_does_not_depend_on_the_split() -> None:
    split = RowSplit(validation=0.0, test=0.5, seed=0)
    drawn, test = split.drawn(ROWS, 0.5), split.parts(ROWS) == TEST
    assert (drawn & test).mean() == pytest.approx(0.25, abs=0.01)
