"""Transforms of the target: formulas, inverses, and the most likely power."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import yeojohnson

from chainrule.data.preparation.target_transform import (
    TARGET_TRANSFORMS,
    Log,
    YeoJohnson,
    fit_target_transform,
    target_transform_from_json,
)
from chainrule.data.preparation.targets import NumberTarget
from chainrule.errors import InputError

RANDOM = np.random.default_rng(0)
AMOUNTS = np.exp(RANDOM.normal(10, 1, 500))


def test_counts_of_a_logarithm_have_the_unit_one() -> None:
    counts = RANDOM.poisson(np.exp(RANDOM.normal(1, 1.5, 500))).astype(float)
    fitted = Log.fit(counts)
    assert fitted.unit == 1
    np.testing.assert_allclose(fitted.transform(counts), np.log1p(counts))


def test_a_logarithm_of_amounts_has_hardly_any_skew_in_any_unit() -> None:
    for unit in (1e-9, 1.0, 1e9):
        t = Log.fit(AMOUNTS * unit).transform(AMOUNTS * unit)
        np.testing.assert_allclose(t, Log.fit(AMOUNTS).transform(AMOUNTS), rtol=1e-9)
    assert abs(float(((t - t.mean()) ** 3).mean() / t.std() ** 3)) < 0.6


@pytest.mark.parametrize("power", [0.0, 0.3, 1.0, 1.7, 2.0])
def test_yeo_johnson_is_that_of_scipy(power: float) -> None:
    values = RANDOM.normal(0, 5, 200)
    t = YeoJohnson(1.0, power).transform(values)
    np.testing.assert_allclose(t, yeojohnson(values, power), rtol=1e-12)


@pytest.mark.parametrize(
    "values", [AMOUNTS, -AMOUNTS, RANDOM.normal(3, 1, 500), RANDOM.normal(0, 1, 500) ** 3]
)
def test_the_power_is_as_likely_as_that_of_scipy(values: np.ndarray) -> None:
    fitted = YeoJohnson.fit(values)
    _, power = yeojohnson(values / fitted.unit)
    assert fitted.power == pytest.approx(np.clip(power, 0, 2), abs=1e-3)


@given(
    kind=some.sampled_from(sorted(TARGET_TRANSFORMS)),
    values=some.lists(some.just(0.0) | some.floats(1e-5, 1e140), min_size=1, max_size=9),
    negative=some.booleans(),
)
def test_transforms_increase_and_come_back(kind: str, values: list[float], negative: bool) -> None:
    y = np.sort(np.array(values) * (-1 if negative and kind != "log" else 1))
    fitted = fit_target_transform(kind, y)
    assert fitted is not None
    t = fitted.transform(y)
    assert np.isfinite(t).all()
    assert (np.diff(t) >= 0).all()
    np.testing.assert_allclose(fitted.inverse_transform(t), y, rtol=1e-6, atol=1e-9 * fitted.unit)


@given(kind=some.sampled_from(sorted(TARGET_TRANSFORMS)), z=some.floats(allow_nan=False))
def test_every_prediction_has_a_finite_value(kind: str, z: float) -> None:
    target = NumberTarget.fit("price", AMOUNTS, transform=kind)
    assert np.isfinite(target.inverse_transform(np.array([z]))).all()


@pytest.mark.parametrize("kind", TARGET_TRANSFORMS)
def test_a_transform_comes_back_from_json_exactly(kind: str) -> None:
    fitted = fit_target_transform(kind, AMOUNTS)
    assert fitted is not None
    assert target_transform_from_json(json.loads(json.dumps(fitted.as_json()))) == fitted
    target = NumberTarget.fit("price", AMOUNTS, transform=kind)
    assert NumberTarget.from_json(json.loads(json.dumps(target.as_json()))) == target


@pytest.mark.parametrize("kind", TARGET_TRANSFORMS)
def test_a_weight_of_two_is_as_a_row_that_is_there_twice(kind: str) -> None:
    counts = RANDOM.integers(1, 4, len(AMOUNTS))
    weighted = NumberTarget.fit("price", AMOUNTS, counts.astype(float), kind)
    repeated = NumberTarget.fit("price", np.repeat(AMOUNTS, counts), transform=kind)
    z = np.linspace(-2, 2, 9)
    np.testing.assert_allclose(
        weighted.inverse_transform(z), repeated.inverse_transform(z), rtol=1e-4
    )


def test_the_constant_prediction_is_the_mean_of_the_values_and_not_of_their_transform() -> None:
    target = NumberTarget.fit("price", AMOUNTS, transform="log")
    z = np.array([target.constant_prediction])
    assert target.inverse_transform(z)[0] == pytest.approx(AMOUNTS.mean())


def test_a_logarithm_of_negative_numbers_is_refused_with_what_takes_them() -> None:
    with pytest.raises(InputError, match=r"the target -3, expected .* yeo_johnson, or none"):
        Log.fit(np.array([1.0, -3.0]))
    target = NumberTarget.fit("price", AMOUNTS, transform="log")
    with pytest.raises(InputError, match=r"row 2: got -1, expected a number of at least 0"):
        target.transform(np.array([1.0, -1.0]), lambda row: f"row {row + 1}")


@pytest.mark.parametrize(
    "damage", [{"unit": 0.0}, {"unit": -1.0}, {"power": "1"}, {"kind": "exp"}, {"more": 1}]
)
def test_a_damaged_transform_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(InputError):
        target_transform_from_json(YeoJohnson(1.0, 0.5).as_json() | damage)
