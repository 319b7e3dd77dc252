"""Members that validate on folds: nothing is lost to validation, and the test stays apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from chainrule.data.dataset import Images
from chainrule.data.preparation.byte_features import ByteFeatures
from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from chainrule.training.sweep import sweep
from chainrule.training.train import train
from tests.training import toys

FOLDS: dict[str, Any] = {"members": 4, "member_validation": "folds"}


def of_members(prepared: Prepared) -> list[Prepared]:
    return [prepared.of_member(number) for number in range(4)]


def both(of_one: Prepared) -> tuple[Samples, Samples]:
    assert isinstance(of_one.training, Samples)
    assert of_one.validation is not None
    return of_one.training, of_one.validation


def with_column(name: str, values: Any) -> Table:
    table = toys.table("binary")
    return replace(table, columns=(*table.columns, Column(name, values)))


def test_each_sample_but_those_of_the_test_judges_one_member_and_teaches_the_others() -> None:
    prepared = toys.prepared("regression", **FOLDS)
    pool = prepared.training
    assert isinstance(pool, Samples)
    parts = [both(of_one) for of_one in of_members(prepared)]
    judging = torch.cat([validation.features[:] for _, validation in parts])
    assert sorted(judging.tolist()) == sorted(pool.features[:].tolist())
    for training, validation in parts:
        together = torch.cat([training.features[:], validation.features[:]])
        assert sorted(together.tolist()) == sorted(pool.features[:].tolist())


def test_the_test_is_the_same_as_without_folds_and_in_no_fold() -> None:
    prepared, without = toys.prepared("regression", **FOLDS), toys.prepared("regression")
    assert prepared.test is not None
    assert without.test is not None
    assert len(prepared.training) == len(without.training) + len(without.validation or ())
    tested = set(map(tuple, prepared.test.features[:].tolist()))
    assert len(tested) == len(without.test)
    learned = {
        tuple(row) for one in of_members(prepared) for row in both(one)[0].features[:].tolist()
    }
    assert not tested & learned


def test_each_class_is_dealt_out_evenly() -> None:
    prepared = toys.prepared("classification", rows=400, **FOLDS)
    counts = [
        np.bincount(both(of_one)[1].targets.numpy(), minlength=3) for of_one in of_members(prepared)
    ]
    assert (np.ptp(counts, axis=0) <= 1).all()


def test_the_rows_of_a_group_are_all_in_one_fold() -> None:
    names = np.array([f"person {number % 20}" for number in range(100)], dtype=object)
    # The group told once more, as something that is learned from.
    table = replace(
        with_column("who", names),
        columns=(Column("who", names), Column("number", np.arange(100) % 20 * 1.5)),
    )
    prepared = prepare(table, Settings(**FOLDS, group="who"), task="binary")
    assert prepared.folds
    for of_one in of_members(prepared):
        training, validation = ({*part.features[:].flatten().tolist()} for part in both(of_one))
        assert not training & validation


@pytest.mark.parametrize(
    ("settings", "own"),
    [
        ({"member_validation": "shared"}, False),
        ({"members": 1}, False),
        ({"time": "when"}, False),
        ({"split_column": "part"}, False),
        ({}, True),
    ],
    ids=["shared", "one network", "time", "marks", "validation data"],
)
def test_all_members_share_marked_or_separate_validation_samples(
    settings: dict[str, Any], own: bool
) -> None:
    parts = np.array(["training", "validation", "test", "training"] * 25, dtype=object)
    table = with_column("part", parts)
    table = replace(table, columns=(*table.columns, Column("when", np.arange(100.0))))
    chosen = Settings(**{**FOLDS, **settings})
    validation = table.take(np.arange(10)) if own else None
    prepared = prepare(table, chosen, validation=validation, task="binary")
    assert not prepared.folds
    assert prepared.of_member(1) is prepared
    assert prepared.validation
    asked_for_folds = chosen.member_validation == "folds" and chosen.members > 1
    told = "all 4 members validate on the same rows and not on folds of their own, as "
    assert (told in "".join(prepared.notes)) == asked_for_folds


def test_a_member_is_what_it_would_be_alone_on_its_fold() -> None:
    settings: dict[str, Any] = {"epochs": 5, "learning_rate": 0.01}
    members = toys.run("classification", **FOLDS, **settings).members
    prepared = toys.prepared("classification", **FOLDS)
    for number, member in enumerate(members):
        alone = toys.run("classification", seed=number, on=prepared.of_member(number), **settings)
        torch.testing.assert_close(
            member.model.parameters.weights, alone.model.parameters.weights, rtol=1e-4, atol=1e-6
        )
        assert member.sizes == {"training": 63, "validation": 22, "test": 15} or number


def test_weights_go_with_their_samples() -> None:
    table = with_column("weight", np.arange(1.0, 101.0))
    chosen = Settings(**FOLDS, sample_weight="weight")
    prepared = prepare(table, chosen, task="binary")
    pool = prepared.training
    assert isinstance(pool, Samples)
    assert pool.weights is not None
    known = dict(zip(map(tuple, pool.features[:].tolist()), pool.weights.tolist(), strict=True))
    for part in both(prepared.of_member(2)):
        assert part.weights is not None
        assert part.weights.tolist() == [known[tuple(row)] for row in part.features[:].tolist()]


def test_pictures_stay_bytes() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 5, 5), dtype=np.uint8)
    labels = Column("label", np.array(["a", "b"] * 20, dtype=object))
    prepared = prepare(Images("toys", pixels, labels), Settings(**FOLDS))
    training, _ = both(prepared.of_member(0))
    pool = prepared.training
    assert isinstance(pool, Samples)
    assert isinstance(training.features, ByteFeatures)
    rows = torch.from_numpy(prepared.folds[0].train)
    assert torch.equal(training.features[0:5], pool.features[rows[:5]])


def test_what_is_fitted_does_not_know_the_test() -> None:
    table, settings = toys.table("regression"), Settings(**FOLDS)
    before = prepare(table, settings)
    held_out = before.held_out
    assert isinstance(held_out, Table)
    assert held_out.rows is not None
    changed = table.columns[0].values.copy()
    changed[held_out.rows - 1] = 1e6
    columns = (replace(table.columns[0], values=changed), *table.columns[1:])
    after = prepare(replace(table, columns=columns), settings)
    assert after.preparation.as_json() == before.preparation.as_json()


def test_fewer_rows_than_members_are_refused() -> None:
    with pytest.raises(InputError, match=r"members: got 20.*folds: got 20 for 9 rows"):
        toys.prepared("regression", rows=10, members=20, member_validation="folds")


def test_the_batches_of_a_preset_fit_the_smallest_fold() -> None:
    run = train("ensemble", toys.table("binary"), task="binary", epochs=2, progress=False)
    assert len(run.members) == 5
    assert run.sizes["training"] == 68


def test_a_sweep_takes_members_with_folds_of_each_number() -> None:
    trials = sweep(
        toys.network("regression"),
        toys.table("regression"),
        [{"members": 2}, {"members": 4}],
        member_validation="folds",
        epochs=2,
        progress=False,
    )
    sizes = [trial.run.sizes["validation"] for trial in trials if trial.run]
    assert sizes == [43, 22]


def test_a_note_says_so() -> None:
    (note,) = (note for note in toys.prepared("regression", **FOLDS).notes if "members" in note)
    assert note == (
        "each of the 4 members validates on its own 21 of 85 samples, and is trained on the others"
    )
