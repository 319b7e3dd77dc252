"""Cross-validation: each row is tested once, by a network that learned from the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.splits import random_folds
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.cross_validation import CrossValidation, cross_validate, prepare_folds
from chainrule.training.loop.loop import DivergedError
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from chainrule.training.train import train
from tests.training import toys


def test_each_row_is_tested_in_one_fold() -> None:
    data = toys.table("regression")
    tested: list[Tensor] = []
    for fold in prepare_folds(data, Settings(), folds=4):
        assert fold.sizes == {"training": 62, "validation": 13, "test": 25}
        target = fold.preparation.target
        assert fold.test is not None
        assert isinstance(target, NumberTarget)
        tested.append(torch.from_numpy(target.inverse_transform(fold.test.targets.numpy())))
    assert data.target is not None
    expected = np.sort(data.target.values)
    assert torch.cat(tested).flatten().sort().values.numpy() == pytest.approx(expected, rel=1e-5)


def test_no_row_of_a_fold_is_learned_from_or_chosen_by_in_it() -> None:
    for fold in prepare_folds(toys.table("classification"), Settings(), folds=4):
        parts = [fold.training, fold.validation, fold.test]
        features = [part.features[:] for part in parts if isinstance(part, Samples)]
        rows = [tuple(row) for row in torch.cat(features).tolist()]
        assert len(rows) == len(set(rows)) == 100


def test_a_fold_is_what_training_on_the_others_gives_tested_on_it() -> None:
    data, network = toys.table("regression"), toys.network("regression")
    result = cross_validate(network, data, folds=3, epochs=3, seed=5, progress=False)
    assert data.target is not None
    folds = random_folds(data.target, "regression", 3, seed=5)
    for run, fold in zip(result.runs, folds, strict=True):
        rest, tested = data.take(fold.train), data.take(fold.test)
        alone = train(network, rest, test=tested, epochs=3, seed=5, progress=False)
        assert run.sizes == alone.sizes
        assert run.test == pytest.approx(alone.test, rel=1e-4)
        assert run.model.preparation == alone.model.preparation


def test_mean_and_deviation_are_over_the_folds() -> None:
    result = small("classification")
    scores = [run.test["accuracy"] for run in result.runs]
    assert len(set(scores)) > 1
    assert result.mean["accuracy"] == pytest.approx(np.mean(scores))
    assert result.deviation["accuracy"] == pytest.approx(np.std(scores, ddof=1))
    guesses = [run.baseline["accuracy"] for run in result.runs]
    assert result.baseline["accuracy"] == pytest.approx(np.mean(guesses))


def small(task: Task, **settings: Any) -> CrossValidation:
    data, network = toys.table(task), toys.network(task)
    return cross_validate(network, data, epochs=2, progress=False, **settings)


def test_folds_whose_categories_differ_have_networks_of_other_shapes() -> None:
    table = toys.table("regression")
    # Of the last names there are so few that not all are left where a fold is taken away.
    names = np.array([f"name {min(row % 40, 30 + row // 10)}" for row in range(100)], dtype=object)
    data = Table("toy.csv", (*table.columns, Column("name", names)), table.target)
    network = toys.network("regression")
    result = cross_validate(network, data, folds=5, epochs=2, progress=False)
    widths = [run.model.preparation.feature_shape for run in result.runs]
    assert len(set(widths)) > 1
    assert len(result.runs) == 5


def test_each_fold_may_be_an_ensemble() -> None:
    result = small("regression", folds=2, members=2)
    assert [len(run.members) for run in result.runs] == [2, 2]


def test_a_fold_that_diverges_is_an_error() -> None:
    with pytest.raises(DivergedError, match="learning rate"):
        small("regression", learning_rate=1e30)


def test_the_task_is_found_out_from_all_rows() -> None:
    # Rare enough that a fold alone, or what is left of it, would be taken for numbers.
    values = np.arange(120) % 12 * 1.0
    table = toys.table("regression", rows=120)
    data = Table("toy.csv", table.columns, Column("y", values))
    folds = prepare_folds(data, Settings(), folds=2)
    assert [fold.preparation.task for fold in folds] == ["classification"] * 2


@pytest.mark.parametrize("folds", [1, 101])
def test_folds_that_can_not_be_are_refused(folds: int) -> None:
    with pytest.raises(InputError, match=rf"^folds: got {folds} for 100 rows, expected at least 2"):
        small("regression", folds=folds)


def test_data_without_a_target_is_refused() -> None:
    table = Table("toy.csv", toys.table("regression").columns, None)
    with pytest.raises(InputError, match=r"^toy\.csv: got no target, expected the column"):
        cross_validate(toys.network("regression"), table, progress=False)
