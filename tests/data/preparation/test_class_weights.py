import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.utils.class_weight import compute_class_weight

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.table import Column, Table
from chainrule.errors import InputError


def target(labels: list[str]) -> ClassTarget:
    return ClassTarget.fit("y", np.array(labels, object))


@given(some.lists(some.sampled_from("abcd"), min_size=1, max_size=50))
def test_balanced_weights_are_those_of_scikit_learn(labels: list[str]) -> None:
    fitted = target(labels)
    expected = compute_class_weight("balanced", classes=np.array(fitted.classes), y=labels)
    np.testing.assert_allclose(fitted.balanced_weights, expected, rtol=1e-12)


def test_rows_are_counted_in_the_order_of_the_classes() -> None:
    fitted = target(["10", "9", "10", "10"])
    assert fitted.classes == ("9", "10")
    assert fitted.counts == (1, 3)
    assert fitted.balanced_weights == (2, 4 / 6)


def test_only_training_rows_are_counted() -> None:
    labels = np.array(["a", "b", "a", "b", "b", "b"], object)
    table = Table("t.csv", (Column("x", np.arange(6.0)),), Column("y", labels))
    fitted = Preparation.fit(table, np.array([0, 1, 2]), "binary")
    assert isinstance(fitted.target, ClassTarget)
    assert fitted.target.counts == (2, 1)


def test_weights_count_as_rows_as_in_scikit_learn() -> None:
    labels, weights = np.array(["a", "b", "a", "c"], object), np.array([0.5, 3, 1, 2.5])
    fitted = ClassTarget.fit("y", labels, weights)
    expected = compute_class_weight(
        "balanced", classes=np.array(["a", "b", "c"]), y=labels, sample_weight=weights
    )
    assert fitted.counts == (1.5, 3, 2.5)
    np.testing.assert_allclose(fitted.balanced_weights, expected, rtol=1e-12)


def test_a_class_of_other_rows_alone_counts_none() -> None:
    fitted = ClassTarget.fit("y", np.array(["b", "c"], object), None, np.array(["a"], object))
    assert (fitted.classes, fitted.counts) == (("a", "b", "c"), (0, 1, 1))
    assert (fitted.trained, fitted.untrained) == (("b", "c"), ("a",))
    assert fitted.balanced_weights == (1, 1, 1)


def test_counts_come_back_from_json() -> None:
    fitted = target(["a", "b", "a"])
    assert ClassTarget.from_json(json.loads(json.dumps(fitted.as_json()))) == fitted


@pytest.mark.parametrize("counts", [None, 3, [1], [1, 2, 3], [1, -1], [True, 1], ["1", 1]])
def test_damaged_counts_are_refused(counts: object) -> None:
    stored = {**target(["a", "b"]).as_json(), "counts": counts}
    with pytest.raises(InputError) as error:
        ClassTarget.from_json(stored)
    assert f"got {counts!r} as counts, expected 2 numbers of at least 0" in str(error.value)
