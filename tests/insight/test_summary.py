"""A run in a sentence."""

from dataclasses import replace

import pytest

from chainrule.insight.summary import run_summary
from chainrule.training.loop.loop import StopReason
from chainrule.training.settings.selection import SelectionMetric
from chainrule.training.train import Run
from tests.training import toys


@pytest.mark.parametrize(
    ("stopped", "why"),
    [
        ("patience", "the validation loss no longer fell"),
        ("epochs", "all epochs were done"),
        ("iterations", "all iterations were done"),
        ("interrupted", "it was interrupted"),
    ],
)
def test_it_says_what_was_trained_and_why_it_ended(run: Run, stopped: StopReason, why: str) -> None:
    sentence = run_summary(replace(run, stopped=stopped, seconds=1.25))
    assert sentence == (
        "Trained for 4 epochs in 1.2 s (70 training, 15 validation, 15 test samples), until "
        f"{why}; the model has the weights of epoch {run.best['epoch']:.0f}, the epoch with the "
        "lowest validation loss."
    )


@pytest.mark.parametrize(
    ("metric", "why", "kept"),
    [
        ("loss", "the validation loss no longer fell", "the epoch with the lowest validation loss"),
        ("mae", "the validation mae no longer fell", "the epoch with the lowest validation mae"),
        ("r2", "the validation r2 no longer rose", "the last epoch with the highest validation r2"),
    ],
)
def test_the_metric_that_ended_training_and_selected_the_epoch_is_named(
    metric: SelectionMetric, why: str, kept: str
) -> None:
    run = toys.run("regression", metric=metric, learning_rate=0.1, patience=2)
    assert run.stopped == "patience"
    sentence = run_summary(run)
    assert f"until {why};" in sentence
    assert sentence.endswith(f"the weights of epoch {run.best_epochs[0]}, {kept}.")


def test_without_validation_nothing_selected_the_last_epoch() -> None:
    run = toys.run("binary", epochs=3, split=(0.8, 0, 0.2))
    assert run_summary(run).endswith("all epochs were done; the model has the weights of epoch 3.")


def test_members_have_their_own_samples_ends_and_epochs() -> None:
    run = toys.run(
        "binary",
        members=3,
        member_validation="folds",
        metric="accuracy",
        epochs=30,
        patience=3,
        learning_rate=0.02,
    )
    sentence = run_summary(run)
    training = sorted(member.sizes["training"] for member in run.members)
    validation = sorted(member.sizes["validation"] for member in run.members)
    assert f"each on {training[0]} to {training[-1]} training and " in sentence
    assert f" and {validation[0]} to {validation[-1]} validation samples; 15 test " in sentence
    assert (
        "each member has the weights of its last epoch with the highest validation accuracy"
        in sentence
    )


def test_the_ends_of_members_are_counted() -> None:
    run = toys.run("binary", members=3, epochs=2)
    ends: tuple[StopReason, ...] = ("epochs", "patience", "epochs")
    members = tuple(replace(m, stopped=end) for m, end in zip(run.members, ends, strict=True))
    assert "2 until all epochs were done, 1 until the validation loss no longer fell;" in (
        run_summary(replace(run, members=members))
    )
    assert "samples; 15 test samples), until all epochs were done;" in run_summary(run)
