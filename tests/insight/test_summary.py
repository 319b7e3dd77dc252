"""A run in a sentence."""

from dataclasses import replace

import pytest

from chainrule.insight.summary import run_summary
from chainrule.training.loop.loop import StopReason
from chainrule.training.settings.settings import BestBy
from chainrule.training.train import Run


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
        "Trained on 70 training, 15 validation, 15 test samples for 4 epochs in 1.2 s, until "
        f"{why}; the model has the weights of epoch {run.best['epoch']:.0f}."
    )


@pytest.mark.parametrize(
    ("best_by", "best_epoch", "why"),
    [
        ("loss", None, "the validation loss no longer fell"),
        ("accuracy", None, "the validation accuracy no longer rose"),
        ("accuracy", 2, "it no longer improved"),
    ],
)
def test_the_metric_that_patience_watched_is_named(
    run: Run, best_by: BestBy, best_epoch: int | None, why: str
) -> None:
    history = [record | {"validation_accuracy": 0.5} for record in run.history]
    ended = replace(
        run, history=history, stopped="patience", best_by=best_by, best_epoch=best_epoch
    )
    assert f"until {why};" in run_summary(ended)


def test_without_an_accuracy_the_validation_loss_is_named(run: Run) -> None:
    ended = replace(run, stopped="patience", best_by="accuracy")
    assert "validation_accuracy" not in run.history[0]
    assert "until the validation loss no longer fell;" in run_summary(ended)
