"""A row of weight 0 is the same as no row, and one of weight 2 the same as two rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from chainrule.data.preparation.scaling import SCALINGS
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.insight.permutation_importance import permutation_importance
from chainrule.training.cross_validation import cross_validate, prepare_folds
from chainrule.training.model.evaluation import evaluate
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.settings.settings import Settings
from chainrule.training.sweep import sweep
from chainrule.training.train import Run, train
from tests.training import toys

every_task = pytest.mark.parametrize("task", toys.TASKS)
FULL_BATCH: dict[str, Any] = {
    "batch_size": "all",
    "optimizer": "gradient_descent",
    "learning_rate": 0.1,
    "epochs": 20,
    "split": (1, 0, 0),
    "progress": False,
}


def table(task: Task, rows: int = 120) -> Table:
    """The small table, with missing values, categories, some of them rare, and whole weights."""
    draw = np.random.default_rng(3)
    plain = toys.table(task, rows)
    gaps = np.where(draw.random(rows) < 0.1, np.nan, draw.normal(size=rows))
    kinds = np.array(["u", "v", "w", "x"], object)[draw.choice(4, rows, p=[0.6, 0.3, 0.08, 0.02])]
    columns = (*plain.columns, Column("gaps", gaps), Column("kind", kinds))
    weights = Column("weight", draw.integers(1, 4, rows).astype(float))
    return replace(plain, columns=(*columns, weights))


def with_rubbish(plain: Table) -> Table:
    """The table with rows of weight 0 in between, which would spoil everything that is fitted."""
    assert plain.target is not None
    rubbish = np.flatnonzero(np.arange(len(plain)) % 3 == 0)
    order = np.argsort(np.concatenate([np.arange(len(plain)), rubbish - 0.5]), kind="stable")

    def extended(column: Column, wrong: Any) -> Column:
        values = np.array([wrong] * len(rubbish), column.values.dtype)
        return replace(column, values=np.concatenate([column.values, values])[order])

    wrong_of = {"kind": "wrong", "weight": 0.0}
    return replace(
        plain,
        columns=tuple(extended(c, wrong_of.get(c.name, 1e7)) for c in plain.columns),
        target=extended(plain.target, 1e9 if plain.target.kind == "number" else "wrong"),
    )


def copies(weighted: Table) -> Table:
    """Each row as often as its weight says, without weights."""
    counts = weighted.column("weight").values.astype(int)
    columns = tuple(column for column in weighted.columns if column.name != "weight")
    return replace(weighted, columns=columns).take(np.arange(len(weighted)).repeat(counts))


def weighted_and_copied(weighted: Table) -> list[tuple[Table, dict[str, Any]]]:
    """The table with its weights and with copies, each with the settings of its training."""
    return [(weighted, {"sample_weight": "weight"}), (copies(weighted), {})]


def assert_same_samples(one: Prepared, other: Prepared) -> None:
    assert one.sizes == other.sizes
    assert {**one.preparation.as_json(), "notes": []} == {
        **other.preparation.as_json(),
        "notes": [],
    }
    for part in ("training", "validation", "test"):
        samples, others = getattr(one, part), getattr(other, part)
        torch.testing.assert_close(samples.features[:], others.features[:], rtol=0, atol=0)
        assert samples.targets.tolist() == others.targets.tolist()
        assert samples.weights.tolist() == others.weights.tolist()


@every_task
@pytest.mark.parametrize(
    "settings",
    [
        *({"scaling": name} for name in SCALINGS),
        {"encoding": "ordinal", "projection": "pca_whitening"},
        {"encoding": "auto"},
    ],
    ids=str,
)
def test_rows_of_weight_0_are_as_absent(task: Task, settings: dict[str, Any]) -> None:
    chosen = Settings(**settings, sample_weight="weight")
    plain = table(task)
    rubbish = prepare(with_rubbish(plain), chosen)
    assert_same_samples(rubbish, prepare(plain, chosen))
    assert any("40 rows of weight 0 are left out, such as" in note for note in rubbish.notes)


@every_task
def test_rows_of_weight_0_are_as_absent_in_each_fold(task: Task) -> None:
    chosen, plain = Settings(sample_weight="weight"), table(task)
    folds = zip(
        prepare_folds(with_rubbish(plain), chosen, 3), prepare_folds(plain, chosen, 3), strict=True
    )
    for rubbish, expected in folds:
        assert_same_samples(rubbish, expected)


@every_task
def test_rows_of_weight_0_change_no_run_and_no_score(task: Task) -> None:
    plain, network = table(task), toys.network(task)
    options: dict[str, Any] = {"epochs": 3, "progress": False, "sample_weight": "weight"}
    run, expected = (train(network, data, **options) for data in (with_rubbish(plain), plain))
    assert run.test == expected.test
    assert run.baseline == expected.baseline
    assert run.history[-1]["validation_loss"] == expected.history[-1]["validation_loss"]
    scores, others = (
        evaluate(run.model, data, resamples=40) for data in (with_rubbish(plain), plain)
    )
    assert (scores.rows, scores.scores) == (120, others.scores)
    assert (scores.intervals, scores.errors) == (others.intervals, others.errors)
    importance, other = (
        permutation_importance(run.model, data) for data in (with_rubbish(plain), plain)
    )
    assert importance == other
    tested = cross_validate(network, with_rubbish(plain), folds=3, **options)
    assert tested.mean == cross_validate(network, plain, folds=3, **options).mean
    trials = [{"learning_rate": rate} for rate in (0.01, 0.1)]
    losses = [
        [trial.validation_loss for trial in sweep(network, data, trials, **options)]
        for data in (with_rubbish(plain), plain)
    ]
    assert losses[0] == losses[1]


# Some rows have a kind that is rare in training.
kinds_are_rare = pytest.mark.filterwarnings("ignore::chainrule.errors.DataWarning")


@kinds_are_rare
@every_task
@pytest.mark.parametrize("scaling", SCALINGS)
def test_whole_weights_give_the_model_of_copies(task: Task, scaling: str) -> None:
    weighted = table(task)
    run, expected = (
        train(toys.network(task), data, **FULL_BATCH, **own, scaling=scaling)
        for data, own in weighted_and_copied(weighted)
    )
    assert_same_predictions(run, expected, weighted, exact=scaling != "none")


def assert_same_predictions(run: Run, expected: Run, data: Table, *, exact: bool = True) -> None:
    ours, theirs = (each.model.predict(data).numpy() for each in (run, expected))
    assert ours == pytest.approx(theirs, rel=1e-3 if exact else 1e-2, abs=1e-4)


@kinds_are_rare
@pytest.mark.parametrize("task", ["binary", "classification"])
def test_balanced_classes_with_whole_weights_are_those_of_copies(task: Task) -> None:
    weighted = table(task)
    run, expected = (
        train(toys.network(task), data, **FULL_BATCH, **own, class_weight="balanced")
        for data, own in weighted_and_copied(weighted)
    )
    assert_same_predictions(run, expected, weighted)


@every_task
def test_scores_of_whole_weights_are_those_of_copies(task: Task) -> None:
    weighted = table(task)
    run = train(toys.network(task), weighted, sample_weight="weight", epochs=2, progress=False)
    ours, theirs = (
        evaluate(run.model, data, resamples=40) for data in (weighted, copies(weighted))
    )
    # Rounding of float32 differs with the place in a batch, and so can the order of two rows.
    assert ours.scores == pytest.approx(theirs.scores, rel=1e-3)
    assert ours.baseline == pytest.approx(theirs.baseline, rel=1e-6)
    assert ours.errors == pytest.approx(theirs.errors, rel=1e-6)
    assert any("there is no column 'weight' of weights" in note for note in theirs.notes)
    assert "toy.csv: the scores are weighted by the column 'weight'" in ours.notes


def test_a_negligible_weight_is_negligible() -> None:
    plain = table("regression")
    assert plain.target is not None
    wrong, weights = plain.target.values.copy(), plain.column("weight").values.copy()
    wrong[::4], weights[::4] = 1e9, 1e-15
    columns = tuple(Column(c.name, weights) if c.name == "weight" else c for c in plain.columns)
    run = train(
        toys.network("regression"),
        replace(plain, columns=columns, target=Column("target", wrong)),
        **{**FULL_BATCH, "epochs": 200},
        sample_weight="weight",
    )
    assert evaluate(run.model, plain, resamples=40).scores["r2"] > 0.4


def test_other_weights_are_named_for_an_evaluation() -> None:
    data = table("binary")
    run = train(toys.network("binary"), copies(data), epochs=2, progress=False)
    plain = evaluate(run.model, data, resamples=40)
    weighted = evaluate(run.model, data, sample_weight="weight", resamples=40)
    assert plain.scores != weighted.scores
    expected = evaluate(run.model, copies(data), resamples=40).scores
    assert weighted.scores == pytest.approx(expected, rel=1e-3)
    with pytest.raises(InputError, match="Did you mean 'weight'"):
        evaluate(run.model, data, sample_weight="wieght")


def test_fewer_effective_rows_give_a_wider_interval() -> None:
    data = table("binary")
    run = train(toys.network("binary"), copies(data), epochs=2, progress=False)
    uneven = Column("uneven", np.where(np.arange(len(data)) < 30, 1000.0, 1.0))
    data = replace(data, columns=(*data.columns, uneven))
    wide = evaluate(run.model, data, sample_weight="uneven", resamples=40).intervals["accuracy"]
    of_30 = evaluate(run.model, data.take(np.arange(30)), resamples=40).intervals["accuracy"]
    assert wide.high - wide.low == pytest.approx(of_30.high - of_30.low, rel=0.05)
