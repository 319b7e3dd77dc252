"""L-BFGS against its formula and scipy's, and the solver lbfgs against scikit-learn's."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize, rosen, rosen_der
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import scale

from chainrule import NeuralClassifier, NeuralRegressor
from chainrule.estimators.lbfgs import Lbfgs, Vector

BEGIN = np.array([1.3, 0.7, 0.8, 1.9])


def valley(x: Vector) -> tuple[float, Vector]:
    """Rosenbrock's function, whose minimum is 0 where all are 1."""
    return float(rosen(x)), np.asarray(rosen_der(x))


def inverse_hessian(steps: list[tuple[Vector, Vector]]) -> NDArray[np.float64]:
    """The matrix of BFGS, written down: Nocedal & Wright (2006), equation 6.17."""
    s, y = steps[-1]
    inverse = (s @ y) / (y @ y) * np.eye(len(s))
    for s, y in steps:
        rho = 1 / (y @ s)
        left = np.eye(len(s)) - rho * np.outer(s, y)
        inverse = left @ inverse @ left.T + rho * np.outer(s, s)
    return inverse


def test_a_step_goes_against_the_gradient_times_the_matrix_of_bfgs() -> None:
    descent, steps = Lbfgs(valley, BEGIN), []
    for _ in range(6):
        x, gradient = descent.x, descent.gradient
        descent.step()
        moved = descent.x - x
        if steps:
            expected = -inverse_hessian(steps) @ gradient
            share = np.linalg.norm(moved) / np.linalg.norm(expected)
            np.testing.assert_allclose(moved, share * expected, rtol=1e-6)
        steps.append((moved, descent.gradient - gradient))


def test_the_first_step_goes_straight_down() -> None:
    descent = Lbfgs(valley, BEGIN)
    down = -descent.gradient
    descent.step()
    moved = descent.x - BEGIN
    assert moved @ down == pytest.approx(np.linalg.norm(moved) * np.linalg.norm(down))


def test_each_step_goes_down_and_keeps_the_conditions_of_wolfe() -> None:
    descent = Lbfgs(valley, BEGIN)
    for _ in range(10):
        x, value, gradient = descent.x, descent.value, descent.gradient
        descent.step()
        slope = gradient @ (descent.x - x)
        assert descent.value <= value + 1e-4 * slope < value
        assert abs(descent.gradient @ (descent.x - x)) <= 0.9 * abs(slope)


def test_it_finds_the_minimum_about_as_soon_as_scipy() -> None:
    descent = Lbfgs(valley, BEGIN)
    steps = 0
    while not descent.stands and np.abs(descent.gradient).max() > 1e-6:
        descent.step()
        steps += 1
    known = minimize(valley, BEGIN, jac=True, method="L-BFGS-B", options={"gtol": 1e-6})
    np.testing.assert_allclose(descent.x, np.ones(4), atol=1e-5)
    assert steps <= 2 * known.nit
    assert descent.evaluations <= 2 * known.nfev


def test_where_no_step_goes_down_it_stands() -> None:
    descent = Lbfgs(lambda x: (float(x @ x), 2 * x), np.zeros(3))
    descent.step()
    assert descent.stands
    assert not descent.x.any()


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
    given = {"solver": "lbfgs", "hidden_layer_sizes": 4, "alpha": 0.1, "max_iter": 3000}
    pair = NeuralClassifier(**given, members=2, random_state=0).fit(features, labels)
    first = NeuralClassifier(**given, random_state=0).fit(features, labels)
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
    given = {"solver": "lbfgs", "hidden_layer_sizes": 3, "alpha": 0.1, "random_state": 0}
    weighted = NeuralClassifier(**given, max_iter=3000).fit(features, labels, weights)
    copied = NeuralClassifier(**given, max_iter=3000).fit(
        features.repeat(weights, axis=0), labels.repeat(weights)
    )
    np.testing.assert_allclose(
        weighted.predict_proba(features), copied.predict_proba(features), atol=1e-6
    )


@pytest.mark.parametrize(
    ("given", "said"), [({"max_iter": 3}, "after 3 steps"), ({"max_fun": 2}, "steps")]
)
def test_an_end_before_it_has_arrived_is_told(given: dict[str, int], said: str) -> None:
    with pytest.warns(ConvergenceWarning, match=said):
        NeuralClassifier(solver="lbfgs", **given).fit(*two_classes())


@pytest.mark.parametrize(
    "given",
    [{"dropout": 0.5}, {"optimizer": "adamw"}, {"schedule": "cosine"}, {"preset": "strong"}],
    ids=str,
)
def test_what_needs_batches_or_a_rate_is_refused(given: dict[str, Any]) -> None:
    (name,) = given
    with pytest.raises(ValueError, match=f"{name}: got .* with solver='lbfgs'"):
        NeuralClassifier(solver="lbfgs", **given).fit(*two_classes())


def test_samples_in_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="solver: got 'lbfgs' for partial_fit"):
        NeuralClassifier(solver="lbfgs").partial_fit(*two_classes(), classes=[0, 1])
