"""Patience: learning ends when so many epochs in a row were no better by tol."""

from __future__ import annotations

import torch

from chainrule.estimators.patience import Patience
from chainrule.estimators.rates import Adaptive


def seen(patience: Patience, score: float, epoch: int = 1) -> bool:
    """Show an epoch whose training loss is the negative score, as are its weights."""
    record = {"epoch": epoch, "training_loss": -score, "validation_score": score}
    return patience.observe(record, torch.tensor([-score]))


def test_it_waits_for_one_epoch_more_than_its_number() -> None:
    patience = Patience(tol=0.1, epochs=2)
    over = []
    for score in (1.0, 1.05, 1.05, 1.05):
        seen(patience, score)
        over.append(patience.should_stop())
    assert over == [False, False, False, True]


def test_a_score_that_is_better_by_tol_begins_the_count_anew() -> None:
    patience = Patience(tol=0.1, epochs=1)
    for score in (1.0, 1.0, 1.2, 1.2):
        seen(patience, score)
    assert patience.waited == 1


def test_a_score_that_is_better_by_less_is_the_best_all_the_same() -> None:
    patience = Patience(tol=0.1, epochs=1)
    assert [seen(patience, score) for score in (1.0, 1.05, 1.02)] == [True, True, False]
    assert patience.best == 1.05


def test_with_zero_epochs_it_never_ends() -> None:
    patience = Patience(tol=0.1, epochs=0)
    for _ in range(100):
        seen(patience, 0.0)
    assert not patience.should_stop()


def test_a_score_that_is_no_number_is_not_the_best() -> None:
    patience = Patience(tol=0.1, epochs=1)
    assert not seen(patience, float("nan"))


def test_by_the_validation_score_the_weights_of_the_best_epoch_are_kept() -> None:
    patience = Patience(tol=0.1, epochs=5, by_validation=True)
    for epoch, score in enumerate([1.0, 3.0, 2.0], start=1):
        seen(patience, score, epoch)
    weights = torch.zeros(1)
    assert patience.restore(weights)
    assert (patience.best_epoch, float(weights)) == (2, -3)


def test_by_the_training_loss_the_last_weights_are_kept() -> None:
    patience = Patience(tol=0.1, epochs=5)
    seen(patience, 1.0)
    assert not patience.restore(torch.zeros(1))
    assert patience.best_epoch == 0


def test_the_rate_is_lowered_before_training_stops_and_then_is_waited_anew() -> None:
    rate = Adaptive(learning_rate=4e-6)
    patience = Patience(tol=0.1, epochs=1, rate=rate)
    stops = []
    for _ in range(6):
        seen(patience, 1.0)
        stops.append(patience.should_stop())
    assert rate.factor(0) == 0.2
    assert stops == [False, False, False, False, True, True]
