"""scikit-learn's names mean what they mean there: the same start gives the same curve."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import scale

from chainrule import NeuralClassifier, NeuralRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

EPOCHS = 8
# Whole batches only: of a smaller last one scikit-learn's penalty counts a little more.
ROWS = 400


def digits() -> tuple[NDArray[Any], NDArray[Any]]:
    features, labels = load_digits(return_X_y=True)
    return features[:ROWS] / 16, labels[:ROWS]


def two_classes() -> tuple[NDArray[Any], NDArray[Any]]:
    features, labels = load_breast_cancer(return_X_y=True)
    return scale(features)[:ROWS], labels[:ROWS]


def numbers() -> tuple[NDArray[Any], NDArray[Any]]:
    features, targets = load_diabetes(return_X_y=True)
    return scale(features)[:ROWS], scale(targets)[:ROWS]


def several_numbers() -> tuple[NDArray[Any], NDArray[Any]]:
    features, targets = numbers()
    return features, np.column_stack([targets, features[:, 0] * features[:, 1]])


def begun_alike(ours: Any, theirs: Any, samples: tuple[NDArray[Any], NDArray[Any]]) -> None:
    """Both learn for an epoch, so that they have weights; then both have ours, and begin anew."""
    common = {"shuffle": False, "random_state": 0, "warm_start": True, "max_iter": 1}
    ours.set_params(preset="sklearn", **common).fit(*samples)
    theirs.set_params(**common).fit(*samples)
    theirs.coefs_ = [weights.copy() for weights in ours.coefs_]
    theirs.intercepts_ = [biases.copy() for biases in ours.intercepts_]
    theirs.best_loss_, theirs._no_improvement_count, theirs.t_ = np.inf, 0, 0


def curves(
    ours: Any, theirs: Any, samples: tuple[NDArray[Any], NDArray[Any]], **parameters: Any
) -> tuple[list[float], list[float]]:
    """The loss curves of both, from the same weights over the same batches."""
    begun_alike(ours.set_params(**parameters), theirs.set_params(**parameters), samples)
    ours.set_params(max_iter=EPOCHS).fit(*samples)
    theirs.set_params(max_iter=EPOCHS).fit(*samples)
    return ours.loss_curve_[1:], theirs.loss_curve_[1:]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"hidden_layer_sizes": (30, 20), "activation": "tanh"},
        {"hidden_layer_sizes": 30, "activation": "logistic"},
        {"activation": "identity", "batch_size": 50},
        {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-4},
        {"solver": "sgd", "learning_rate_init": 0.05},
        {"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": False},
        {"solver": "sgd", "learning_rate_init": 0.05, "momentum": 0.0},
        {
            "solver": "sgd",
            "learning_rate_init": 0.5,
            "learning_rate": "invscaling",
            "momentum": 0.0,
        },
        {
            "solver": "sgd",
            "learning_rate_init": 0.05,
            "learning_rate": "adaptive",
            "momentum": 0.0,
            "tol": 10.0,
            "n_iter_no_change": 1,
        },
    ],
    ids=str,
)
def test_the_loss_of_digits_falls_as_with_mlp_classifier(parameters: dict[str, Any]) -> None:
    ours, theirs = curves(NeuralClassifier(), MLPClassifier(), digits(), **parameters)
    # Theirs has the penalty in it; with 1 / batch size in front it is small but for alpha=1.
    tolerance = 0.2 if parameters.get("alpha") == 1.0 else 0.002
    assert len(ours) == EPOCHS
    np.testing.assert_allclose(ours, theirs, rtol=tolerance)


def test_the_loss_of_two_classes_falls_as_with_mlp_classifier() -> None:
    ours, theirs = curves(NeuralClassifier(), MLPClassifier(), two_classes())
    np.testing.assert_allclose(ours, theirs, rtol=0.002)


def test_the_loss_of_numbers_falls_as_with_mlp_regressor() -> None:
    ours, theirs = curves(NeuralRegressor(), MLPRegressor(), numbers())
    np.testing.assert_allclose(ours, theirs, rtol=0.002)


def test_the_loss_of_several_numbers_is_their_sum_where_mlp_regressor_has_their_mean() -> None:
    samples = several_numbers()
    ours, theirs = curves(NeuralRegressor(), MLPRegressor(), samples)
    np.testing.assert_allclose(np.array(ours) / 2, theirs, rtol=0.002)


def test_the_penalty_shrinks_the_weights_as_with_mlp_classifier() -> None:
    ours, theirs = NeuralClassifier(), MLPClassifier()
    curves(ours, theirs, digits(), alpha=1.0)
    for weights, others in zip(ours.coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(weights, others, atol=1e-3)


@pytest.mark.parametrize(
    ("ours", "theirs"), [(NeuralClassifier, MLPClassifier), (NeuralRegressor, MLPRegressor)]
)
def test_every_parameter_of_theirs_is_there_with_its_default(ours: type, theirs: type) -> None:
    def defaults(of: type) -> dict[str, object]:
        return {name: p.default for name, p in inspect.signature(of).parameters.items()}

    assert defaults(theirs).items() <= defaults(ours).items()


def test_learning_stops_in_the_epoch_in_which_mlp_classifier_stops() -> None:
    ours, theirs = NeuralClassifier(tol=0.05), MLPClassifier(tol=0.05)
    begun_alike(ours, theirs, digits())
    ours.set_params(max_iter=200).fit(*digits())
    theirs.set_params(max_iter=200).fit(*digits())
    assert ours.n_iter_ == theirs.n_iter_ < 200
