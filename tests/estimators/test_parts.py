"""Samples in parts: what begins with few samples learns as what begins with all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_iris

from chainrule import DataWarning, InputError, NeuralClassifier, NeuralRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

QUICK: dict[str, Any] = {"random_state": 0, "learning_rate_init": 0.01}
RANDOM = np.random.default_rng(0)


def statistics(learned: Any) -> list[tuple[float, float]]:
    """Mean and deviation by which each column is scaled."""
    columns = learned.model_.preparation.inputs
    return [(column.scaling.mean, column.scaling.deviation) for column in columns]


def shuffled_flowers() -> tuple[NDArray[Any], NDArray[Any]]:
    features, kinds = load_iris(return_X_y=True)
    order = np.random.default_rng(0).permutation(150)
    return features[order], kinds[order]


@pytest.mark.parametrize("scaling", [None, "standardise", "min_max", "none"])
@pytest.mark.parametrize("first", [1, 2, 15])
def test_classes_are_learned_whatever_the_size_of_the_first_part(
    first: int, scaling: str | None
) -> None:
    features, kinds = shuffled_flowers()
    learned = NeuralClassifier(**QUICK, scaling=scaling)
    learned.partial_fit(features[:first], kinds[:first], classes=[0, 1, 2])
    for _ in range(20):
        for start in range(0, 150, 15):
            learned.partial_fit(features[start : start + 15], kinds[start : start + 15])
    assert learned.score(features, kinds) > 0.93


@pytest.mark.parametrize("first", [1, 5])
def test_numbers_are_learned_whatever_the_size_of_the_first_part(first: int) -> None:
    features = RANDOM.normal(size=(300, 3))
    targets = features @ [150, -100, 50] + 200
    learned = NeuralRegressor(**QUICK).partial_fit(features[:first], targets[:first])
    for _ in range(40):
        for start in range(0, 300, 50):
            learned.partial_fit(features[start : start + 50], targets[start : start + 50])
    assert learned.score(features, targets) > 0.99
    seen = np.concatenate([features[:first], *[features] * 40])[:, 0]
    assert statistics(learned)[0] == pytest.approx((seen.mean(), seen.std()))


def test_rows_one_by_one_give_the_statistics_of_all() -> None:
    features, kinds = shuffled_flowers()
    learned = NeuralClassifier(**QUICK)
    for row in range(40):
        learned.partial_fit(features[[row]], kinds[[row]], classes=[0, 1, 2])
    whole = NeuralClassifier(**QUICK, max_iter=1).fit(features[:40], kinds[:40])
    for ours, theirs in zip(statistics(learned), statistics(whole), strict=True):
        assert ours == pytest.approx(theirs)


def test_the_range_of_a_first_part_is_no_bound_of_predictions() -> None:
    features = np.linspace(-1, 1, 200)[:, None]
    targets = 100 * features[:, 0]
    learned = NeuralRegressor(preset="strong", scaling="smooth_clip", random_state=0)
    learned.partial_fit(features[90:110], targets[90:110])
    for _ in range(60):
        learned.partial_fit(features, targets)
    assert learned.predict([[1.0]])[0] > 50


def test_a_first_part_that_hides_a_column_is_refused() -> None:
    frame = pd.DataFrame({"colour": ["red", "blue"] * 10, "x": np.arange(20.0)})
    learned = NeuralRegressor(**QUICK)
    with pytest.raises(InputError, match=r"got the columns 'colour' in the first call of partial"):
        learned.partial_fit(frame.head(1), [1.0])
    learned.partial_fit(frame, np.arange(20.0)).partial_fit(frame.head(1), [1.0])
    with pytest.raises(InputError, match="got the columns 'x0' in the first call of partial_fit"):
        NeuralRegressor().partial_fit([[np.nan, 1.0]], [1.0])


def test_categories_of_a_later_part_give_a_warning() -> None:
    frame = pd.DataFrame({"colour": ["red", "blue"] * 10})
    learned = NeuralRegressor(**QUICK).partial_fit(frame, np.arange(20.0))
    with pytest.warns(DataWarning, match="column 'colour': 20 values .*not seen in training"):
        learned.partial_fit(pd.DataFrame({"colour": ["green"] * 20}), np.arange(20.0))


@pytest.mark.parametrize("scaling", ["robust", "quantile"])
def test_a_scaling_that_has_to_know_all_samples_is_refused(scaling: str) -> None:
    features, kinds = shuffled_flowers()
    with pytest.raises(InputError, match=f"scaling: got '{scaling}' for partial_fit"):
        NeuralClassifier(scaling=scaling).partial_fit(features, kinds, classes=[0, 1, 2])
    learned = NeuralClassifier(**QUICK, scaling=scaling).fit(features, kinds)
    learned.partial_fit(features, kinds)  # by the scaling that knows those of fit


@pytest.mark.parametrize("factor", [0.01, 100])
def test_a_warm_start_in_another_unit_gives_a_warning(factor: float) -> None:
    features, kinds = shuffled_flowers()
    learned = NeuralClassifier(**QUICK, warm_start=True, max_iter=3, scaling="none")
    learned.fit(features, kinds).fit(features[:40], kinds[:40])
    features[:, 1] *= factor
    with pytest.warns(DataWarning, match="column 'x1': its values have mean") as caught:
        learned.fit(features, kinds)
    (message,) = [str(w.message) for w in caught if w.category is DataWarning]
    assert f"mean {features[:, 1].mean():.4g} and" in message
    learned.set_params(warm_start=False).fit(features, kinds)


def test_a_warm_start_on_targets_in_another_unit_gives_a_warning() -> None:
    features = RANDOM.normal(size=(60, 2))
    learned = NeuralRegressor(**QUICK, warm_start=True, max_iter=3).fit(features, features[:, 0])
    with pytest.warns(DataWarning, match="column 'y': its values have mean"):
        learned.fit(features, 1000 * features[:, 0])
