"""Callbacks of scikit-learn are called for each epoch, and may end training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from chainrule import NeuralClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Recorder:
    """Records the calls of a callback, and ends training after some epochs."""

    def __init__(self, stop_after: int = 1000) -> None:
        self.stop_after = stop_after
        self.events: list[str] = []
        self.scores: list[float] = []

    def setup(self, estimator: Any, context: Any) -> None:
        self.events.append("setup")

    def teardown(self, estimator: Any, context: Any) -> None:
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self.events.append(f"begin {context.task_name}")

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any, y: Any, fitted_estimator: Any
    ) -> bool:
        self.events.append(f"end {context.task_name}")
        if context.task_name == "epoch":
            self.scores.append(fitted_estimator.score(X, y))
        return len(self.scores) >= self.stop_after


def fitted(callback: Any, **parameters: Any) -> NeuralClassifier:
    estimator = NeuralClassifier(learning_rate_init=0.01, random_state=0, **parameters)
    fit: NeuralClassifier = estimator.set_callbacks(callback).fit(*load_iris(return_X_y=True))
    return fit


def test_a_callback_is_called_for_each_epoch_in_order() -> None:
    recorder = Recorder()
    fitted(recorder, max_iter=2)
    epoch = ["begin epoch", "end epoch"]
    assert recorder.events == ["setup", "begin fit", *epoch, *epoch, "end fit", "teardown"]


def test_the_estimator_that_it_gets_has_the_weights_of_the_epoch() -> None:
    recorder = Recorder()
    estimator = fitted(recorder, max_iter=5)
    assert recorder.scores[-1] == estimator.score(*load_iris(return_X_y=True))
    assert recorder.scores[0] < recorder.scores[-1]


def test_a_callback_may_end_learning() -> None:
    assert fitted(Recorder(stop_after=3), max_iter=50).n_iter_ == 3


def test_a_callback_is_called_at_the_end_when_training_fails() -> None:
    recorder = Recorder()
    with pytest.raises(ValueError, match="Did you mean 'relu'"):
        fitted(recorder, activation="rleu")
    assert "begin epoch" not in recorder.events


def test_scores_are_monitored_by_scikit_learns_own_callback() -> None:
    monitor = ScoringMonitor(scoring="accuracy")
    fitted(monitor, max_iter=3)
    assert [row["task_name"] for row in monitor.get_logs().data] == 3 * ["epoch"]


def test_callbacks_of_a_pipeline_reach_it() -> None:
    recorder = Recorder()
    estimator = NeuralClassifier(max_iter=2, random_state=0).set_callbacks(recorder)
    make_pipeline(StandardScaler(), estimator).fit(*load_iris(return_X_y=True))
    assert recorder.events.count("end epoch") == 2
    assert np.isfinite(recorder.scores).all()


class Interrupting(Recorder):
    """Interrupts training in an epoch, as Ctrl-C does."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        super().on_fit_task_begin(estimator, context)
        if self.events.count("begin epoch") == self.epoch:
            raise KeyboardInterrupt


def test_an_interruption_keeps_what_was_learned() -> None:
    with pytest.warns(UserWarning, match="Training was interrupted"):
        estimator = fitted(Interrupting(epoch=3), max_iter=50)
    assert estimator.n_iter_ == estimator.best_epoch_ == 2
    assert estimator.predict(load_iris().data).shape == (150,)


def test_an_interruption_before_anything_was_learned_is_one() -> None:
    with pytest.raises(KeyboardInterrupt):
        fitted(Interrupting(epoch=1), max_iter=50)
