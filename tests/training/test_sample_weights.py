"""How much each sample counts: weights of a column, of classes, and both; their mean is 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_sample_weight

from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.settings.settings import Settings
from tests.training import toys


def weighted(task: Task, **settings: Any) -> Prepared:
    table = toys.table(task)
    own = Column("weight", np.random.default_rng(1).uniform(0.5, 2, len(table)))
    return prepare(replace(table, columns=(*table.columns, own)), Settings(**settings))


@pytest.mark.parametrize("task", ["binary", "classification"])
def test_balanced_classes_weigh_what_scikit_learn_gives_them(task: Task) -> None:
    samples = toys.in_memory(weighted(task, class_weight="balanced").training)
    expected = compute_sample_weight("balanced", samples.targets.flatten().numpy())
    assert samples.weights is not None
    assert samples.weights.numpy() == pytest.approx(expected, rel=1e-6)


def test_weights_of_a_column_are_scaled_to_a_mean_of_one_in_training() -> None:
    samples = weighted("regression", sample_weight="weight")
    training = toys.in_memory(samples.training)
    assert training.weights is not None
    assert samples.validation is not None
    assert samples.validation.weights is not None
    assert float(training.weights.mean()) == pytest.approx(1, rel=1e-6)
    everything = torch.cat([training.weights, samples.validation.weights])
    assert 3.5 < everything.max() / everything.min() <= 4  # 0.5 to 2, by the same scale


def test_the_column_of_weights_is_not_learned_from() -> None:
    assert "weight" not in weighted("regression", sample_weight="weight").preparation.columns
    assert "weight" in weighted("regression").preparation.columns


def test_both_kinds_of_weights_multiply() -> None:
    both, of_classes, own = (
        toys.in_memory(weighted("binary", **settings).training).weights
        for settings in (
            {"class_weight": "balanced", "sample_weight": "weight"},
            {"class_weight": "balanced"},
            {"sample_weight": "weight"},
        )
    )
    assert both is not None
    assert of_classes is not None
    assert own is not None
    targets = toys.in_memory(weighted("binary").training).targets.flatten().long().numpy()
    sums = np.bincount(targets, both.numpy())
    assert sums == pytest.approx(sums.mean(), rel=1e-6)  # the classes are balanced, with weights
    assert both.numpy().mean() == pytest.approx(1, rel=1e-6)
    for label in (0, 1):  # and within a class the weights of the samples stay
        ratios = (both / own)[targets == label]
        assert ratios.numpy() == pytest.approx(float(ratios[0]), rel=1e-5)
    assert not torch.allclose(both, of_classes * own)


def test_the_test_counts_samples_by_their_weights_and_classes_alike() -> None:
    test = weighted("binary", class_weight="balanced", sample_weight="weight").test
    assert test is not None
    assert test.weights is test.sample_weights
    assert test.weights is not None
    assert 0.5 <= test.weights.min() < test.weights.max() <= 2


def test_numbers_have_no_classes_to_balance() -> None:
    with pytest.raises(InputError) as error:
        weighted("regression", class_weight="balanced")
    assert str(error.value) == (
        "class_weight: got 'balanced', but the target 'target' has numbers; expected classes. "
        "Leave it out, or use sample_weight."
    )


def test_rare_classes_are_found_more_often_with_balanced_weights() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=2000)
    rare = x + generator.normal(size=2000) > 2.2  # about one in seventeen
    table = Table("t", (Column("x", x),), Column("rare", rare * 1.0))
    recalls = [
        toys.run_on(table, class_weight=weight, epochs=20).test["recall"]
        for weight in (None, "balanced")
    ]
    assert recalls[1] > recalls[0] + 0.2
