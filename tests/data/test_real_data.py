"""Facts about well-known data sets, in a folder that CHAINRULE_DATA names."""

import gzip
from pathlib import Path

import numpy as np

from chainrule.data.columns.task import check_target, infer_task
from chainrule.data.dataset import Dataset
from chainrule.data.preparation import Preparation
from chainrule.data.splits import split_rows
from chainrule.data.vocabulary import Task
from tests.data.read_as import labels, read_images, read_table

SHARES = (0.8, 0.1, 0.1)


def prepared(dataset: Dataset) -> tuple[Task, Preparation]:
    assert dataset.target is not None
    task = infer_task(dataset.target)
    check_target(dataset, task)
    split = split_rows(dataset.target, task, SHARES, seed=0)
    return task, Preparation.fit(dataset, split.train, task)


def test_mnist_has_its_sizes_and_first_labels(real: Path) -> None:
    train = read_images(real / "mnist" / "train-images-idx3-ubyte.gz")
    test = read_images(real / "mnist" / "t10k-images-idx3-ubyte.gz")
    assert train.pixels.shape == (60_000, 28, 28)
    assert test.pixels.shape == (10_000, 28, 28)
    assert labels(train)[:10] == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert labels(test)[:5] == [7, 2, 1, 0, 4]
    assert train.target is not None
    assert infer_task(train.target) == "classification"


def test_mnist_is_the_same_when_it_is_unpacked(real: Path, tmp_path: Path) -> None:
    packed = real / "mnist" / "t10k-images-idx3-ubyte.gz"
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        content = gzip.decompress((packed.parent / f"{name}.gz").read_bytes())
        (tmp_path / name).write_bytes(content)
    first, second = read_images(packed), read_images(tmp_path / "t10k-images-idx3-ubyte")
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert labels(first) == labels(second)


def test_adult_and_its_official_test_file(real: Path) -> None:
    folder = real / "tabular" / "adult"
    train = read_table(folder / "adult-train.csv", target="income")
    task, preparation = prepared(train)
    assert (len(train), task) == (32_561, "binary")
    assert "adult-train.csv: column 'workclass' has 1,836 missing values" in train.notes
    assert "workclass is missing" in preparation.feature_names
    assert preparation.class_names == ("<=50K", ">50K")

    test = read_table(
        folder / "adult-test.csv",
        target="income",
        columns=preparation.columns,
        categorical=preparation.categorical,
    )
    assert preparation.features(test).shape == (16_281, *preparation.feature_shape)
    assert preparation.features(test).isfinite().all()
    assert preparation.targets(test).sum() == 3846  # published: 23.62 % of 16,281
    assert "16,281 labels such as '<=50K.' read as '<=50K'" in "".join(preparation.notes_on(test))


def test_california_housing_is_a_regression_with_missing_bedrooms(real: Path) -> None:
    path = real / "tabular" / "california-housing" / "housing.csv"
    dataset = read_table(path, target="median_house_value")
    task, preparation = prepared(dataset)
    assert (len(dataset), task) == (20_640, "regression")
    assert dataset.notes == ("housing.csv: column 'total_bedrooms' has 207 missing values",)
    assert dataset.column("ocean_proximity").kind == "category"
    assert preparation.features(dataset).isfinite().all()


def test_titanic_leaves_numbers_names_tickets_and_cabins_of_passengers_out(real: Path) -> None:
    dataset = read_table(real / "tabular" / "titanic" / "titanic.csv", target="Survived")
    task, preparation = prepared(dataset)
    assert (len(dataset), task) == (891, "binary")
    assert set(preparation.columns) == {
        *("Pclass", "Sex", "Age", "SibSp", "Parch", "Fare", "Embarked")
    }
    assert preparation.notes == (
        "titanic.csv: column 'PassengerId' is left out, as it counts the rows: whole numbers from "
        "1 to 891, all different. If it is a quantity: --role PassengerId=number",
        "titanic.csv: each of the columns 'Name', 'Ticket', 'Cabin' is left out, as most of its "
        "values are different, like names. Each value is in too few rows to learn it: put what the "
        "values have in common into a column of its own, such as the title of a name",
    )


def test_wine_is_split_at_semicolons_and_its_copies_are_counted(real: Path) -> None:
    path = real / "tabular" / "wine-quality" / "winequality-red.csv"
    dataset = read_table(path, target="quality")
    task, preparation = prepared(dataset)
    assert (len(dataset), len(dataset.columns), task) == (1_599, 11, "classification")
    assert preparation.class_names == ("3", "4", "5", "6", "7", "8")
    assert "240 rows of 1,599 are copies of an earlier one" in dataset.notes[0]


def test_korean_text_is_read_in_its_encoding_and_its_numbers_with_commas_are_numbers(
    real: Path,
) -> None:
    dataset = read_table(real / "tabular" / "korean-encoding-sample" / "crime-cp949.csv")
    assert len(dataset) == 80
    assert dataset.column("행정구역별").values[0] == "서울특별시"
    assert dataset.column("범죄발생건수").values[:1].tolist() == [355_991]
    assert "was read as CP949 (Korean)" in dataset.notes[0]
    assert "commas are read as groups of thousands" in dataset.notes[1]
