"""The fingerprint of rows tells whether two runs are judged by the same samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data.dataset import Images
from chainrule.data.fingerprint import fingerprint
from chainrule.data.table import Column, Table
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.settings import Settings
from tests.training import toys

NUMBERS, CLASSES = toys.table("regression", 40), toys.table("classification", 40)


@given(rows=st.lists(st.integers(0, 39), min_size=1, unique=True), seed=st.integers(0, 99))
def test_neither_the_order_nor_the_columns_matter(rows: list[int], seed: int) -> None:
    for table in (NUMBERS, CLASSES):
        taken = table.take(np.array(rows))
        order = np.random.default_rng(seed).permutation(len(rows))
        fewer = replace(taken.take(order), columns=taken.columns[:1])
        assert fingerprint(fewer) == fingerprint(taken)


@given(one=st.sets(st.integers(0, 39), min_size=1), other=st.sets(st.integers(0, 39), min_size=1))
def test_other_rows_have_another_fingerprint(one: set[int], other: set[int]) -> None:
    first, second = (fingerprint(NUMBERS.take(np.array(sorted(rows)))) for rows in (one, other))
    assert (first == second) == (one == other)


def test_another_target_has_another_fingerprint() -> None:
    assert NUMBERS.target is not None
    changed = NUMBERS.target.values.copy()
    changed[7] += 1
    renamed = replace(NUMBERS, target=replace(NUMBERS.target, name="other"))
    others = [replace(NUMBERS, target=Column("target", changed)), renamed, CLASSES]
    prints = {fingerprint(table) for table in (NUMBERS, *others)}
    assert len(prints) == 4


def test_pictures_are_told_apart_by_their_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, 4), dtype=np.uint8)
    target = Column("label", np.array([*"abcab"], dtype=object))
    images = Images("toy.npz", pixels, target)
    reverse = np.arange(5)[::-1]
    assert fingerprint(images.take(reverse)) == fingerprint(images)
    changed = pixels.copy()
    changed[2, 1, 1] ^= 1
    assert fingerprint(replace(images, pixels=changed)) != fingerprint(images)
    assert fingerprint(images.take(np.arange(4))) != fingerprint(images)


def test_prepared_samples_have_those_of_their_parts() -> None:
    table: Table = toys.table("binary", 60)
    one = prepare(table, Settings()).fingerprints
    assert one == prepare(table, Settings(epochs=3, metric="f1")).fingerprints
    assert one.keys() == {"validation", "test"}
    assert prepare(table, Settings(seed=1)).fingerprints["test"] != one["test"]
    folds = prepare(table, Settings(members=3, member_validation="folds")).fingerprints
    assert folds["test"] == one["test"]
    assert folds["validation"] != one["validation"]
    assert "validation" not in prepare(table, Settings(split=(0.8, 0, 0.2))).fingerprints
