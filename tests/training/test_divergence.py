"""Training that diverges keeps the best weights before that, and says so."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import torch

import chainrule as cr
from chainrule.training.loop.loop import DivergedError
from chainrule.training.optimizers import GradientDescent
from chainrule.training.run import Run
from tests.training import toys

# The rate rises through the warm-up, and diverges in the course of it.
LATE: dict[str, Any] = {
    "optimizer": "gradient_descent",
    "learning_rate": 3.0,
    "warm_up": 0.9,
    "epochs": 40,
    "patience": 0,
}


def diverged(**settings: Any) -> Run:
    return toys.run(**{**LATE, **settings})


def check_kept(run: Run) -> None:
    last = int(run.history[-1]["epoch"])
    assert run.stopped == "diverged"
    assert last > 1
    assert f"in epoch {last + 1}" in run.diverged
    assert run.diverged.endswith(f"The weights of epoch {run.best_epochs[0]} are kept.")
    assert run.diverged in run.notes
    assert run.model.parameters.everything.isfinite().all()


def test_the_best_weights_are_kept_and_tested() -> None:
    watch = toys.Watch()
    run = diverged(watch=watch)
    check_kept(run)
    best = min(run.history, key=lambda record: record["validation_loss"])
    assert run.best == best
    assert run.model.parameters.weights.equal(watch.weights[int(best["epoch"]) - 1])
    assert all(math.isfinite(score) for score in run.test.values())


def test_without_validation_the_last_weights_before_it_are_kept() -> None:
    watch = toys.Watch()
    run = diverged(split=(0.8, 0.0, 0.2), watch=watch)
    check_kept(run)
    assert run.best == run.history[-1]
    assert run.model.parameters.weights.equal(watch.weights[-1])


def test_averaged_weights_are_kept_as_the_average() -> None:
    watch = toys.Watch()
    run = diverged(split=(0.8, 0.0, 0.2), average=0.9, watch=watch)
    check_kept(run)
    assert run.model.parameters.weights.equal(watch.weights[-1])


def test_in_the_first_epoch_there_are_none_and_the_message_says_so() -> None:
    with pytest.raises(DivergedError, match="No weights are kept, as no epoch before it ended"):
        toys.run(epochs=50, optimizer="gradient_descent", learning_rate=1e6)


def test_members_that_diverge_keep_theirs() -> None:
    run = cr.train(
        toys.network("regression"),
        toys.table("regression"),
        **{**LATE, "optimizer": GradientDescent()},
        members=3,
        progress=False,
    )
    for number, member in enumerate(run.members, start=1):
        check_kept(member)
        assert f"member {number}: {member.diverged}" in run.notes
    assert run.model.parameters.everything.isfinite().all()
    assert torch.isfinite(run.model.predict(toys.table("regression"))).all()


def test_folds_and_trials_keep_theirs() -> None:
    network, data = toys.network("regression"), toys.table("regression")
    settings = {**LATE, "optimizer": GradientDescent(), "progress": False}
    for run in cr.cross_validate(network, data, folds=2, **settings).runs:
        check_kept(run)
    small, large = cr.sweep(
        network, data, [{"learning_rate": 0.01}, {"learning_rate": 3.0}], **settings
    )
    assert small.run is not None
    assert large.run is not None
    assert (small.run.diverged, small.diverged) == ("", None)
    check_kept(large.run)
    assert large.validation_loss == large.run.best["validation_loss"]


def test_an_estimator_with_validation_warns_and_keeps_the_best_weights() -> None:
    table = toys.table("regression", rows=200)
    x = torch.stack([torch.from_numpy(column.values) for column in table.columns], 1).numpy()
    assert table.target is not None
    y = table.target.values / 300
    model = cr.NeuralRegressor(
        (8,),
        solver="sgd",
        momentum=0.0,
        activation="identity",
        learning_rate_init=1.0,
        batch_size=150,
        early_stopping=True,
        n_iter_no_change=100,
        max_iter=100,
        random_state=0,
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y)
    assert "Training diverged in epoch" in str(caught[-1].message)
    assert torch.isfinite(torch.from_numpy(model.predict(x))).all()
