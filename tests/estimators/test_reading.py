"""Data frames as X and y: used as their values are, or left out with a warning."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from chainrule import DataWarning, InputError, NeuralClassifier, NeuralRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROWS = 60
RANDOM = np.random.default_rng(0)
WHEN = pd.Timestamp("2023-01-01") + pd.to_timedelta(RANDOM.integers(0, 700, ROWS), "D")
SHOPS = pd.DataFrame(
    {
        "when": WHEN,
        "shop": RANDOM.choice(["a", "b"], ROWS),
        "count": RANDOM.integers(0, 9, ROWS),
        "open": RANDOM.random(ROWS) < 0.5,
    }
)
SOLD = 3.0 * SHOPS["count"] + 5 * (SHOPS["shop"] == "a")


def regressor(**parameters: Any) -> NeuralRegressor:
    return NeuralRegressor(
        **{"max_iter": 5, "hidden_layer_sizes": 8, "random_state": 0, **parameters}
    )


def objects(values: Any) -> pd.Series:
    return pd.Series(list(values), dtype=object)


# The same values in other types.
OTHER_TYPES: dict[str, Callable[[], pd.DataFrame]] = {
    "timestamps": lambda: SHOPS.assign(when=SHOPS["when"].astype(object)),
    "datetime64": lambda: SHOPS.assign(when=objects(SHOPS["when"].to_numpy())),
    "dates": lambda: SHOPS.assign(when=objects(day.date() for day in WHEN)),
    "periods": lambda: SHOPS.assign(when=SHOPS["when"].dt.to_period("D")),
    "categories of times": lambda: SHOPS.assign(when=SHOPS["when"].astype("category")),
    "int64": lambda: SHOPS.assign(count=objects(map(np.int64, SHOPS["count"]))),
    "float64": lambda: SHOPS.assign(count=SHOPS["count"].astype(float)),
    "nullable": lambda: SHOPS.convert_dtypes(),
    "pyarrow": lambda: SHOPS.convert_dtypes(dtype_backend="pyarrow"),
    "bool": lambda: SHOPS.assign(open=objects(map(np.bool_, SHOPS["open"]))),
    "0 and 1": lambda: SHOPS.assign(open=SHOPS["open"].astype(int)),
    "str": lambda: SHOPS.assign(shop=objects(map(np.str_, SHOPS["shop"]))),
    "category": lambda: SHOPS.assign(shop=SHOPS["shop"].astype("category")),
    "objects": lambda: SHOPS.astype(object),
    "array of objects": lambda: pd.DataFrame(SHOPS.to_numpy(), columns=SHOPS.columns),
    "rows": lambda: pd.concat([SHOPS.iloc[row].to_frame().T for row in range(ROWS)]),
}


@pytest.mark.filterwarnings("ignore:.*written otherwise than in training")
@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_the_types_of_the_columns_change_no_prediction(kind: str) -> None:
    typed, other = SHOPS, OTHER_TYPES[kind]()
    expected = regressor().fit(typed, SOLD).predict(typed)
    np.testing.assert_array_equal(regressor().fit(typed, SOLD).predict(other), expected)
    if kind != "0 and 1":  # which are numbers, to be standardised
        learned = regressor().fit(other, SOLD)
        np.testing.assert_allclose(learned.predict(typed), expected, rtol=1e-6)


def test_polars_gives_what_pandas_gives() -> None:
    expected = regressor().fit(SHOPS, SOLD).predict(SHOPS)
    frame = pl.from_pandas(SHOPS)
    np.testing.assert_array_equal(regressor().fit(frame, SOLD.to_numpy()).predict(frame), expected)


def test_a_row_alone_is_predicted_as_among_others() -> None:
    learned = regressor().fit(SHOPS, SOLD)
    together = learned.predict(SHOPS)[:5]
    ways: list[Callable[[int], pd.DataFrame]] = [
        lambda row: SHOPS.iloc[[row]],
        lambda row: SHOPS.iloc[row].to_frame().T,
        lambda row: pd.DataFrame([SHOPS.iloc[row]]),
        lambda row: pd.DataFrame([SHOPS.iloc[row].to_dict()]),
    ]
    for one_row in ways:
        alone = [learned.predict(one_row(row))[0] for row in range(5)]
        np.testing.assert_allclose(alone, together, rtol=1e-12)


@pytest.mark.parametrize("name", SHOPS.columns)
def test_a_column_may_lack_all_values_at_prediction(name: str) -> None:
    training = SHOPS.astype(object)
    training.loc[3, name] = None  # so that missing values were there in training
    learned = regressor().fit(training, SOLD)
    predicted = [
        learned.predict(SHOPS.head(2).assign(**{name: objects([missing, missing])}))
        for missing in (None, np.nan, pd.NA, pd.NaT)
    ]
    assert np.isfinite(predicted[0]).all()
    assert all((others == predicted[0]).all() for others in predicted)


def test_numbers_may_come_as_texts_and_truth_values() -> None:
    numbers = pd.DataFrame({"x": np.arange(20) % 2, "z": np.arange(20.0)})
    learned = regressor().fit(numbers, np.arange(20.0))
    expected = learned.predict(numbers)
    truths = numbers.assign(x=numbers["x"] == 1)
    for frame in (truths, truths.astype(object), numbers.astype(str), numbers.astype(object)):
        np.testing.assert_array_equal(learned.predict(frame), expected)


def test_names_that_are_no_text_are_those_of_an_array() -> None:
    features = RANDOM.normal(size=(20, 2))
    by_array = regressor().fit(features, features[:, 0])
    frame = pd.DataFrame(features).astype(object)
    expected = by_array.predict(features)
    np.testing.assert_array_equal(by_array.predict(frame), expected)
    np.testing.assert_array_equal(regressor().fit(frame, features[:, 0]).predict(frame), expected)


def test_the_index_and_masked_values() -> None:
    named = SHOPS.set_index(SHOPS["shop"] + "!")
    learned = regressor().fit(named, SOLD)
    np.testing.assert_array_equal(learned.predict(SHOPS), learned.predict(named))
    features = RANDOM.normal(size=(20, 2))
    missing = np.where(features > 1, np.nan, features)
    expected = regressor().fit(missing, features[:, 0]).predict(missing)
    masked = np.ma.masked_array(np.where(features > 1, 99, features), features > 1)
    np.testing.assert_array_equal(regressor().fit(masked, features[:, 0]).predict(masked), expected)


@pytest.mark.parametrize("levels", [[7, 1, 2], [2.5, 1.0, 7.0], [" c", "b ", "a"]], ids=str)
def test_ordered_levels_of_any_type_are_encoded_in_their_order(levels: list[Any]) -> None:
    index = np.arange(ROWS) % 3
    ordered = pd.Categorical.from_codes(index, categories=levels, ordered=True)
    frame = pd.DataFrame({"grade": ordered})
    learned = regressor(encoding="ordinal", max_iter=300, learning_rate_init=0.01)
    learned.fit(frame, 3.0 * index)
    np.testing.assert_allclose(learned.predict(frame.head(3)), [0, 3, 6], atol=0.5)


# Warnings


def warned(action: Callable[[], object]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DataWarning)
        action()
    assert all(warning.filename == __file__ for warning in caught)
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (objects([[1]] * ROWS), "is left out, as its type list is not supported"),
        (objects([b"a"] * ROWS), "is left out, as its type bytes is not supported"),
        ([f"n{row}" for row in range(ROWS)], "is left out, as most of its values are different"),
        (["always"] * ROWS, "is left out, as it has one value in all rows"),
        ([None] * ROWS, "is left out, as it has no value"),
        (pd.to_timedelta(np.arange(ROWS), "h"), "has durations, which are read as numbers of days"),
        (10**17 + np.arange(ROWS), "has whole numbers beyond 2^53, such as 100000000000000059"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_column_that_is_not_taken_as_it_is_gives_one_warning(column: Any, reason: str) -> None:
    frame = SHOPS.assign(more=column)
    learned = regressor()
    (message,) = warned(lambda: learned.fit(frame, SOLD))
    assert f"column 'more' {reason}" in message
    assert warned(lambda: learned.predict(frame)) == []


def test_the_step_that_a_warning_names_brings_the_column_in() -> None:
    names = [*["usual", "other"] * 20, *(f"n{row}" for row in range(20 + ROWS))]
    frame = pd.DataFrame({"x": np.arange(120.0), "name": names})
    (message,) = warned(lambda: regressor().fit(frame, np.arange(120.0)))
    assert message.endswith(": X['name'].astype('category').")
    frame["name"] = frame["name"].astype("category")
    with pytest.warns(DataWarning, match="are treated like unknown ones"):
        learned = regressor().fit(frame, np.arange(120.0))
    assert learned.model_.preparation.columns == ("x", "name")


def test_clean_data_gives_no_warning() -> None:
    frame = SHOPS.assign(number=np.where(np.arange(ROWS) % 7, 1.5, np.nan), constant=3)
    assert warned(lambda: regressor().fit(frame, SOLD).score(frame, SOLD)) == []


def test_what_differs_from_the_fit_gives_a_warning_at_prediction() -> None:
    learned = regressor().fit(SHOPS, SOLD)
    (message,) = warned(lambda: learned.predict(SHOPS.head(3).assign(shop=["a", "x", "b"])))
    assert "column 'shop': 1 value" in message
    (message,) = warned(
        lambda: regressor().fit(SHOPS, SOLD, X_val=SHOPS.assign(shop="x"), y_val=SOLD)
    )
    assert "column 'shop': 60 values" in message


# Targets


def test_whole_numbers_beyond_those_of_floats_are_classes_of_their_own() -> None:
    codes = 10**17 + np.arange(ROWS) % 3
    for y in (codes, pd.Series(codes, dtype="Int64"), pl.Series(codes)):
        learned = NeuralClassifier(max_iter=2, random_state=0).fit(SHOPS[["count"]], y)
        assert learned.classes_.tolist() == [10**17, 10**17 + 1, 10**17 + 2]
        assert learned.model_.preparation.class_names == tuple(map(str, learned.classes_))
    (message,) = warned(lambda: regressor().fit(SHOPS[["count"]], codes))
    assert "y: got whole numbers beyond 2^53, such as 100000000000000002" in message


@pytest.mark.parametrize("scalar", [np.str_, np.int64, np.float64, np.datetime64])
def test_no_message_shows_how_numpy_writes_a_label(scalar: Any) -> None:
    labels = {np.str_: "pq", np.datetime64: ("2020-01-01", "2020-01-02")}.get(scalar, (7, 8))
    y = np.array([scalar(labels[row % 2]) for row in range(ROWS)])
    for kind in (y, y.astype(object)) if scalar is np.str_ else (y,):
        classifier = NeuralClassifier(max_iter=2, random_state=0)
        classifier.partial_fit(SHOPS[["count"]], np.arange(ROWS) % 2, classes=[0, 1])
        with pytest.raises(ValueError, match=f"^y: got the class '{labels[0]}'") as error:
            classifier.partial_fit(SHOPS[["count"]], kind)
        assert "np." not in str(error.value)


def test_targets_that_are_no_numbers_are_refused() -> None:
    for y, message in (
        (np.array(["p", "q"] * 30), r"^y: got 'p', expected numbers\. For classes use NeuralClas"),
        (WHEN.to_numpy(), "^y: got an array of type datetime64"),
        (pl.Series([datetime.date(2020, 1, 1)] * ROWS), "^y: got an array of type datetime64"),
    ):
        with pytest.raises(InputError, match=message):
            regressor().fit(SHOPS[["count"]], y)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([], "minimum of 1 is required"),
        ([[0, 1]], "classes: got an array of shape"),
        ([0, np.nan], "Input classes contains NaN"),
        (np.array([0, "a"], dtype=object), "classes: got labels of the types int and str"),
    ],
)
def test_classes_that_are_no_list_of_labels_are_refused(classes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NeuralClassifier().partial_fit([[1.0], [2.0]], [0, 1], classes=classes)


def test_labels_of_several_types_are_refused() -> None:
    labels = np.array([1, "a"] * 30, dtype=object)
    with pytest.raises(ValueError, match="y: got labels of the types int and str, expected one"):
        NeuralClassifier().fit(SHOPS, labels)


def test_an_array_of_dates_is_refused_and_a_lazy_frame_too() -> None:
    with pytest.raises(InputError, match=r"X: got an array of type datetime64\[us\], expected num"):
        regressor().fit(WHEN.to_numpy()[:, None].astype("datetime64[us]"), SOLD)
    with pytest.raises(InputError, match=r"Call its collect\(\) first"):
        regressor().fit(pl.from_pandas(SHOPS).lazy(), SOLD)


def test_weights_and_penalties_of_no_use_are_refused() -> None:
    y = np.arange(ROWS) % 2
    with pytest.raises(ValueError, match=r"^class_weight: got .* which leaves no sample"):
        NeuralClassifier(class_weight={0: 0, 1: 0}).fit(SHOPS, y)
    with pytest.raises(ValueError, match="The 'alpha' parameter"):
        regressor(alpha=1e300).fit(SHOPS, SOLD)
    with pytest.raises(ValueError, match="batch_norm: got True for one sample"):
        regressor(batch_norm=True).fit(SHOPS[["count"]].head(1), [1.0])


def test_hidden_layers_of_a_share_of_a_unit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"hidden_layer_sizes: got \[1.5\], expected whole number"):
        regressor(hidden_layer_sizes=[1.5]).fit(SHOPS, SOLD)
