"""Permutation importance: how much worse a model is without what a column tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import permutation_importance as of_scikit_learn

import chainrule as cr
from chainrule.data.dataset import Images
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.insight.permutation_importance import permutation_importance
from chainrule.randomness import generator
from chainrule.training.model.model import Model
from tests.insight.runs import trained
from tests.training import toys


def learned(task: Task = "regression", **settings: Any) -> Model:
    run, _ = trained(toys.table(task, 400), toys.network(task), epochs=20, **settings)
    return run.model


@pytest.fixture(scope="module")
def of_numbers() -> Model:
    return learned()


class AsScikitLearnKnowsIt(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # untyped library
    """A model behind the interface of scikit-learn: columns a, b and c as an array."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def fit(self, X: np.ndarray, y: np.ndarray) -> AsScikitLearnKnowsIt:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: np.ndarray) -> np.ndarray:
        columns = tuple(Column(name, X[:, place].copy()) for place, name in enumerate("abc"))
        return self.model.predict(Table("array", columns, None)).numpy()[:, 0]


def test_it_agrees_with_scikit_learn_as_far_as_chance_allows(of_numbers: Model) -> None:
    fresh = toys.table("regression", 300, seed=1)
    assert fresh.target is not None
    ours = permutation_importance(of_numbers, fresh, permutations=40)
    theirs = of_scikit_learn(
        AsScikitLearnKnowsIt(of_numbers),
        np.stack([column.values for column in fresh.columns], 1),
        fresh.target.values,
        scoring="neg_root_mean_squared_error",
        n_repeats=40,
        random_state=0,
    )
    for column in ours.columns:
        place = "abc".index(column.column)
        both = np.hypot(column.deviation, theirs.importances_std[place])
        # Each mean is off by its deviation / sqrt(40); four times that is chance of 1 in 16,000.
        assert abs(column.mean - theirs.importances_mean[place]) < 4 * both / np.sqrt(40)


def messy(rows: int, seed: int) -> Table:
    """Numbers with missing values, categories, and a column of noise."""
    drawn = np.random.default_rng(seed)
    size, kind = drawn.normal(size=rows), drawn.integers(0, 3, rows)
    target = 5 * size + 10 * kind
    size[drawn.random(rows) < 0.2] = np.nan
    names = np.array(["red", "green", "blue"], dtype=object)[kind]
    columns = (
        Column("size", size),
        Column("kind", names),
        Column("noise", drawn.normal(size=rows)),
    )
    return Table("messy.csv", columns, Column("price", target))


def shuffled(table: Table, name: str, order: np.ndarray) -> Table:
    columns = (each.take(order) if each.name == name else each for each in table.columns)
    return Table(table.source, tuple(columns), table.target)


@pytest.mark.parametrize("settings", [{}, {"projection": "pca"}, {"encoding": "codes"}])
def test_it_is_the_score_of_raw_rows_with_the_column_shuffled(settings: dict[str, str]) -> None:
    run, _ = trained(messy(300, 0), toys.network("regression"), epochs=3, **settings)
    fresh = messy(100, 1)
    found = permutation_importance(run.model, fresh, metric="mae", permutations=2, seed=7)
    before = toys.scores(run.model, fresh)["mae"]
    assert found.score == pytest.approx(before)
    assert {one.column for one in found.columns} == {"size", "kind", "noise"}
    for one in found.columns:
        worse = []
        for number in range(2):
            draw = generator(7, "permutation importance", number)
            order = torch.randperm(100, generator=draw).numpy()
            worse.append(toys.scores(run.model, shuffled(fresh, one.column, order))["mae"] - before)
        assert one.mean == pytest.approx(np.mean(worse), rel=1e-4, abs=1e-6)
        assert one.deviation == pytest.approx(np.std(worse, ddof=1), rel=1e-3, abs=1e-6)


def test_a_column_of_noise_matters_about_nothing_and_comes_last() -> None:
    model = learned("binary")  # the target is a > b; c is noise
    found = permutation_importance(model, toys.table("binary", 400, seed=1))
    by_name = {one.column: one.mean for one in found.columns}
    assert found.metric == "accuracy"
    assert found.columns[-1].column == "c"
    assert abs(by_name["c"]) < 0.03
    assert min(by_name["a"], by_name["b"]) > 0.15


@pytest.mark.parametrize("metric", ["rmse", "mae", "r2"])
def test_a_column_that_matters_is_above_0_whether_more_or_less_is_better(
    of_numbers: Model, metric: str
) -> None:
    found = permutation_importance(of_numbers, toys.table("regression", seed=1), metric=metric)
    assert found.columns[0].column == "a"
    assert found.columns[0].mean > 0


def test_the_data_are_left_as_they_are(of_numbers: Model) -> None:
    fresh = toys.table("regression")
    before = [column.values.copy() for column in fresh.columns]
    permutation_importance(of_numbers, fresh)
    assert all((c.values == b).all() for c, b in zip(fresh.columns, before, strict=True))


def test_the_same_seed_gives_the_same_figures(of_numbers: Model) -> None:
    fresh = toys.table("regression", seed=1)
    first, again, other = (
        permutation_importance(of_numbers, fresh, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_members_are_shuffled_for_together() -> None:
    model = learned(members=2)
    fresh = toys.table("regression", seed=1)
    found = permutation_importance(model, fresh)
    assert found.score == pytest.approx(toys.scores(model, fresh)["rmse"])


def test_a_single_permutation_has_no_deviation(of_numbers: Model) -> None:
    found = permutation_importance(of_numbers, toys.table("regression"), permutations=1)
    assert {one.deviation for one in found.columns} == {0.0}


def test_a_misspelt_metric_is_refused_with_the_nearest(of_numbers: Model) -> None:
    with pytest.raises(cr.InputError, match=r"metric 'rsme' is not known\. Did you mean 'rmse'"):
        permutation_importance(of_numbers, toys.table("regression"), metric="rsme")


def test_a_metric_that_the_rows_do_not_define_is_refused() -> None:
    table = toys.table("binary")
    assert table.target is not None
    one_class = table.take(table.target.values == "yes")
    with pytest.raises(
        cr.InputError, match=r"rows for which roc_auc is not defined, expected rows of all classes"
    ):
        permutation_importance(learned("binary"), one_class, metric="roc_auc")


def test_pictures_are_refused(of_numbers: Model) -> None:
    pictures = Images("photos", np.zeros((4, 5, 5), np.uint8), Column("class", np.arange(4.0)))
    with pytest.raises(cr.InputError, match=r"photos: got pictures, expected a table.*Use a"):
        permutation_importance(of_numbers, pictures)
