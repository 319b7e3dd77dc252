"""A run in a sentence."""

from dataclasses import replace

import pytest

from chainrule.insight.summary import run_summary
from chainrule.training.loop.loop import StopReason
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
