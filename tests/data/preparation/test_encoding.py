import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.columns import column_from_json
from chainrule.data.preparation.encoding import ENCODINGS, Codes, OneHot, Ordinal
from chainrule.data.preparation.encoding.categories import Categories
from chainrule.data.preparation.scaling import Scaling, SmoothClipping, Standardisation, Unscaled
from chainrule.data.table import Column, Table
from chainrule.errors import InputError

ALL = sorted(ENCODINGS)
every_encoding = pytest.mark.parametrize("name", ALL)
labels = some.lists(some.text(max_size=3) | some.none(), min_size=1, max_size=20).filter(any)


def values(*given: str | None) -> NDArray[np.object_]:
    column = np.empty(len(given), object)
    column[:] = given
    return column


CITIES = values("Rome", "Oslo", "Bonn", "Rome", "Lima", "Oslo", "Rome")


def fit(
    kind: type[Categories], *given: str | None, scaling: type[Scaling] = Unscaled
) -> Categories:
    return kind.fit("city", values(*given), scaling)


def prepared(
    column: NDArray[np.object_],
    rows: NDArray[np.int64] | None = None,
    *,
    encoding: str = "one_hot",
    scaling: str | None = None,
) -> tuple[Table, Preparation]:
    table = Table(
        "t.csv",
        (Column("x", np.arange(float(len(column)))), Column("city", column)),
        Column("y", np.arange(float(len(column)))),
    )
    rows = np.arange(len(column)) if rows is None else rows
    return table, Preparation.fit(table, rows, "regression", encoding=encoding, scaling=scaling)


def test_a_misspelt_encoding_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        InputError, match=r"encoding 'onehot' is not known\. Did you mean 'one_hot'"
    ):
        ENCODINGS["onehot"]


def test_one_hot_is_that_of_scikit_learn() -> None:
    expected = OneHotEncoder(sparse_output=False).fit_transform(CITIES[:, None])
    assert OneHot.fit("city", CITIES, Unscaled).transform(CITIES).tolist() == expected.tolist()


def test_ordinal_places_are_those_of_scikit_learn() -> None:
    expected = OrdinalEncoder().fit_transform(CITIES[:, None])
    assert Ordinal.fit("city", CITIES, Unscaled).transform(CITIES).tolist() == expected.tolist()


def test_ordinal_places_are_scaled_as_numbers_are() -> None:
    places = OrdinalEncoder().fit_transform(CITIES[:, None])
    expected = StandardScaler().fit_transform(places)
    found = Ordinal.fit("city", CITIES, Standardisation).transform(CITIES)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_ordinal_places_follow_numbers_where_all_categories_are_numbers() -> None:
    assert fit(Ordinal, "10", "9", "0.5").categories == ("0.5", "9", "10")
    assert fit(Ordinal, "10", "9", "low").categories == ("10", "9", "low")


def test_ordinal_takes_the_median_place_for_missing_and_unmet_and_says_so() -> None:
    fitted = fit(Ordinal, "a", "b", "c", "c", "c", None)
    assert fitted.feature_names == ("city", "city is missing")
    assert fitted.transform(values("a", None, "new")).tolist() == [[0, 0], [2, 1], [2, 1]]


def test_ordinal_has_no_feature_for_missing_if_training_missed_none() -> None:
    fitted = fit(Ordinal, "a", "b", "b")
    assert fitted.feature_names == ("city",)
    assert fitted.transform(values(None, "new", "a")).tolist() == [[1], [1], [0]]


def test_codes_begin_at_1_and_are_0_for_missing_and_unmet() -> None:
    fitted = fit(Codes, "b", "a", None, "b")
    assert fitted.transform(values("a", "b", None, "new")).tolist() == [[1], [2], [0], [0]]
    assert fitted.transform(values("a")).dtype == np.float32


@given(known=labels, later=labels)
def test_codes_are_rows_of_a_table_with_as_many_rows_as_is_told(
    known: list[str | None], later: list[str | None]
) -> None:
    fitted = fit(Codes, *known)
    (rows,) = fitted.categories_of_features
    codes = torch.from_numpy(fitted.transform(values(*known, *later)))[:, 0]
    assert (
        torch.nn.functional.embedding(codes.long(), torch.eye(rows)).argmax(1).equal(codes.long())
    )
    assert set(codes[: len(known)].tolist()) >= set(map(float, range(1, rows)))


def test_categories_beyond_the_thousand_most_frequent_have_no_code() -> None:
    names = [f"{i:04}" for i in range(1200)]
    fitted = fit(Codes, *names * 5, *names[200:])
    assert fitted.categories_of_features == (1001,)
    assert fitted.transform(values("0199", "0200")).tolist() == [[0], [1]]
    assert "the rarest 200 ('0000', '0001', '0002', ...) are treated like" in str(fitted.note)


def test_features_tell_which_of_them_are_codes() -> None:
    table, fitted = prepared(CITIES, encoding="codes")
    assert fitted.feature_names == ("x", "city")
    assert fitted.categories_of_features == (0, 5)
    assert fitted.features(table)[:, 1].tolist() == [4, 3, 1, 4, 2, 3, 4]
    assert prepared(CITIES)[1].categories_of_features == (0, 0, 0, 0, 0)
    assert prepared(CITIES, encoding="ordinal")[1].categories_of_features == (0, 0)


@pytest.mark.parametrize(("categories", "kind"), [(2, OneHot), (8, OneHot), (9, Codes)])
def test_auto_makes_codes_of_more_than_8_categories(
    categories: int, kind: type[Categories]
) -> None:
    names = [f"city {i}" for i in range(categories)]
    assert type(fit(ENCODINGS["auto"], *names, None)) is kind


def test_auto_is_chosen_by_name_and_stored_as_what_it_made() -> None:
    _, fitted = prepared(CITIES, encoding="auto")
    assert fitted.as_json()["inputs"][1]["kind"] == "one_hot"
    with pytest.raises(InputError, match="column: got 'auto' as kind, expected an object"):
        column_from_json({**fitted.as_json()["inputs"][1], "kind": "auto"})


# 200 rows: a category of one row is rare, of two rows not.
MANY = values(*["Rome"] * 150, *["Oslo"] * 46, "Bonn", "Lima", "Kyiv", "Kyiv")


def test_rare_categories_share_a_feature_with_those_never_met() -> None:
    fitted = OneHot.fit("city", MANY, Unscaled)
    assert fitted.feature_names == ("city = Kyiv", "city = Oslo", "city = Rome", "city is rare")
    rows = values("Kyiv", "Bonn", "Lima", "Pisa", None)
    assert fitted.transform(rows).tolist() == [[1, 0, 0, 0], *[[0, 0, 0, 1]] * 4]


def test_the_rarest_category_alone_is_told_of_in_the_singular() -> None:
    said = OneHot.fit("city", MANY[:-3], Unscaled).note
    assert said == (
        "column 'city' has 3 categories: the rarest one ('Bonn') is treated like unknown ones"
    )


def test_a_missing_value_is_not_rare_if_training_missed_some() -> None:
    fitted = OneHot.fit("city", np.append(MANY, [None]), Unscaled)
    assert fitted.feature_names[-2:] == ("city is rare", "city is missing")
    assert fitted.transform(values(None, "Bonn"))[:, -2:].tolist() == [[0, 1], [1, 0]]


@given(counts=some.lists(some.integers(1, 12), min_size=1, max_size=30))
def test_rare_is_what_has_fewer_than_5_rows_and_less_than_a_hundredth(counts: list[int]) -> None:
    names = [f"{place:02}" for place in range(len(counts))]
    rows = np.repeat(np.array(names, object), counts)
    expected = [n for n, c in zip(names, counts, strict=True) if c >= 5 or c / len(rows) >= 0.01]
    assert list(OneHot.fit("x", rows, Unscaled).categories) == expected


def test_in_a_hundred_rows_no_category_is_rare() -> None:
    assert OneHot.fit("city", MANY[-100:], Unscaled).rarer == 0


def test_rare_categories_have_the_code_of_what_was_never_met() -> None:
    fitted = Codes.fit("city", MANY, Unscaled)
    assert fitted.transform(values("Kyiv", "Bonn", "Pisa", None)).tolist() == [[1], [0], [0], [0]]
    assert fitted.categories_of_features == (4,)


def test_rare_categories_keep_their_place_in_the_order_of_an_ordinal() -> None:
    assert Ordinal.fit("city", MANY, Unscaled).categories == (
        "Bonn",
        "Kyiv",
        "Lima",
        "Oslo",
        "Rome",
    )


def test_rare_values_of_a_later_file_are_told_of_with_those_never_met() -> None:
    fitted = OneHot.fit("city", MANY, Unscaled)
    said = fitted.note_on(values("Bonn", "Pisa", "Rome"))
    assert said == "column 'city': 2 values ('Bonn', 'Pisa') were rare or not seen in training"
    assert fitted.note_on(values("Rome")) is None


def test_levels_give_the_order_of_an_ordinal_whether_met_or_not() -> None:
    sizes = values("large", "small", "large")
    column = Column("size", sizes, levels=("small", "medium", "large"))
    table = Table("t.csv", (column,), Column("y", np.arange(3.0)))
    fitted = Preparation.fit(table, np.arange(3), "regression", encoding="ordinal", scaling="none")
    assert fitted.features(table).tolist() == [[2], [0], [2]]
    later = Table("t.csv", (Column("size", values("medium")),), None)
    assert fitted.features(later).tolist() == [[1]]


def test_columns_of_codes_are_categorical_whatever_a_later_file_has() -> None:
    _, fitted = prepared(CITIES, encoding="codes")
    assert fitted.categorical == ("city",)


@every_encoding
def test_values_not_met_in_training_are_counted_in_a_note(name: str) -> None:
    _, fitted = prepared(CITIES, encoding=name)
    later, _ = prepared(values("Rome", "Pisa", "Nice"))
    assert fitted.notes_on(replace(later, target=None)) == (
        "t.csv: column 'city': 2 values ('Pisa', 'Nice') were not seen in training",
    )


@every_encoding
def test_only_training_rows_are_learned_from(name: str) -> None:
    changed = CITIES.copy()
    changed[5:] = "Elsewhere", None
    rows = np.arange(5)
    assert prepared(CITIES, rows, encoding=name)[1] == prepared(changed, rows, encoding=name)[1]
    assert prepared(CITIES, encoding=name)[1] != prepared(changed, encoding=name)[1]


@every_encoding
@given(known=labels, later=labels)
def test_an_encoding_comes_back_from_json_exactly(
    name: str, known: list[str | None], later: list[str | None]
) -> None:
    fitted = fit(ENCODINGS[name], *known, scaling=SmoothClipping)
    again = column_from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert again.transform(values(*later)).tobytes() == fitted.transform(values(*later)).tobytes()


@every_encoding
def test_a_preparation_with_an_encoding_comes_back_from_json_exactly(name: str) -> None:
    table, fitted = prepared(CITIES, encoding=name, scaling="quantile")
    again = Preparation.from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert again == fitted
    assert again.features(table).equal(fitted.features(table))


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("codes", {"kind": "hash"}, "column: got 'hash' as kind, expected an object"),
        (
            "codes",
            {"kind": ["codes"]},
            "column: got ['codes'] as kind, expected an object",
        ),
        ("codes", {"categories": "abc"}, "got 'abc' as categories, expected a list of texts"),
        ("codes", {"has_missing": 1}, "got 1 as has_missing, expected a bool"),
        ("one_hot", {"rarer": 0.5}, "got 0.5 as rarer, expected an int"),
        ("one_hot", {"numbers": {}}, "column of categories: got unknown numbers"),
        ("ordinal", {"numbers": []}, "got [] as numbers, expected a dict"),
        ("ordinal", {"numbers": {}}, "column of numbers: got no kind, name, median"),
    ],
)
def test_a_damaged_encoding_is_refused(name: str, change: dict[str, object], said: str) -> None:
    stored = prepared(CITIES, encoding=name)[1].as_json()
    stored["inputs"][1].update(change)
    with pytest.raises(InputError) as error:
        Preparation.from_json(stored)
    assert said in str(error.value)
