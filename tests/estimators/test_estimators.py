"""NeuralClassifier and NeuralRegressor: what they do beyond scikit-learn's checks."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from chainrule import DataWarning, NeuralClassifier, NeuralRegressor
from chainrule.estimators.scores import member_scores

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

Samples = tuple[NDArray[Any], NDArray[Any]]


@pytest.fixture
def flowers() -> Samples:
    features, kinds = load_iris(return_X_y=True)
    return features, kinds


@pytest.fixture
def tumours() -> Samples:
    features, kinds = load_breast_cancer(return_X_y=True)
    return features, kinds


@pytest.fixture
def patients() -> Samples:
    features, progress = load_diabetes(return_X_y=True)
    return features, progress


QUICK: dict[str, Any] = {"learning_rate_init": 0.01, "max_iter": 40, "random_state": 0}


def quick(**parameters: Any) -> NeuralClassifier:
    return NeuralClassifier(
        **{"learning_rate_init": 0.01, "max_iter": 40, "random_state": 0, **parameters}
    )


def quick_regressor(**parameters: Any) -> NeuralRegressor:
    return NeuralRegressor(
        **{"learning_rate_init": 0.01, "max_iter": 40, "random_state": 0, **parameters}
    )


# Tools of scikit-learn


def test_it_works_in_a_pipeline_with_cross_validation(flowers: Samples) -> None:
    pipeline = make_pipeline(StandardScaler(), quick())
    assert cross_val_score(pipeline, *flowers, cv=3).mean() > 0.9


def test_a_grid_search_in_two_processes_finds_the_better_rate(flowers: Samples) -> None:
    search = GridSearchCV(quick(), {"learning_rate_init": [1e-6, 0.01]}, n_jobs=2, cv=2)
    assert search.fit(*flowers).best_params_ == {"learning_rate_init": 0.01}


def test_it_can_be_calibrated(tumours: Samples) -> None:
    calibrated = CalibratedClassifierCV(quick(), cv=2).fit(*tumours)
    assert calibrated.score(*tumours) > 0.9


def test_sample_weights_are_routed_through_a_pipeline(flowers: Samples) -> None:
    features, kinds = flowers
    weights = (kinds != 2).astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = quick().set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, estimator)
        pipeline.fit(features, kinds, sample_weight=weights)
    assert pipeline[-1].classes_.tolist() == [0, 1]


def test_a_clone_has_the_parameters_and_nothing_learned(flowers: Samples) -> None:
    copy = clone(quick(dropout=0.1).fit(*flowers))
    assert copy.get_params()["dropout"] == 0.1
    assert not hasattr(copy, "classes_")


def test_what_is_pickled_are_arrays_and_text_and_predicts_the_same(flowers: Samples) -> None:
    fitted = quick().fit(*flowers)
    state = fitted._model.__getstate__()
    json.dumps(state["graph"])
    assert all(isinstance(values, np.ndarray) for values in state["weights"].values())
    assert "_networks" not in fitted.__getstate__()
    again = pickle.loads(pickle.dumps(fitted))
    assert again.predict_proba(flowers[0]).tolist() == fitted.predict_proba(flowers[0]).tolist()


def test_learning_can_go_on_after_pickling(flowers: Samples) -> None:
    again = pickle.loads(pickle.dumps(quick().fit(*flowers)))
    before = again.loss_curve_[-1]
    for _ in range(10):
        again.partial_fit(*flowers)
    assert again.loss_curve_[-1] < before


# Weights of samples and classes


def test_a_weight_of_three_is_the_same_as_three_copies_to_the_last_bit(flowers: Samples) -> None:
    features, kinds = flowers[0][::5], flowers[1][::5]
    weights = 1 + np.arange(len(kinds)) % 3
    weighted = quick().fit(features, kinds, sample_weight=weights)
    repeated = quick().fit(features.repeat(weights, axis=0), kinds.repeat(weights))
    assert weighted.decision_function(features).tolist() == (
        repeated.decision_function(features).tolist()
    )


def test_weights_count_in_batches_smaller_than_the_data(flowers: Samples) -> None:
    features, kinds = flowers
    weights = np.where(kinds == 1, 1.0, 0.001)
    weighted = quick(batch_size=32).fit(features, kinds, weights).predict(features)
    merged = quick(batch_size=32).fit(features, kinds).predict(features)
    assert (merged == 1).mean() < 0.4
    assert (weighted == 1).mean() > 0.6


@pytest.mark.parametrize("batch_size", [50, "auto"])
def test_a_negligible_weight_changes_neither_scaling_nor_fit(batch_size: Any) -> None:
    draw = np.random.default_rng(0)
    features = draw.uniform(0, 10, (150, 2))
    targets = 3 * features[:, 0] - 2 * features[:, 1]
    far = np.vstack([features, np.full((20, 2), 1e4)])
    wrong, weights = (
        np.append(targets, np.full(20, 1e6)),
        np.append(np.ones(150), np.full(20, 1e-9)),
    )
    regressor = NeuralRegressor(batch_size=batch_size, learning_rate_init=0.02, random_state=0)
    assert regressor.fit(far, wrong, sample_weight=weights).score(features, targets) > 0.9


def test_a_weight_of_zero_is_the_same_as_no_sample(flowers: Samples) -> None:
    features, kinds = flowers[0][::5], flowers[1][::5]
    weights = np.append(np.ones(len(kinds)), [0.0, 0.0])
    spoilt = np.vstack([features, np.full((2, features.shape[1]), 1e9)])
    ours = quick(batch_size=16).fit(spoilt, np.append(kinds, [7, 7]), sample_weight=weights)
    plain = quick(batch_size=16).fit(features, kinds)
    assert ours.classes_.tolist() == plain.classes_.tolist()
    assert ours.decision_function(features).tolist() == plain.decision_function(features).tolist()


def test_weights_that_are_all_zero_are_refused(flowers: Samples) -> None:
    with pytest.raises(ValueError, match="at least one non-zero number"):
        quick().fit(*flowers, sample_weight=np.zeros(len(flowers[1])))


def test_balanced_classes_are_the_same_as_their_weights_given_by_hand(tumours: Samples) -> None:
    features, kinds = tumours
    by_hand = {k: len(kinds) / (2 * (kinds == k).sum()) for k in (0, 1)}
    balanced = quick(class_weight="balanced").fit(*tumours)
    weighted = quick(class_weight=by_hand).fit(*tumours)
    np.testing.assert_allclose(
        balanced.decision_function(features), weighted.decision_function(features), rtol=1e-6
    )


def test_class_weights_and_sample_weights_multiply_in_the_loss(tumours: Samples) -> None:
    features, kinds = StandardScaler().fit_transform(tumours[0]), tumours[1]
    weights = 1.0 + np.arange(len(kinds)) % 2
    # Without scaling, which sample weights change and class weights do not.
    both = quick(class_weight={0: 3.0}, scaling="none").fit(features, kinds, weights)
    product = quick(scaling="none")
    product.fit(features, kinds, weights * np.where(kinds == 0, 3.0, 1.0))
    assert both.decision_function(features) == pytest.approx(product.decision_function(features))


# Learning on, and ending


def test_a_warm_start_goes_on_from_the_weights(flowers: Samples) -> None:
    estimator = quick(warm_start=True, max_iter=20).fit(*flowers)
    first = estimator.loss_curve_.copy()
    estimator.fit(*flowers)
    assert len(estimator.loss_curve_) == 40
    assert estimator.loss_curve_[20] < first[0] / 2


def test_partial_fits_learn_what_one_fit_learns(flowers: Samples) -> None:
    order = np.random.default_rng(0).permutation(150)
    samples = flowers[0][order], flowers[1][order]
    whole = quick(max_iter=5, shuffle=False).fit(*samples)
    parts = quick(shuffle=False)
    for _ in range(5):
        parts.partial_fit(*samples, classes=[0, 1, 2])
    assert parts.loss_curve_ == whole.loss_curve_


def test_the_penalty_follows_the_batch_and_set_params(flowers: Samples) -> None:
    features, kinds = flowers
    estimator = quick(alpha=0.5)
    for rows, alpha in ((10, 0.5), (150, 0.5), (50, 3.0)):
        estimator.set_params(alpha=alpha)
        estimator.partial_fit(features[:rows], kinds[:rows], classes=[0, 1, 2])
        (update,) = estimator._networks.updates
        assert update.settings.weight_decay == pytest.approx(alpha / rows)


def test_an_optimizer_goes_on_from_its_state_while_its_settings_are_the_same(
    flowers: Samples,
) -> None:
    estimator = quick(shuffle=False).partial_fit(*flowers, classes=[0, 1, 2])
    (first,) = estimator._networks.updates
    (second,) = estimator.partial_fit(*flowers)._networks.updates
    (third,) = estimator.set_params(beta_1=0.5).partial_fit(*flowers)._networks.updates
    assert first.optimizer is second.optimizer
    assert second.optimizer is not third.optimizer


@pytest.mark.parametrize(
    ("name", "value"), [("hidden_layer_sizes", 7), ("activation", "tanh"), ("scaling", "none")]
)
def test_a_network_that_is_continued_keeps_its_shape(
    name: str, value: Any, flowers: Samples
) -> None:
    estimator = quick(max_iter=2, warm_start=True, hidden_layer_sizes=(5,)).fit(*flowers)
    estimator.set_params(hidden_layer_sizes=5).fit(*flowers)
    estimator.set_params(**{name: value})
    for learn in (estimator.fit, estimator.partial_fit):
        with pytest.raises(ValueError, match=f"{name}: got {value!r} for a network that was train"):
            learn(*flowers)
    estimator.set_params(warm_start=False).fit(*flowers)


def test_a_partial_fit_may_lack_a_class_that_was_named(flowers: Samples) -> None:
    estimator = quick().partial_fit(flowers[0][:100], flowers[1][:100], classes=[0, 1, 2])
    assert estimator.predict_proba(flowers[0]).shape == (150, 3)


def test_partial_fit_learns_several_labels(flowers: Samples) -> None:
    labels = np.column_stack([flowers[1] == 0, flowers[1] > 0]).astype(int)
    estimator = quick()
    for _ in range(30):
        estimator.partial_fit(flowers[0], labels)
    assert estimator.score(flowers[0], labels) > 0.9


def test_a_class_that_was_not_named_is_refused(flowers: Samples) -> None:
    estimator = quick().partial_fit(flowers[0][:100], flowers[1][:100], classes=[0, 1])
    with pytest.raises(ValueError, match=r"y: got the class '2', expected one of '0', '1'\. N"):
        estimator.partial_fit(*flowers)


def test_early_stopping_gives_the_weights_of_the_best_epoch(tumours: Samples) -> None:
    estimator = quick(early_stopping=True, n_iter_no_change=5, max_iter=200).fit(*tumours)
    scores = estimator.validation_scores_
    assert estimator.n_iter_ == len(scores) < 200
    assert estimator.best_epoch_ == 1 + int(np.argmax(scores)) <= estimator.n_iter_
    assert estimator.best_validation_score_ == max(scores)


def test_validation_samples_of_ones_own_are_scored_in_each_epoch(tumours: Samples) -> None:
    features, kinds = tumours
    estimator = quick(max_iter=10).fit(
        features[:400], kinds[:400], X_val=features[400:], y_val=kinds[400:]
    )
    assert len(estimator.val_loss_curve_) == 10
    last = estimator.score(features[400:], kinds[400:])
    assert estimator.validation_scores_[-1] == pytest.approx(last)


def test_the_validation_score_of_numbers_is_that_of_score(patients: Samples) -> None:
    features, progress = patients
    estimator = quick_regressor(max_iter=5).fit(
        features[:300], progress[:300], X_val=features[300:], y_val=progress[300:]
    )
    last = estimator.score(features[300:], progress[300:])
    assert estimator.validation_scores_[-1] == pytest.approx(last, abs=1e-5)


def test_the_history_has_a_record_of_each_epoch(tumours: Samples) -> None:
    estimator = quick(max_iter=3, early_stopping=True).fit(*tumours)
    assert [record["epoch"] for record in estimator.history_] == [1, 2, 3]
    assert [record["training_loss"] for record in estimator.history_] == estimator.loss_curve_
    assert [r["validation_loss"] for r in estimator.history_] == estimator.val_loss_curve_


def test_training_that_has_not_converged_is_a_warning(flowers: Samples) -> None:
    with pytest.warns(UserWarning, match="Training has not converged after max_iter=2"):
        quick(max_iter=2).fit(*flowers)


def test_a_rate_that_is_far_too_high_is_an_error_and_no_model(patients: Samples) -> None:
    with pytest.raises(ValueError, match="Try a smaller learning_rate_init"):
        quick_regressor(solver="sgd", learning_rate_init=1e6).fit(*patients)


def test_verbose_prints_each_epoch(flowers: Samples, capsys: pytest.CaptureFixture[str]) -> None:
    quick(max_iter=2, verbose=True).fit(*flowers)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Iteration 1, loss = ")
    assert second.startswith("Iteration 2, loss = ")


# Chance


def test_the_same_random_state_gives_the_same_weights(flowers: Samples) -> None:
    first, second = quick(batch_size=32).fit(*flowers), quick(batch_size=32).fit(*flowers)
    assert first.loss_curve_ == second.loss_curve_


def test_a_random_state_object_gives_other_weights_in_each_fit(flowers: Samples) -> None:
    state = np.random.RandomState(0)
    first, second = quick(random_state=state).fit(*flowers), quick(random_state=state).fit(*flowers)
    assert first.loss_curve_ != second.loss_curve_
    again = quick(random_state=np.random.RandomState(0)).fit(*flowers)
    assert again.loss_curve_ == first.loss_curve_


def test_without_a_random_state_each_fit_differs(flowers: Samples) -> None:
    first, second = quick(random_state=None).fit(*flowers), quick(random_state=None).fit(*flowers)
    assert first.loss_curve_ != second.loss_curve_


# Targets


def test_labels_may_be_texts(flowers: Samples) -> None:
    names = np.array(["setosa", "versicolor", "virginica"])[flowers[1]]
    estimator = quick().fit(flowers[0], names)
    assert estimator.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert estimator.score(flowers[0], names) > 0.9


def test_several_numbers_are_predicted_in_their_own_units(patients: Samples) -> None:
    features, progress = patients
    both = np.column_stack([progress, 1000 * features[:, 2] + 5000])
    estimator = quick_regressor(max_iter=100).fit(features, both)
    assert estimator.predict(features).shape == both.shape
    np.testing.assert_allclose(estimator.predict(features).mean(0), both.mean(0), rtol=0.05)
    assert estimator.score(features, both) > 0.6


def test_several_labels_of_a_sample_are_learned(flowers: Samples) -> None:
    features, kinds = flowers
    labels = np.column_stack([kinds == 0, kinds != 1]).astype(int)
    estimator = quick().fit(features, labels)
    assert estimator.predict(features).shape == labels.shape
    assert estimator.score(features, labels) > 0.8


def test_a_log_probability_is_exact_where_the_probability_is_rounded_to_zero() -> None:
    features = np.array([[-1.0], [1.0]])
    estimator = quick(max_iter=300, tol=0).fit(features.repeat(5, axis=0), [0] * 5 + [1] * 5)
    far = estimator.decision_function([[1e6]])
    assert np.isfinite(estimator.predict_log_proba([[1e6]])).all()
    assert estimator.predict_log_proba([[1e6]])[0, 0] == pytest.approx(-far[0], rel=0.01)


# Data frames


def houses(library: Any) -> Any:
    rooms = np.arange(60.0) % 5
    rooms[7] = np.nan
    place = np.array(["north", "south", "west"], dtype=object)[np.arange(60) % 3]
    place[11] = None
    return library.DataFrame({"rooms": rooms, "place": place.tolist()})


PRICES = 100.0 * (np.arange(60) % 3) + 10.0 * (np.arange(60) % 5)


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_a_data_frame_may_have_categories_and_missing_values(library: Any) -> None:
    frame = houses(library)
    estimator = quick_regressor(max_iter=200).fit(frame, PRICES)
    assert estimator.feature_names_in_.tolist() == ["rooms", "place"]
    assert estimator.score(frame, PRICES) > 0.8


def test_a_category_that_was_not_met_is_predicted_for_as_well() -> None:
    estimator = quick_regressor().fit(houses(pd), PRICES)
    new = pd.DataFrame({"rooms": [3.0], "place": ["east"]})
    with pytest.warns(DataWarning, match="column 'place': 1 value .*not seen in training"):
        assert np.isfinite(estimator.predict(new)).all()


def test_missing_numbers_in_an_array_are_learned_from(flowers: Samples) -> None:
    features, kinds = flowers[0].copy(), flowers[1]
    features[::7, 2] = np.nan
    assert quick().fit(features, kinds).score(features, kinds) > 0.9


def test_columns_in_another_order_are_refused() -> None:
    estimator = quick_regressor(max_iter=2).fit(houses(pd), PRICES)
    with pytest.raises(ValueError, match="feature names should match"):
        estimator.predict(houses(pd)[["place", "rooms"]])


def test_a_column_that_looks_like_an_identifier_is_learned_from() -> None:
    counted = pd.DataFrame({"id": np.arange(60.0)})
    assert (
        quick_regressor(max_iter=200).fit(counted, np.arange(60.0)).score(counted, np.arange(60.0))
        > 0.9
    )


def test_sparse_input_is_refused(flowers: Samples) -> None:
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        quick().fit(csr_array(flowers[0]), flowers[1])


# What scikit-learn's networks lack


@pytest.mark.parametrize(
    "parameters",
    [
        {"dropout": 0.1},
        {"batch_norm": True},
        {"optimizer": "nadam"},
        {"optimizer": "momentum:momentum=0.5"},
        {"optimizer": "lbfgs"},
        {"schedule": "cosine"},
        {"loss": "categorical_cross_entropy"},
        {"activation": "gelu"},
        {"scaling": "quantile"},
        {"members": 3},
        {"optimizer": "adamw", "learning_rate_init": None},
    ],
    ids=str,
)
def test_it_learns_with(parameters: dict[str, Any], flowers: Samples) -> None:
    assert quick(max_iter=60, **parameters).fit(*flowers).score(*flowers) > 0.8


def test_each_layer_may_have_an_activation_of_its_own(flowers: Samples) -> None:
    estimator = quick(hidden_layer_sizes=(20, 10), activation=["tanh", "logistic"]).fit(*flowers)
    features = estimator._preparation.features(_table(estimator, flowers[0])).numpy()
    (w1, w2, w3), (b1, b2, b3) = estimator.coefs_, estimator.intercepts_
    hidden = 1 / (1 + np.exp(-(np.tanh(features @ w1 + b1) @ w2 + b2)))
    np.testing.assert_allclose(
        estimator.decision_function(flowers[0]), hidden @ w3 + b3, rtol=1e-4, atol=1e-5
    )


def test_the_absolute_error_predicts_the_median_where_the_squared_error_predicts_the_mean() -> None:
    nothing, numbers = np.zeros((90, 1)), np.array([0.0, 0.0, 9.0] * 30)
    parameters = {"learning_rate_init": 0.02, "max_iter": 400, "tol": 0}
    mean = quick_regressor(**parameters).fit(nothing, numbers)
    median = quick_regressor(**parameters, loss="mean_absolute_error").fit(nothing, numbers)
    assert mean.predict([[0.0]])[0] == pytest.approx(3, abs=0.1)
    assert median.predict([[0.0]])[0] == pytest.approx(0, abs=0.5)


def test_members_predict_the_mean_of_their_probabilities(flowers: Samples) -> None:
    features = flowers[0]
    together = quick(members=2, max_iter=10).fit(*flowers)
    features_of_all = together._preparation.features(_table(together, features))
    scores = member_scores(together._model, features_of_all)
    each = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(together.predict_proba(features), each.mean(axis=0))


def test_members_are_rows_of_one_plan_and_each_is_what_it_is_alone(flowers: Samples) -> None:
    together = quick(members=3, batch_size=40, dropout=0.1, max_iter=20, tol=0).fit(*flowers)
    assert together._model.parameters.members == 3
    alone = quick(batch_size=40, dropout=0.1, max_iter=20, tol=0).fit(*flowers)
    for ours, theirs in zip(together.coefs_, alone.coefs_, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


def _table(estimator: NeuralClassifier, features: NDArray[Any]) -> Any:
    from chainrule.estimators.reading import to_table

    return to_table(estimator, features)


@pytest.mark.parametrize("preset", ["strong", "fast"])
def test_a_preset_brings_its_network_and_its_way_of_learning(preset: str, flowers: Samples) -> None:
    estimator = NeuralClassifier(preset=preset, max_iter=16, random_state=0).fit(*flowers)
    assert estimator.n_iter_ == 16
    assert [len(biases) for biases in estimator.intercepts_][-4:] == [256, 256, 256, 3]
    assert estimator.score(*flowers) > 0.9


def test_a_preset_can_predict_several_numbers(patients: Samples) -> None:
    features, progress = patients
    both = np.column_stack([progress, -progress])
    estimator = NeuralRegressor(preset="fast", max_iter=4, random_state=0).fit(features, both)
    assert estimator.predict(features).shape == both.shape


def test_a_fit_that_fails_leaves_nothing_that_predicts(flowers: Samples) -> None:
    estimator = quick(max_iter=2).fit(*flowers)
    with pytest.raises(ValueError, match="Did you mean"):
        estimator.set_params(activation="rleu").fit(*flowers)
    with pytest.raises(NotFittedError):
        estimator.predict(flowers[0])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"activation": "rleu"}, "Did you mean 'relu'"),
        ({"activation": ["relu", "tanh"]}, "got 2 for 1 hidden layers, expected one for each"),
        ({"optimizer": "adma"}, "Did you mean 'adam'"),
        ({"loss": "huber"}, "loss 'huber' is for numbers"),
        ({"preset": "skleran"}, "Did you mean 'sklearn'"),
        ({"alpha": -1}, "'alpha' parameter of NeuralClassifier must be"),
        ({"dropout": 1.0}, "'dropout' parameter of NeuralClassifier must be"),
        (
            {"hidden_layer_sizes": (10, 0)},
            r"layers: got \(10, 0\), expected whole numbers",
        ),
    ],
    ids=str,
)
def test_an_invalid_parameter_is_refused_in_fit(
    parameters: dict[str, Any], message: str, flowers: Samples
) -> None:
    with pytest.raises(ValueError, match=message):
        quick(**parameters).fit(*flowers)


def test_validation_samples_without_their_targets_are_refused(flowers: Samples) -> None:
    with pytest.raises(ValueError, match="y_val: got none, expected both"):
        quick().fit(*flowers, X_val=flowers[0])
