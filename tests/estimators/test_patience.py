"""Patience: learning ends when so many epochs in a row were no better by tol."""

from __future__ import annotations

from chainrule.estimators.patience import Patience


def test_one_epoch_more_than_asked_for_has_to_pass_without_a_better_score() -> None:
    patience = Patience(tol=0.1, epochs=2)
    over = []
    for score in (1.0, 1.05, 1.05, 1.05):
        patience.seen(score)
        over.append(patience.over)
    assert over == [False, False, False, True]


def test_a_score_that_is_better_by_tol_begins_the_count_anew() -> None:
    patience = Patience(tol=0.1, epochs=1)
    for score in (1.0, 1.0, 1.2, 1.2):
        patience.seen(score)
    assert patience.waited == 1


def test_a_score_that_is_better_by_less_is_the_best_all_the_same() -> None:
    patience = Patience(tol=0.1, epochs=1)
    assert [patience.seen(score) for score in (1.0, 1.05, 1.02)] == [True, True, False]
    assert patience.best == 1.05


def test_with_zero_epochs_it_never_ends() -> None:
    patience = Patience(tol=0.1, epochs=0)
    for _ in range(100):
        patience.seen(0.0)
    assert not patience.over


def test_a_score_that_is_no_number_is_not_the_best() -> None:
    patience = Patience(tol=0.1, epochs=1)
    assert not patience.seen(float("nan"))
