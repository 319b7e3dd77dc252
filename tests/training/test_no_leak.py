"""No leakage: whatever validation and test hold, what is fitted and learned stays the same.

Every value and target of the validation and test rows is exchanged. What was fitted then is the
same to the last byte: the preparation, the samples and their weights, and the network's weights
after two epochs.

Exempt is what these rows are for: which epoch is the best and when training stops (validation), and
the scores. And what is no fit to data but has to know them all: which rows a random split draws, as
it gives each class its share, so the parts are marked here; the task, if it is found out; and how
the values of a column are read: whether they are numbers, and the role of the column.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from chainrule.data.columns.roles import infer_roles
from chainrule.data.columns.task import infer_task
from chainrule.data.dataset import Dataset, Images
from chainrule.data.reading.read import read
from chainrule.data.splits import split_rows
from chainrule.data.table import Column, Table
from chainrule.layers import Dense, Flatten, Network
from chainrule.training.fit import fit
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings
from tests.data.read_as import read_table
from tests.training import toys

PART = "part of the row"


def marked(table: Table) -> Table:
    """The table with its roles, and a column that marks two thirds of the rows for training."""
    parts = np.array(["train", "train", "train", "train", "validation", "test"], dtype=object)
    drawn = np.random.default_rng(0).permutation(np.resize(parts, len(table)))
    roles = {role.name: role.role for role in infer_roles(table)}
    return replace(
        table,
        columns=(*table.columns, Column(PART, drawn)),
        read_options=table.read_options.updated(role=roles),
    )


def held_out(table: Table) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = table.column(PART).values != "train"
    return held


def with_others(table: Table) -> Table:
    """The table with other values and targets in all validation and test rows."""
    held = held_out(table)
    columns = [c if c.name == PART else changed(c, held) for c in table.columns]
    assert table.target is not None
    return replace(table, columns=tuple(columns), target=exchanged(table.target, held))


def changed(column: Column, held: NDArray[np.bool_]) -> Column:
    """Numbers far from all others, and names that no other row has."""
    values = column.values.copy()
    if column.kind == "number":
        values[held] = 1e6 + 17.0 * np.arange(held.sum())
    else:
        rows = np.flatnonzero(held)
        values[rows] = np.array([f"new {n}" for n in rows], dtype=object)
        values[rows[::5]] = values[~held][0]  # as new names alone are refused
    return replace(column, values=values)


def exchanged(target: Column, held: NDArray[np.bool_]) -> Column:
    """Another class for each row, or numbers far from all others."""
    if target.kind == "number" and infer_task(target) == "regression":
        return changed(target, held)
    classes = np.unique(target.values)
    values = target.values.copy()
    values[held] = classes[(np.searchsorted(classes, values[held]) + 1) % len(classes)]
    return replace(target, values=values)


def learned(samples: Prepared, **settings: Any) -> tuple[torch.Tensor, ...]:
    """The weights after each of two epochs, as they were when the epoch ended."""
    watch = toys.Watch()
    network = Network(Flatten(), Dense(8, "relu"), Dense(samples.outputs))
    chosen = Settings(epochs=2, patience=0, **settings)
    fit(network, samples, settings=chosen, progress=SilentProgress(), watch=watch)
    return tuple(watch.weights)


def fitted(data: Dataset, settings: Settings, **own: Any) -> tuple[Prepared, list[bytes]]:
    """Samples, and all that was fitted and learned, as bytes."""
    assert data.target is not None
    samples = prepare(data, settings, task=infer_task(data.target), **own)
    training = samples.training
    assert isinstance(training, Samples)
    tensors = [training.features[slice(None)], training.targets, *learned(samples)]
    tensors += [] if training.weights is None else [training.weights]
    return samples, [
        json.dumps(samples.preparation.as_json(), sort_keys=True).encode(),
        *(tensor.numpy().tobytes() for tensor in tensors),
    ]


def penguins(demo: Path) -> Table:
    return read_table(demo / "penguins.csv", target="species")


def body_mass(demo: Path) -> Table:
    return read_table(demo / "penguins.csv", target="body_mass_g")


CASES: list[tuple[Callable[[Path], Table], dict[str, Any]]] = [
    (penguins, {}),
    (body_mass, {}),
    (body_mass, {"scaling": "quantile", "encoding": "ordinal"}),
    (penguins, {"scaling": "robust", "projection": "pca", "components": 4}),
    (penguins, {"scaling": "min_max", "encoding": "codes", "class_weight": "balanced"}),
]


@pytest.mark.parametrize(
    ("source", "settings"), CASES, ids=lambda case: getattr(case, "__name__", str(case))
)
def test_nothing_that_is_fitted_to_a_table_knows_validation_or_test_rows(
    demo: Path, source: Callable[[Path], Table], settings: dict[str, Any]
) -> None:
    chosen = Settings(split_column=PART, **settings)
    table = marked(source(demo))
    before, bytes_before = fitted(table, chosen)
    after, bytes_after = fitted(with_others(table), chosen)
    assert bytes_after == bytes_before
    assert before.test is not None
    assert after.test is not None
    assert not torch.equal(torch.as_tensor(after.test.targets), before.test.targets)


def test_the_check_notices_a_training_row_that_changed(demo: Path) -> None:
    table = marked(penguins(demo))
    columns = list(table.columns)
    values = columns[1].values.copy()
    values[np.argmin(held_out(table))] += 1.0
    columns[1] = replace(columns[1], values=values)
    chosen = Settings(split_column=PART)
    _, before = fitted(table, chosen)
    _, after = fitted(replace(table, columns=tuple(columns)), chosen)
    assert all(one != other for one, other in zip(before[:2], after[:2], strict=True))
    assert before[-1] != after[-1]


def test_sample_weights_are_scaled_by_training_rows_alone(demo: Path) -> None:
    table = marked(penguins(demo))
    own = Column("weight", np.random.default_rng(1).uniform(0.5, 2, len(table)))
    table = replace(table, columns=(*table.columns, own))
    chosen = Settings(split_column=PART, sample_weight="weight")
    assert fitted(with_others(table), chosen)[1] == fitted(table, chosen)[1]


def test_files_of_their_own_for_validation_and_test_are_not_fitted_to(demo: Path) -> None:
    table = marked(penguins(demo))
    parts = table.column(PART).values

    def own(of: Table) -> dict[str, Dataset]:
        return {name: of.take(parts == name) for name in ("validation", "test")}

    training, other = table.take(parts == "train"), with_others(table)
    before = fitted(training, Settings(), **own(table))[1]
    assert fitted(training, Settings(), **own(other))[1] == before


@pytest.mark.parametrize(
    "settings", [{"scaling": "standardise"}, {"projection": "pca", "components": 5}], ids=str
)
def test_nothing_that_is_fitted_to_pictures_knows_validation_or_test_pictures(
    demo: Path, settings: dict[str, Any]
) -> None:
    digits = read(demo / "digits.csv", target="digit").take(np.arange(300))
    assert isinstance(digits, Table)
    assert digits.target is not None
    pixels = np.stack([column.values for column in digits.columns], axis=1) * 15
    pictures = Images("digits", pixels.reshape(-1, 8, 8).astype(np.uint8), digits.target)
    chosen = Settings(**settings)
    # Which pictures are drawn depends on the targets, which are left alone here.
    drawn = split_rows(digits.target, "classification", chosen.split, chosen.seed).train
    changed = 255 - pictures.pixels
    changed[drawn] = pictures.pixels[drawn]
    before = fitted(pictures, chosen)[1]
    assert fitted(replace(pictures, pixels=changed), chosen)[1] == before


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("adult/adult-train.csv", "income"),
        ("california-housing/housing.csv", "median_house_value"),
        ("titanic/titanic.csv", "Survived"),
    ],
)
def test_nothing_that_is_fitted_to_well_known_tables_knows_validation_or_test_rows(
    data_folder: Path, file: str, target: str
) -> None:
    table = read(data_folder / file, target=target).take(np.arange(800))
    assert isinstance(table, Table)
    table = marked(table)
    chosen = Settings(split_column=PART)
    assert fitted(with_others(table), chosen)[1] == fitted(table, chosen)[1]
