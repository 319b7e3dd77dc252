"""scikit-learn's MLP: `partial_fit` on the samples of a turn, which it shuffles itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.networks import Dense, Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.samples import Samples
from benchmarks.works import Rows, Work


class ScikitLearnTraining:
    """An MLP with the given weights."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        self._work, self._samples = work, samples
        hidden = [layer for layer in work.network[:-1] if isinstance(layer, Dense)]
        kind: Any = MLPClassifier if work.classes else MLPRegressor
        self._mlp = kind(
            hidden_layer_sizes=[layer.units for layer in hidden],
            alpha=0,
            batch_size=work.batch_size,
            learning_rate_init=LEARNING_RATE,
            epsilon=EPSILON,
            random_state=0,
        )
        # The weights exist after a first call. They are replaced in place, and the optimizer, which
        # refers to them, is reset.
        self._partial_fit(np.arange(work.batch_size))
        for number, (w, b) in enumerate(zip(self._mlp.coefs_, self._mlp.intercepts_, strict=True)):
            w[...], b[...] = weights[f"{number}.weights"].T, weights[f"{number}.bias"]
        del self._mlp._optimizer

    def _partial_fit(self, rows: NDArray[np.int64]) -> None:
        x, t = self._samples.features[rows], self._samples.targets[rows]
        classes = {"classes": np.arange(self._work.classes)} if self._work.classes else {}
        self._mlp.partial_fit(x, t if classes else t.ravel(), **classes)

    def learn(self, rows: Rows) -> None:
        self._partial_fit(rows.ravel())

    def weights(self) -> Weights:
        pairs = enumerate(zip(self._mlp.coefs_, self._mlp.intercepts_, strict=True))
        return {
            f"{number}.{name}": value
            for number, (w, b) in pairs
            for name, value in (("weights", w.T), ("bias", b))
        }

    def scores(self, features: NDArray[np.float32]) -> NDArray[Any]:
        classes = self._work.classes
        scores: NDArray[Any] = (
            self._mlp.predict_proba(features) if classes else self._mlp.predict(features)[:, None]
        )
        return scores


begin = ScikitLearnTraining
