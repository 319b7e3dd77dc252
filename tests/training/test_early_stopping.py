"""Early stopping: when training ends, and with which weights."""

import math
from collections.abc import Sequence

import torch

from chainrule.training.loop.early_stopping import EarlyStopping
from chainrule.training.loop.record import Record
from chainrule.training.settings.selection import SelectionMetric


def record(epoch: int, loss: float) -> Record:
    """Return the record of an epoch with this validation loss."""
    return {"epoch": epoch, "validation_loss": loss}


def watching(patience: int, losses: Sequence[float]) -> tuple[EarlyStopping, list[int]]:
    """After epochs with these losses, whose weights were the epoch's number; where it says stop."""
    stopping = EarlyStopping(patience)
    stops = []
    for epoch, loss in enumerate(losses, start=1):
        stopping.observe(record(epoch, loss), torch.tensor([float(epoch)]))
        if stopping.should_stop():
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
    stopping.observe(record(1, 0.5), weights)
    weights.fill_(9)
    assert restored(stopping) == 1


def test_of_equal_epochs_the_first_counts_by_the_loss_and_the_last_by_the_accuracy() -> None:
    by: tuple[tuple[SelectionMetric, int], ...] = (("loss", 2), ("accuracy", 4))
    for metric, best in by:
        stopping = EarlyStopping(0, metric)
        for epoch, share in enumerate([0.3, 0.1, 0.2, 0.1, 0.15], start=1):
            errors = {**record(epoch, share), "validation_accuracy": 1 - share}
            stopping.observe(errors, torch.tensor([float(epoch)]))
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
    best = [
        stopping.observe(record(n, loss), torch.zeros(1)) for n, loss in enumerate(losses, start=1)
    ]
    assert best == [True, False, True, False, True]


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    stopping, _ = watching(0, [math.nan, 2, math.nan, 3])
    assert (stopping.best_epoch, stopping.best_score, restored(stopping)) == (2, 2, 2)


def test_without_validation_each_epoch_is_the_best_so_far_and_the_last_is_kept() -> None:
    stopping = EarlyStopping(1)
    assert [stopping.observe({"epoch": n}, torch.ones(1) * n) for n in (1, 2, 3)] == [True] * 3
    assert not stopping.should_stop()
    assert restored(stopping) == stopping.best_epoch == 3
