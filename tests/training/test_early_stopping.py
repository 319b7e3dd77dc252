"""Early stopping: when training ends, and with which weights."""

import math
from collections.abc import Sequence

import torch

from chainrule.training.loop.early_stopping import EarlyStopping


def watching(patience: int, losses: Sequence[float]) -> tuple[EarlyStopping, list[int]]:
    """After epochs with these losses, whose weights were the epoch's number; where it says stop."""
    stopping = EarlyStopping(patience)
    stops = []
    for epoch, loss in enumerate(losses, start=1):
        stopping.seen(epoch, loss, torch.tensor([float(epoch)]))
        if stopping.should_stop(epoch):
            stops.append(epoch)
    return stopping, stops


def restored(stopping: EarlyStopping) -> float:
    weights = torch.tensor([-1.0])
    stopping.restore(weights)
    return float(weights)


def test_the_best_weights_are_restored() -> None:
    stopping, _ = watching(0, [3, 1, 2])
    assert restored(stopping) == 2


def test_the_best_weights_are_a_copy_that_training_cannot_touch() -> None:
    stopping, weights = EarlyStopping(0), torch.tensor([1.0])
    stopping.seen(1, 0.5, weights)
    weights.fill_(9)
    assert restored(stopping) == 1


def test_of_equal_epochs_the_first_counts_or_the_last_if_asked_for() -> None:
    for last_of_equals, best in ((False, 2), (True, 4)):
        stopping = EarlyStopping(0, last_of_equals=last_of_equals)
        for epoch, loss in enumerate([3.0, 1.0, 2.0, 1.0, 1.5], start=1):
            stopping.seen(epoch, loss, torch.tensor([float(epoch)]))
        assert (stopping.best_epoch, restored(stopping)) == (best, best)


def test_before_any_epoch_the_weights_are_left_as_they_are() -> None:
    assert restored(EarlyStopping(3)) == -1


def test_it_stops_after_as_many_epochs_without_a_lower_loss_as_it_has_patience() -> None:
    assert watching(3, [5, 4, 4.5, 4.2, 4.1])[1] == [5]


def test_a_lower_loss_renews_the_patience() -> None:
    assert watching(2, [5, 6, 4, 6, 6])[1] == [5]


def test_the_same_loss_again_is_not_lower() -> None:
    stopping, stops = watching(2, [5, 5, 5])
    assert (stopping.best_epoch, stops) == (1, [3])


def test_patience_0_never_stops() -> None:
    assert watching(0, [1.0, *[2.0] * 500])[1] == []


def test_it_says_which_epochs_are_the_best_so_far() -> None:
    stopping = EarlyStopping(5)
    losses = [3, 4, 2, 2, 1]
    best = [stopping.seen(n, loss, torch.zeros(1)) for n, loss in enumerate(losses, start=1)]
    assert best == [True, False, True, False, True]


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    stopping, _ = watching(0, [math.nan, 2, math.nan, 3])
    assert (stopping.best_epoch, stopping.best_loss, restored(stopping)) == (2, 2, 2)
