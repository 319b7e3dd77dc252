"""Turns: the other one trains after each epoch of chainrule's, and both are timed."""

from __future__ import annotations

import pytest
import torch

from benchmarks.turns import InTurns, Turn, medians, ratio
from tests.training import toys

TURNS = [Turn(ours=2.0, theirs=3.0), Turn(ours=1.0, theirs=2.0), Turn(ours=4.0, theirs=4.0)]


def test_the_other_one_has_a_turn_after_each_epoch() -> None:
    epochs: list[int] = []
    toys.run(watch=InTurns(epochs.append), epochs=3)
    assert epochs == [1, 2, 3]


def test_the_first_turn_warms_up_and_does_not_count() -> None:
    watch = InTurns(float)
    run = toys.run(watch=watch, epochs=3)
    ours = [record["seconds"] for record in run.history]
    assert watch.counted == [Turn(ours[1], 2.0), Turn(ours[2], 3.0)]


def test_no_turn_counts_after_the_other_one_has_ended() -> None:
    watch = InTurns(lambda epoch: 1.0 if epoch <= 2 else None)
    toys.run(watch=watch, epochs=4)
    assert len(watch.counted) == 1


def test_the_other_one_can_learn_by_autograd() -> None:
    def learn(epoch: int) -> float:
        weight = torch.ones((), requires_grad=True)
        (gradient,) = torch.autograd.grad(3 * weight, weight)
        return float(gradient)

    watch = InTurns(learn)
    toys.run(watch=watch, epochs=2)
    assert watch.counted[0].theirs == 3.0


def test_the_usual_epoch_is_the_median_of_each() -> None:
    assert medians(TURNS) == Turn(ours=2.0, theirs=3.0)


def test_ratios_are_taken_turn_by_turn() -> None:
    # 3 / 2, 2 / 1, 4 / 4
    assert ratio(TURNS) == "**1.50** (1.00 to 2.00)"


@pytest.mark.parametrize("theirs", [0.5, 2.0])
def test_a_single_turn_is_its_own_spread(theirs: float) -> None:
    assert ratio([Turn(1.0, theirs)]) == f"**{theirs:.2f}** ({theirs:.2f} to {theirs:.2f})"
