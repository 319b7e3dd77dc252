"""The solver lbfgs against scikit-learn's."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import scale

from chainrule import NeuralClassifier, NeuralRegressor


def two_classes() -> tuple[NDArray[Any], NDArray[Any]]:
    features, labels = load_breast_cancer(return_X_y=True)
    return scale(features), labels


def numbers() -> tuple[NDArray[Any], NDArray[Any]]:
    features, targets = load_diabetes(return_X_y=True)
    return scale(features), scale(targets)


@pytest.mark.parametrize(
    ("ours", "theirs", "samples"),
    [
        (NeuralClassifier(scaling="none"), MLPClassifier(), load_iris(return_X_y=True)),
        (NeuralClassifier(scaling="none"), MLPClassifier(), two_classes()),
        (
            NeuralRegressor(scaling="none", loss="squared_error", max_fun=100_000),
            MLPRegressor(max_fun=100_000),
            numbers(),
        ),
    ],
    ids=["classes", "two classes", "numbers"],
)
def test_where_it_ends_that_of_scikit_learn_finds_next_to_nothing_better(
    ours: Any, theirs: Any, samples: tuple[NDArray[Any], NDArray[Any]]
) -> None:
    common = {"solver": "lbfgs", "hidden_layer_sizes": 4, "alpha": 0.1, "random_state": 0}
    ours.set_params(**common, max_iter=5000).fit(*samples)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # one step is none to converge in
        theirs.set_params(**common, max_iter=1, warm_start=True).fit(*samples)
        theirs.coefs_ = [weights.astype(np.float64) for weights in ours.coefs_]
        theirs.intercepts_ = [biases.astype(np.float64) for biases in ours.intercepts_]
        theirs.set_params(max_iter=20).fit(*samples)
    penalty = 0.1 / 2 / len(samples[0]) * sum((w**2).sum() for w in ours.coefs_)
    assert theirs.loss_ == pytest.approx(ours.loss_ + penalty, rel=1e-3)


def test_members_go_down_each_by_itself() -> None:
    features, labels = load_iris(return_X_y=True)
    parameters: dict[str, Any] = {
        "solver": "lbfgs",
        "hidden_layer_sizes": 4,
        "alpha": 0.1,
        "max_iter": 3000,
    }
    pair = NeuralClassifier(**parameters, members=2, random_state=0).fit(features, labels)
    first = NeuralClassifier(**parameters, random_state=0).fit(features, labels)
    np.testing.assert_allclose(pair.coefs_[0], first.coefs_[0], rtol=1e-4, atol=1e-6)
    assert pair.score(features, labels) > 0.95


def test_a_validation_set_is_looked_at_after_each_step_and_its_best_step_is_kept() -> None:
    features, labels = two_classes()
    learned = NeuralClassifier(
        solver="lbfgs", early_stopping=True, n_iter_no_change=5, random_state=0
    ).fit(features, labels)
    scores = learned.validation_scores_
    assert len(scores) == learned.n_iter_ < 200
    assert scores[learned.best_epoch_ - 1] == max(scores)


def test_sample_weights_count_as_copies() -> None:
    features, labels = load_iris(return_X_y=True)
    weights = np.where(np.arange(150) % 3, 1, 2)
    parameters: dict[str, Any] = {
        "solver": "lbfgs",
        "hidden_layer_sizes": 3,
        "alpha": 0.1,
        "random_state": 0,
    }
    weighted = NeuralClassifier(**parameters, max_iter=3000).fit(features, labels, weights)
    copied = NeuralClassifier(**parameters, max_iter=3000).fit(
        features.repeat(weights, axis=0), labels.repeat(weights)
    )
    np.testing.assert_allclose(
        weighted.predict_proba(features), copied.predict_proba(features), atol=1e-6
    )


@pytest.mark.parametrize(
    ("parameters", "message"), [({"max_iter": 3}, "after 3 steps"), ({"max_fun": 2}, "steps")]
)
def test_an_end_before_convergence_is_a_warning(parameters: dict[str, Any], message: str) -> None:
    with pytest.warns(ConvergenceWarning, match=message):
        NeuralClassifier(solver="lbfgs", **parameters).fit(*two_classes())


@pytest.mark.parametrize(
    "parameters",
    [{"dropout": 0.5}, {"optimizer": "adamw"}, {"schedule": "cosine"}, {"preset": "strong"}],
    ids=str,
)
def test_what_needs_batches_or_a_rate_is_refused(parameters: dict[str, Any]) -> None:
    (name,) = parameters
    with pytest.raises(ValueError, match=f"{name}: got .* with solver='lbfgs'"):
        NeuralClassifier(solver="lbfgs", **parameters).fit(*two_classes())


@pytest.mark.parametrize("name", ["solver", "optimizer"])
def test_samples_in_parts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: got 'lbfgs' for partial_fit"):
        NeuralClassifier().set_params(**{name: "lbfgs"}).partial_fit(*two_classes(), classes=[0, 1])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_optimizer_lbfgs_is_the_solver_with_settings_of_its_own() -> None:
    parameters: dict[str, Any] = {"hidden_layer_sizes": 3, "random_state": 0, "max_iter": 5}
    solver = NeuralClassifier(solver="lbfgs", **parameters).fit(*two_classes())
    optimizer = NeuralClassifier(optimizer="lbfgs", **parameters).fit(*two_classes())
    assert optimizer.loss_curve_ == solver.loss_curve_


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("max_iter", [1, 3, 40])
def test_batch_normalisation_ends_with_the_statistics_of_the_final_weights(max_iter: int) -> None:
    features, labels = two_classes()
    learned = NeuralClassifier(
        solver="lbfgs", batch_norm=True, hidden_layer_sizes=8, max_iter=max_iter, random_state=0
    ).fit(features, labels)
    # So evaluation gives the loss of training, up to the n - 1 in the variance of evaluation.
    assert log_loss(labels, learned.predict_proba(features)) == pytest.approx(
        learned.loss_curve_[-1], rel=0.01
    )
