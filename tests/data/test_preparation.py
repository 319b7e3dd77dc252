import json
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray

from chainrule.data.columns.roles import infer_roles
from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.encoding import OneHot
from chainrule.data.preparation.json_fields import Json
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.scaling import SmoothClipping, Standardisation
from chainrule.data.preparation.targets import ClassTarget, NumberTarget
from chainrule.data.reading.read import read
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from tests.data.conftest import Write

T = TypeVar("T")

NAN = float("nan")
finite = some.floats(allow_nan=False, allow_infinity=False)
ordinary = some.floats(-1e9, 1e9)


def numbers(name: str, *values: float) -> Column:
    return Column(name, np.array(values, float))


def texts(name: str, *values: str | None) -> Column:
    column = np.empty(len(values), object)
    column[:] = values
    return Column(name, column)


def everything(table: Dataset) -> NDArray[np.int64]:
    return np.arange(len(table))


PEOPLE = Table(
    "people.csv",
    (numbers("age", 20, 40, NAN, 60), texts("city", "Rome", None, "Oslo", "Rome")),
    texts("rich", "no", "yes", "no", "yes"),
)


def fitted(table: Table = PEOPLE, task: Task = "binary") -> Preparation:
    return Preparation.fit(table, everything(table), task)


def test_a_missing_number_becomes_the_median_and_its_own_feature() -> None:
    features = fitted().features(PEOPLE)[:, :2]
    # median 40, mean 40, deviation sqrt(200); z = 20 / sqrt(200) = sqrt(2), 1 + z^2 / 9 = 11 / 9
    x = (2 * 9 / 11) ** 0.5
    torch.testing.assert_close(features, torch.tensor([[-x, 0], [0, 0], [0, 1], [x, 0]]))


@given(training=some.lists(finite, min_size=2, max_size=20), x=finite, y=finite)
def test_numbers_stay_within_3_and_in_their_order(
    training: list[float], x: float, y: float
) -> None:
    column = Numbers.fit("x", np.array(training))
    low, high = column.transform(np.array(sorted((x, y))))[:, 0]
    assert -3 <= low <= high <= 3


def test_numbers_near_the_mean_are_hardly_changed_by_keeping_them_near() -> None:
    column = Numbers.fit("x", np.array([-1.0, 1.0]))
    np.testing.assert_allclose(
        column.transform(np.array([0.1, -0.1]))[:, 0], [0.1, -0.1], rtol=1e-3
    )


def test_categories_become_one_feature_each_and_missing_another() -> None:
    preparation = fitted()
    assert preparation.feature_names == (
        "age",
        "age is missing",
        "city = Oslo",
        "city = Rome",
        "city is missing",
    )
    assert preparation.features(PEOPLE)[:, 2:].tolist() == [
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
    ]


def test_features_are_float32_of_the_shape_that_is_told() -> None:
    features = fitted().features(PEOPLE)
    assert features.dtype == torch.float32
    assert features.shape == (4, *fitted().feature_shape) == (4, 5)


def test_a_category_not_met_in_training_is_all_zeros_and_noted() -> None:
    fresh = Table("new.csv", (numbers("age", 1), texts("city", "Bonn")), None)
    assert fitted().features(fresh)[0, 2:].tolist() == [0, 0, 0]
    assert fitted().notes_on(fresh) == (
        "new.csv: column 'city': 1 value ('Bonn') was not seen in training",
    )


def test_a_value_missing_only_later_is_the_median_without_a_feature() -> None:
    table = Table("a.csv", (numbers("x", 1, 2, 6),), numbers("y", 1, 2, 3))
    preparation = fitted(table, "regression")
    fresh = Table("b.csv", (numbers("x", NAN, 2),), None)
    features = preparation.features(fresh)
    assert features.shape == (2, 1)
    assert features[0] == features[1]


def test_a_column_of_one_value_or_none_is_left_out_with_a_note() -> None:
    table = Table(
        "a.csv",
        (
            numbers("x", 0.1, 0.1),
            texts("c", "a", "a"),
            numbers("gone", NAN, NAN),
            numbers("z", 1, 2),
        ),
        numbers("y", 1, 2),
    )
    preparation = fitted(table, "regression")
    assert preparation.columns == ("z",)
    assert preparation.notes == (
        "a.csv: each of the columns 'x', 'c' is left out, as it has one value in all rows. Check "
        "the file if you expected different values",
        "a.csv: column 'gone' is left out, as it has no value. Check the file if you expected "
        "different values",
    )


def test_of_one_value_that_is_missing_here_and_there_only_that_is_learned() -> None:
    table = Table("a.csv", (numbers("x", 0.1, 0.1, NAN),), numbers("y", 1, 2, 3))
    preparation = fitted(table, "regression")
    assert preparation.features(table).tolist() == [[0, 0], [0, 0], [0, 1]]
    assert preparation.notes == (
        "a.csv: column 'x' has one value in all training rows: it becomes 0",
    )


def test_names_and_free_text_are_left_out_with_a_note() -> None:
    names = texts("name", *(f"n{i}" for i in range(30)), *["n0"] * 20)
    words = texts("words", *(f"it was the {i}th time" for i in range(50)))
    codes = texts("code", *("ab" * 25))
    table = Table("a.csv", (names, words, codes), texts("y", *("xy" * 25)))
    preparation = fitted(table)
    assert preparation.columns == preparation.categorical == ("code",)
    assert preparation.notes == (
        "a.csv: column 'name' is left out, as most of its values are different, like names. If its "
        "most frequent value, 'n0', tells something: --role name=category",
        "a.csv: column 'words' is left out, as most of its values are different, and have many "
        "words, like free text. Each value is in too few rows to learn it: put what the values "
        "have in common into a column of its own, such as the title of a name",
    )


def test_a_column_that_counts_the_rows_is_left_out_if_its_name_says_so() -> None:
    x = range(100, 160)
    table = Table("a.csv", (numbers("house_id", *x), numbers("size", *x)), numbers("y", *x))
    preparation = Preparation.fit(table, np.arange(0, 60, 2), "regression")
    assert preparation.columns == ("size",)
    assert "it counts the rows: whole numbers from " in preparation.notes[0]


def test_nothing_left_to_learn_from_is_refused() -> None:
    table = Table("a.csv", (numbers("x", NAN, NAN),), texts("y", "a", "b"))
    with pytest.raises(InputError) as error:
        fitted(table)
    assert "got no column that can be used, expected one of numbers" in str(error.value)
    assert "Add such a column." in str(error.value)


def test_the_thousand_most_frequent_categories_are_kept() -> None:
    values = [f"{i:04}" for i in range(1200)] * 5 + ["1199"]
    categories = OneHot.fit("zip", texts("zip", *values).values, SmoothClipping)
    assert len(categories.categories) == 1000
    assert "1199" in categories.categories
    assert categories.note == (
        "column 'zip' has 1,200 categories: the rarest 200 ('0999', '1000', '1001', ...) are "
        "treated like unknown ones"
    )


def test_text_where_numbers_were_fitted_is_refused_with_its_row() -> None:
    fresh = Table("new.csv", (texts("age", "39", None, "old"), texts("city", *"abc")), None)
    with pytest.raises(InputError) as error:
        fitted().features(fresh)
    assert "new.csv, row 3, column 'age': got 'old', expected a number." in str(error.value)
    assert "leave it empty if it is not known" in str(error.value)


def test_text_that_spells_numbers_is_read_as_numbers() -> None:
    fresh = Table("new.csv", (texts("age", "40", "60.0"), texts("city", *"ab")), None)
    expected = Table("new.csv", (numbers("age", 40, 60), texts("city", *"ab")), None)
    assert fitted().features(fresh).equal(fitted().features(expected))


def test_categories_that_look_like_numbers_in_a_later_file_are_still_met() -> None:
    table = Table("a.csv", (texts("size", "7", "XL", "7"),), texts("y", "a", "b", "a"))
    fresh = Table("b.csv", (numbers("size", 7),), None)
    assert fitted(table).features(fresh).tolist() == [[1, 0]]


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match=r"got the column 'age', expected .* Did you mean 'Age'"):
        fitted().features(Table("b.csv", (numbers("Age", 1),), None))


def test_binary_targets_are_a_column_of_zeros_and_ones() -> None:
    targets = fitted().targets(PEOPLE)
    assert targets.dtype == torch.float32
    assert targets.tolist() == [[0], [1], [0], [1]]


def test_classes_are_places_in_the_list_of_classes() -> None:
    table = Table("a.csv", (numbers("x", *range(4)),), texts("y", "b", "c", "a", "c"))
    preparation = fitted(table, "classification")
    assert preparation.class_names == ("a", "b", "c")
    assert preparation.targets(table).dtype == torch.int64
    assert preparation.targets(table).tolist() == [1, 2, 0, 2]


def test_numbers_as_classes_are_sorted_as_numbers_and_written_without_a_point() -> None:
    table = Table("a.csv", (numbers("x", *range(4)),), numbers("y", 10, 9, 0.5, 10))
    preparation = fitted(table, "classification")
    assert preparation.class_names == ("0.5", "9", "10")
    assert preparation.targets(table).tolist() == [2, 1, 0, 2]


@pytest.mark.parametrize(
    ("no", "yes"), [("Nein", "Ja"), ("no", "yes"), ("FALSE", "TRUE"), ("아니오", "예"), ("N", "J")]
)
def test_yes_is_the_second_class_in_every_language(no: str, yes: str) -> None:
    column = Table("t.csv", (numbers("x", 1, 2, 3),), texts("left", yes, no, yes))
    assert fitted(column).class_names == (no, yes)


def test_a_regression_target_is_standardised_and_comes_back() -> None:
    table = Table("a.csv", (numbers("x", 1, 2, 3),), numbers("y", 10, 20, 60))
    preparation = fitted(table, "regression")
    targets = preparation.targets(table)
    assert targets.shape == (3, 1)
    assert targets.mean().abs() < 1e-6
    assert isinstance(preparation.target, NumberTarget)
    np.testing.assert_allclose(
        preparation.target.inverse_transform(targets.numpy()), [[10], [20], [60]], rtol=1e-6
    )


def test_an_unknown_label_is_refused_with_its_row() -> None:
    fresh = Table("b.csv", PEOPLE.columns, texts("rich", "no", "yes", "Yess", "no"))
    with pytest.raises(InputError) as error:
        fitted().targets(fresh)
    assert "b.csv, row 3, column 'rich': got the unknown class 'Yess'" in str(error.value)
    assert "expected one of the classes 'no', 'yes'. Did you mean 'yes'?" in str(error.value)
    assert "Correct it, or train again with it." in str(error.value)


def test_a_label_with_a_full_stop_is_read_without_it_and_noted() -> None:
    fresh = Table("b.csv", PEOPLE.columns, texts("rich", "no.", "yes.", "no", "yes"))
    assert fitted().targets(fresh).tolist() == [[0], [1], [0], [1]]
    assert fitted().notes_on(fresh) == (
        "b.csv: column 'rich': 2 labels such as 'no.' read as 'no'",
    )


def test_a_label_that_has_a_full_stop_in_training_keeps_it() -> None:
    target = ClassTarget.fit("y", texts("y", "a", "a.").values)
    assert target.transform(texts("y", "a.", "a").values, str).tolist() == [1, 0]


def test_a_missing_target_is_refused() -> None:
    fresh = Table("b.csv", PEOPLE.columns, texts("rich", "no", None, "no", "no"))
    with pytest.raises(InputError, match="row 2, column 'rich': got no value, expected one of"):
        fitted().targets(fresh)


def test_a_class_that_no_training_row_has_is_a_class() -> None:
    target = Preparation.fit(PEOPLE, np.array([0, 2]), "binary").target
    assert isinstance(target, ClassTarget)
    assert len(target.classes) == 2
    assert len(target.trained) == 1


def test_three_classes_are_not_binary() -> None:
    table = Table("a.csv", (numbers("x", 1, 2, 3),), texts("y", "a", "b", "c"))
    with pytest.raises(InputError, match="got 3 classes, expected two for the task binary"):
        Preparation.fit(table, everything(table), "binary")


IMAGES = Images("digits", np.array([[[0, 255]], [[51, 102]]], np.uint8), numbers("label", 7, 3))


def test_pixels_become_numbers_from_zero_to_one() -> None:
    preparation = Preparation.fit(IMAGES, everything(IMAGES), "classification")
    features = preparation.features(IMAGES)
    torch.testing.assert_close(features, torch.tensor([[[0, 1.0]], [[0.2, 0.4]]]))
    assert preparation.feature_shape == (1, 2)
    assert preparation.columns == preparation.feature_names == ()
    assert preparation.class_names == ("3", "7")
    assert preparation.targets(IMAGES).tolist() == [1, 0]


def test_pictures_of_another_size_are_refused() -> None:
    preparation = Preparation.fit(IMAGES, everything(IMAGES), "classification")
    with pytest.raises(InputError) as error:
        preparation.features(Images("big", np.zeros((1, 2, 2), np.uint8), None))
    assert "big: got pictures of 2 x 2 pixels, expected 1 x 2" in str(error.value)
    assert "Scale them to that size." in str(error.value)


def test_a_table_is_no_picture_and_a_picture_no_table() -> None:
    pictures = Preparation.fit(IMAGES, everything(IMAGES), "classification")
    with pytest.raises(InputError, match="got a table, expected pictures"):
        pictures.features(PEOPLE)
    with pytest.raises(InputError, match="got pictures, expected a table"):
        fitted().features(IMAGES)


@given(some.lists(ordinary, min_size=1, max_size=30))
def test_standardise_then_undo_gives_the_data_back(values: list[float]) -> None:
    data = np.array(values)
    fit = Standardisation.fit(data)
    slack = 1e-12 * np.abs(data).max() + 1e-306  # a smaller spread counts as none
    np.testing.assert_allclose(
        fit.inverse_transform(fit.transform(data)), data, rtol=1e-12, atol=slack
    )


@given(some.lists(finite, min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1))
def test_standardised_numbers_have_mean_0_and_deviation_1_at_any_size(values: list[float]) -> None:
    fit = Standardisation.fit(np.array(values))
    z = fit.transform(np.array(values))
    if not fit.constant:  # a spread below all normal numbers counts as none
        half_spread = max(values) / 2 - min(values) / 2  # the whole one can overflow
        slack = 1e-9 + 1e-15 * np.abs(values).max() / half_spread * len(values)
        assert abs(z.mean()) < slack
        assert abs(z.std() - 1) < slack


@given(
    training=some.lists(finite | some.just(NAN), min_size=1, max_size=20),
    later=some.lists(finite | some.just(NAN), max_size=20),
)
def test_features_of_numbers_are_finite_whatever_the_numbers(
    training: list[float], later: list[float]
) -> None:
    if np.isnan(training).all():
        training = [*training, 1.0]
    column = Numbers.fit("x", np.array(training))
    assert np.isfinite(column.transform(np.array([*training, *later]))).all()


@given(data=some.data())
def test_what_is_not_for_training_changes_nothing_that_is_fitted(data: some.DataObject) -> None:
    count = data.draw(some.integers(6, 20))
    training = np.array(data.draw(some.permutations(range(count))))[: count // 2]

    def column(values: some.SearchStrategy[T]) -> some.SearchStrategy[list[T]]:
        return some.lists(values, min_size=count, max_size=count)

    x = np.array(data.draw(column(finite | some.just(NAN))), float)
    c = np.array(data.draw(column(some.sampled_from(["a", "b", None]))), object)
    y = np.array(data.draw(column(ordinary)), float)
    x[training[0]], c[training[0]] = 1.0, "a"
    other = np.setdiff1d(np.arange(count), training)
    changed_x, changed_c, changed_y = x.copy(), c.copy(), y.copy()
    changed_x[other], changed_c[other], changed_y[other] = 9e99, "new", -9e99
    first, second = (
        Table("a.csv", (Column("x", x), Column("c", c)), Column("y", y))
        for x, c, y in ((x, c, y), (changed_x, changed_c, changed_y))
    )
    roles = infer_roles(first, training=training)  # all rows decide these, and no target
    fits = [Preparation.fit(rows, training, "regression", roles=roles) for rows in (first, second)]
    assert fits[0] == fits[1]


@given(values=some.lists(finite, min_size=2, max_size=9), rows=some.data())
def test_a_preparation_comes_back_from_json_exactly(
    values: list[float], rows: some.DataObject
) -> None:
    cities = rows.draw(
        some.lists(some.text() | some.none(), min_size=len(values), max_size=len(values))
    )
    varied = numbers("z", *range(len(values)))  # so that not all columns are constant
    columns = (numbers("x", *values), texts("c", *cities), varied)
    table = Table("a.csv", columns, numbers("y", *range(len(values))))
    preparation = fitted(table, "regression")
    again = Preparation.from_json(json.loads(json.dumps(preparation.as_json(), allow_nan=False)))
    assert again == preparation
    assert again.features(table).equal(preparation.features(table))


def test_classes_and_pixels_come_back_from_json_exactly() -> None:
    for preparation in (
        fitted(),
        Preparation.fit(IMAGES, everything(IMAGES), "classification"),
    ):
        assert Preparation.from_json(json.loads(json.dumps(preparation.as_json()))) == preparation


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda stored: stored.pop("task"), "preparation: got no task, expected the fields"),
        (lambda stored: stored.update(extra=1), "preparation: got unknown extra, expected"),
        (lambda stored: stored.update(task="chess"), "task 'chess' is not known"),
        (lambda stored: stored.update(inputs=3), "pixels: got 3, expected an object"),
        (lambda stored: stored["inputs"][0].pop("median"), "column of numbers: got no median"),
        (lambda stored: stored["inputs"][0].update(median="x"), "got 'x' as median, expected"),
        (lambda stored: stored["inputs"][0].update(median=NAN), "got nan as median, expected"),
        (lambda stored: stored["inputs"][0].update(kind="hour"), "got 'hour' as kind, expected"),
        (lambda stored: stored["inputs"][1].update(categories=[1]), "expected a list of texts"),
        (lambda stored: stored["target"].update(kind="number"), "got 'number' as kind, expected"),
    ],
)
def test_a_damaged_record_is_refused(change: Callable[[Json], object], said: str) -> None:
    stored = fitted().as_json()
    change(stored)
    with pytest.raises(InputError) as error:
        Preparation.from_json(stored)
    assert said in str(error.value)


def test_a_model_meets_a_later_file_of_a_person(write: Write) -> None:
    rows = "".join(f"{i},{'ab'[i % 2]}{i % 3},{'yn'[i % 2]}\n" for i in range(30))
    train = read(write("train.csv", "x,code,y\n" + rows), target="y")
    preparation = Preparation.fit(train, everything(train), "binary")
    later = read(
        write("later.csv", "extra,code,x\nq,7,\nq,a0,5\n"),
        columns=preparation.columns,
        categorical=preparation.categorical,
    )
    assert preparation.features(later).shape == (2, 7)
    assert preparation.features(later).isfinite().all()
