import dataclasses
import json
from typing import Protocol

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from numpy.typing import NDArray
from scipy.stats import norm, rankdata
from sklearn.preprocessing import (
    MinMaxScaler,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.json_fields import Json
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.scaling import (
    SCALINGS,
    Quantile,
    Robust,
    RobustSmoothClipping,
    Scaling,
    SmoothClipping,
    Standardisation,
    scaling_from_json,
)
from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from tests.data.preparation import inverse
from tests.data.preparation.inverse import unscaled

RANDOM = np.random.default_rng(0)
COLUMNS = {
    "normal": RANDOM.normal(5, 3, 501),
    "skewed": np.exp(RANDOM.normal(0, 2, 2500)),
    "ties": RANDOM.integers(0, 7, 400).astype(float),
    "two values": np.array([0.0, 1.0, 1.0, 0.0, 1.0]),
    "few": np.array([1.0, 2.0, 4.0]),
}
ALL = sorted(SCALINGS)
finite = some.floats(allow_nan=False, allow_infinity=False)
ordinary = some.floats(-1e9, 1e9)
columns_of = pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
every_scaling = pytest.mark.parametrize("name", ALL)
every_scaling_that_divides = pytest.mark.parametrize("name", sorted({*ALL} - {"centre", "none"}))


class Scaler(Protocol):
    """A scaler of scikit-learn."""

    def fit_transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]: ...


def by_sklearn(scaler: Scaler, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return scaler.fit_transform(values[:, None])[:, 0]


def test_a_misspelt_scaling_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        InputError, match=r"scaling 'standardize' is not known\. Did .* 'standardise'"
    ):
        SCALINGS["standardize"]


@columns_of
@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("standardise", StandardScaler()),
        ("centre", StandardScaler(with_std=False)),
        ("min_max", MinMaxScaler()),
        ("robust", RobustScaler()),
    ],
)
def test_a_scaling_is_that_of_scikit_learn(
    name: str, oracle: Scaler, values: NDArray[np.float64]
) -> None:
    z = SCALINGS[name].fit(values).transform(values)
    np.testing.assert_allclose(z, by_sklearn(oracle, values), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("values", [COLUMNS["normal"], COLUMNS["skewed"], COLUMNS["few"]])
def test_quantile_scaling_is_that_of_scikit_learn(values: NDArray[np.float64]) -> None:
    oracle = QuantileTransformer(
        n_quantiles=min(1000, len(values)), output_distribution="normal", subsample=None
    )
    z = Quantile.fit(values).transform(values)
    np.testing.assert_allclose(z, by_sklearn(oracle, values), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["normal", "ties", "two values", "few"])
def test_quantile_scaling_is_the_normal_deviate_of_the_average_rank(name: str) -> None:
    values = COLUMNS[name]
    rank = (rankdata(values, "average") - 1) / (len(values) - 1)
    expected = norm.ppf(np.clip(rank, 1e-7, 1 - 1e-7))
    z = Quantile.fit(values).transform(values)
    np.testing.assert_allclose(z, expected, rtol=1e-6, atol=1e-12)


def test_quantile_scaling_places_later_values_as_scikit_learn_does() -> None:
    values, later = COLUMNS["skewed"], np.array([-1.0, 0.5, 1.0, 1e9])
    oracle = QuantileTransformer(n_quantiles=1000, output_distribution="normal", subsample=None)
    expected = oracle.fit(values[:, None]).transform(later[:, None])[:, 0]
    np.testing.assert_allclose(Quantile.fit(values).transform(later), expected, rtol=1e-6)


@columns_of
def test_smooth_clipping_is_its_formula_on_standardised_values(values: NDArray[np.float64]) -> None:
    z = by_sklearn(StandardScaler(), values)
    expected = z / (1 + (z / 3) ** 2) ** 0.5
    fitted = SmoothClipping.fit(values)
    np.testing.assert_allclose(fitted.transform(values), expected, rtol=1e-12, atol=1e-12)


@columns_of
def test_robust_smooth_clipping_is_its_formula_on_robustly_scaled_values(
    values: NDArray[np.float64],
) -> None:
    z = by_sklearn(RobustScaler(), values)
    expected = z / (1 + (z / 3) ** 2) ** 0.5
    fitted = RobustSmoothClipping.fit(values)
    np.testing.assert_allclose(fitted.transform(values), expected, rtol=1e-12, atol=1e-12)


def test_smooth_clipping_loses_nothing_of_values_far_out() -> None:
    fitted = SmoothClipping.fit(np.array([-1.0, 1.0]))
    z = fitted.transform(np.array([100.0, -1e4]))
    np.testing.assert_allclose(unscaled(fitted, z), [100, -1e4])


@columns_of
def test_without_scaling_values_stay_as_they_are(values: NDArray[np.float64]) -> None:
    assert SCALINGS["none"].fit(values).transform(values).tolist() == values.tolist()


def test_where_quartiles_are_equal_robust_scaling_takes_half_the_range() -> None:
    values = np.array([0.0, 5.0, 5.0, 5.0, 5.0, 5.0, 20.0])
    assert Robust.fit(values).transform(values).tolist() == [-0.5, 0, 0, 0, 0, 0, 1.5]


def test_one_value_far_out_does_not_move_robust_scaling() -> None:
    values = np.arange(101.0)
    far = np.append(values[:-1], 1e12)
    assert Robust.fit(values) == Robust.fit(far)


def test_values_far_outside_the_training_range_have_the_rank_of_its_ends() -> None:
    fitted = Quantile.fit(np.arange(10.0))
    assert (
        fitted.transform(np.array([-1e300, 0])).tolist()
        == [-fitted.transform(np.array([9.0]))[0]] * 2
    )


@every_scaling_that_divides
@pytest.mark.parametrize("value", [0.0, 0.1, -1e308, 5e-324])
def test_a_constant_becomes_0_and_comes_back(name: str, value: float) -> None:
    fitted = SCALINGS[name].fit(np.full(7, value))
    assert fitted.constant
    assert fitted.transform(np.array([value, 3.0])).tolist() == [0, 0]
    np.testing.assert_allclose(unscaled(fitted, np.zeros(1)), [value], rtol=1e-15, atol=1e-320)


@pytest.mark.parametrize("name", ["centre", "none"])
def test_a_constant_keeps_later_differences_where_nothing_is_divided(name: str) -> None:
    fitted = SCALINGS[name].fit(np.full(7, 2.0))
    assert not fitted.constant
    low, high = fitted.transform(np.array([2.0, 3.0]))
    assert high - low == 1


@every_scaling
@pytest.mark.parametrize("spread", [1e308, 1e-300], ids=["huge", "tiny"])
def test_values_of_extreme_size_come_back(name: str, spread: float) -> None:
    values = spread * np.array([-1.0, 0.25, 0.5, 1.0])
    fitted = SCALINGS[name].fit(values)
    again = unscaled(fitted, fitted.transform(values))
    np.testing.assert_allclose(again, values, rtol=1e-9, atol=1e-9 * spread)


@every_scaling_that_divides
def test_a_tiny_deviation_around_a_large_number_is_seen(name: str) -> None:
    values = 1e6 + np.array([0, 1e-9, 2e-9, 3e-9])
    z = SCALINGS[name].fit(values).transform(values)
    assert (np.diff(z) > 0).all()
    assert z[-1] - z[0] >= 1


def test_every_scaling_has_its_inverse() -> None:
    assert inverse.SCALINGS.keys() == SCALINGS.keys(), inverse.__file__


@every_scaling
@given(values=some.lists(ordinary, min_size=1, max_size=30))
def test_the_inverse_of_a_scaling_gives_training_values_back(
    name: str, values: list[float]
) -> None:
    data = np.array(values)
    fitted = SCALINGS[name].fit(data)
    # What is further out is bounded, or so near to the bound that it has lost digits.
    furthest = {"robust": 1e6, "robust_smooth_clip": 1e4}.get(name, np.inf)
    assume(np.abs(Robust.fit(data).transform(data)).max() < furthest)
    slack = 1e-9 * np.abs(data).max() + 1e-300  # a spread of subnormal numbers counts as none
    again = unscaled(fitted, fitted.transform(data))
    np.testing.assert_allclose(again, data, rtol=1e-9, atol=slack)


@every_scaling
@given(training=some.lists(finite, min_size=1, max_size=20), x=finite, y=finite)
def test_scaling_keeps_the_order_and_makes_no_nan(
    name: str, training: list[float], x: float, y: float
) -> None:
    low, high = SCALINGS[name].fit(np.array(training)).transform(np.array(sorted((x, y))))
    assert low <= high or np.isclose(low, high, rtol=1e-14, atol=0)  # equal but for the last digit


@every_scaling
@given(values=some.lists(finite, min_size=1, max_size=20))
def test_a_scaling_comes_back_from_json_exactly(name: str, values: list[float]) -> None:
    fitted = SCALINGS[name].fit(np.array(values))
    again = scaling_from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert type(again) is type(fitted)


def test_scalings_of_other_values_differ() -> None:
    assert Quantile.fit(np.arange(3.0)) != Quantile.fit(np.arange(1.0, 4.0))
    other: Scaling = Standardisation(0, 1)
    assert SmoothClipping(0, 1) != other


@every_scaling
def test_features_are_finite_float32_under_every_scaling(name: str) -> None:
    training = np.array([1e308, -1e308, 0, np.nan, 1])
    features = Numbers.fit("x", training, SCALINGS[name]).transform(np.append(training, 1.7e308))
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert features[:, 1].tolist() == [0, 0, 0, 1, 0, 0]


@every_scaling
def test_a_missing_number_is_the_median_under_every_scaling(name: str) -> None:
    column = Numbers.fit("x", np.array([1.0, 2, 9, np.nan]), SCALINGS[name])
    missing, median = column.transform(np.array([np.nan, 2.0]))[:, 0]
    assert missing == median


@every_scaling
def test_a_column_of_one_value_and_else_missing_can_be_scaled(name: str) -> None:
    column = Numbers.fit("x", np.array([np.nan, 4.0, np.nan]), SCALINGS[name])
    assert column.transform(np.array([4.0, np.nan]))[:, 1].tolist() == [0, 1]
    assert (column.note is None) == (name in ("centre", "none"))


def prepared(
    values: NDArray[np.float64], rows: NDArray[np.int64], scaling: str | None = None
) -> tuple[Table, Preparation]:
    table = Table("t.csv", (Column("x", values),), Column("y", np.arange(float(len(values)))))
    return table, Preparation.fit(table, rows, "regression", scaling=scaling)


@every_scaling
def test_only_training_rows_are_learned_from(name: str) -> None:
    values, rows = COLUMNS["normal"].copy(), np.arange(300)
    fitted = prepared(values, rows, scaling=name)[1]
    changed = np.append(values[:300], np.full(50, 1e300))
    again = prepared(changed, rows, scaling=name)[1]
    assert again.inputs == fitted.inputs
    assert prepared(values, np.arange(400), scaling=name)[1].inputs != fitted.inputs


@every_scaling
def test_a_preparation_scales_numbers_by_the_scaling_that_is_named(name: str) -> None:
    values = COLUMNS["few"]
    table, fitted = prepared(values, np.arange(3), scaling=name)
    expected = SCALINGS[name].fit(values).transform(values)
    np.testing.assert_allclose(fitted.features(table)[:, 0], expected, rtol=1e-6)


def test_by_default_numbers_are_clipped_smoothly() -> None:
    values, rows = COLUMNS["few"], np.arange(3)
    assert prepared(values, rows)[1] == prepared(values, rows, scaling="smooth_clip")[1]


def hostile(name: str, **changes: object) -> Json:
    return {**SCALINGS[name].fit(np.array([1.0, 2, 4])).as_json(), **changes}


def stored(values: list[float], **changes: object) -> Json:
    return {**Quantile.fit(np.array(values)).as_json()["quantiles"], **changes}


@pytest.mark.parametrize(
    ("given_json", "said"),
    [
        (3, "scaling: got 3, expected an object whose kind is"),
        ({}, "scaling: got {}, expected an object whose kind is"),
        ({"kind": ["none"]}, "scaling: got ['none'] as kind, expected an object whose kind is"),
        ({"kind": "minmax"}, "scaling: got 'minmax' as kind, expected an object whose"),
        (hostile("standardise", mean=float("nan")), "got nan as mean, expected a float"),
        (hostile("smooth_clip", deviation=10**400), "as deviation, expected a float"),
        (hostile("min_max", low="0"), "scaling min_max: got '0' as low, expected a float"),
        (hostile("robust", median=True), "scaling robust: got True as median"),
        (hostile("none", mean=0.0), "scaling none: got unknown mean"),
        (hostile("quantile", quantiles=[1.0]), "got [1.0] as quantiles, expected a dict"),
        (hostile("quantile", quantiles=stored([1.0, 2], shape=[3])), "got 16 bytes, expected 24"),
        (hostile("quantile", quantiles=stored([1.0], shape=[1, 1])), "[1, 1] as shape, expected 1"),
        (hostile("quantile", quantiles=stored([1.0], shape=[True])), "[True] as shape"),
        (hostile("quantile", quantiles=stored([1.0], shape=[-1])), "got [-1] as shape"),
        (hostile("quantile", quantiles=stored([1.0], shape="1")), "got '1' as shape"),
        (hostile("quantile", quantiles=stored([1.0], float64="AA=A")), "text that is no base64"),
        (hostile("quantile", quantiles=stored([1.0], float64="*AAAAAAAA8D8=")), "no base64"),
        (hostile("quantile", quantiles=stored([1.0], float64="é")), "text that is no base64"),
        (
            hostile("quantile", quantiles={"shape": [1], "float64": "AAAAAAAA+H8="}),
            "quantiles: got numbers that are not finite, expected finite ones",
        ),
        (
            hostile("quantile", quantiles={"shape": [2], "float64": "AAAAAAAA8D8AAAAAAAAAAA=="}),
            "quantiles: got numbers out of order, expected them to ascend",
        ),
    ],
)
def test_a_damaged_scaling_is_refused(given_json: object, said: str) -> None:
    with pytest.raises(InputError) as error:
        scaling_from_json(given_json)
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["standardise", "smooth_clip", "centre", "min_max", "none"])
@given(
    some.lists(ordinary, min_size=1, max_size=20),
    some.lists(some.lists(ordinary, min_size=1, max_size=9), min_size=1, max_size=5),
)
def test_scalings_of_parts_merge_to_that_of_all(
    name: str, first: list[float], parts: list[list[float]]
) -> None:
    scaling, values = SCALINGS[name].fit(np.array(first)), [*first]
    for part in parts:
        values += part
        merged = scaling.merged(SCALINGS[name].fit(np.array(part)), len(part) / len(values))
        assert merged is not None
        scaling = merged
    together = SCALINGS[name].fit(np.array(values))
    found, expected = (list(dataclasses.asdict(each).values()) for each in (scaling, together))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6 * max(map(abs, values)) + 1e-300)


@pytest.mark.parametrize("name", ["robust", "robust_smooth_clip", "quantile"])
def test_scalings_by_order_do_not_merge(name: str) -> None:
    scaling = SCALINGS[name].fit(np.arange(9.0))
    assert scaling.merged(scaling, 0.5) is None


def test_scalings_of_the_largest_numbers_merge() -> None:
    low, high = (Standardisation.fit(np.array([sign * 1e308, sign * 1.5e308])) for sign in (-1, 1))
    together = Standardisation.fit(np.array([-1e308, -1.5e308, 1e308, 1.5e308]))
    merged = low.merged(high, 0.5)
    assert merged.deviation == pytest.approx(together.deviation)
    assert merged.mean == pytest.approx(together.mean, abs=1e293)


def test_further_values_update_the_scaling_and_neither_median_nor_indicator() -> None:
    numbers = Numbers.fit("x", np.array([1.0, 3.0]), Standardisation)
    updated = numbers.updated(np.array([7.0, np.nan]), share=0.5)
    assert (updated.median, updated.has_missing) == (2.0, False)
    assert updated.scaling == Standardisation.fit(np.array([1.0, 3.0, 7.0, 2.0]))
