"""A table that is read some rows at a time is learned as well as one that is in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes

from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.reading.read import read
from chainrule.data.streaming.scan import scan
from chainrule.data.table import Table
from chainrule.errors import InputError
from chainrule.layers import Dense, Network
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.samples.prepare_streamed import prepare_streamed
from chainrule.training.samples.streamed_samples import StreamedSamples
from chainrule.training.settings.settings import Settings
from chainrule.training.train import train
from tests.training import toys


@pytest.fixture(autouse=True)
def little_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several stretches and several buckets, of tables that are small."""
    monkeypatch.setattr("chainrule.data.streaming.stored_rows.VALUES_AT_ONCE", 5_000)
    monkeypatch.setattr("chainrule.training.samples.prepare_streamed.BUCKETS_IN_MEMORY", 150_000)


def table(rows: int = 3000, seed: int = 0) -> dict[str, np.ndarray[Any, Any]]:
    """Numbers with gaps and categories, of which one class and a number follow."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=rows)
    kind = draw.integers(4, size=rows)
    price = 100 + 20 * x + 5 * kind
    return {
        "x": np.where(draw.random(rows) < 0.1, np.nan, x),
        "kind": np.array(["a", "b", "c", "d"])[kind],
        "price": price,
        "class": np.where(price > 110, "dear", "cheap"),
        "weight": draw.integers(1, 4, size=rows),
    }


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write columns to a Parquet file, in the order of one of them if it is named."""

    def write(columns: dict[str, Any], order: str = "", name: str = "a.parquet") -> Path:
        import pandas as pd

        frame = pd.DataFrame(columns)
        path = tmp_path / name
        with duckdb.connect() as database:
            database.register("frame", frame)
            by = f'ORDER BY "{order}"' if order else ""
            database.execute(f"COPY (SELECT * FROM frame {by}) TO '{path}' (FORMAT parquet)")
        return path

    return write


def prepared(path: Path, target: str, **settings: Any) -> Prepared:
    """The table, read some rows at a time."""
    with scan(path, target=target, memory="1GiB").opened() as rows:
        return prepare_streamed(rows, Settings(**settings))


def on_disk(samples: Any) -> dict[str, torch.Tensor]:
    """All training samples, in the order of the file, by the feature x."""
    assert isinstance(samples, StreamedSamples)
    rows = samples.rows
    space = {name: np.empty((len(rows), *a.shape[1:]), a.dtype) for name, a in rows.like.items()}
    assert rows.read(range(len(rows.sizes)), space) == len(rows)
    return {name: torch.from_numpy(array) for name, array in space.items()}


def test_the_parts_have_their_shares_and_all_rows_together(written: Any) -> None:
    made = prepared(written(table()), "class", split=(0.6, 0.3, 0.1))
    assert sum(made.sizes.values()) == 3000
    shares = [size / 3000 for size in made.sizes.values()]
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.04)


def test_training_samples_are_those_that_preparing_in_memory_would_make(written: Any) -> None:
    path = written(table())
    made = prepared(path, "price", split=(1.0, 0.0, 0.0))
    data = read(path, target="price")
    expected = torch.cat([made.preparation.features(data), made.preparation.targets(data)], dim=1)
    stored = on_disk(made.training)
    ours = torch.cat([stored["features"], stored["targets"]], dim=1)
    assert sorted(map(tuple, ours.tolist())) == sorted(map(tuple, expected.tolist()))


def test_the_preparation_is_that_of_all_training_rows_where_they_are_few(written: Any) -> None:
    path = written(table())
    made = prepared(path, "price", split=(1.0, 0.0, 0.0))
    in_memory = prepare(read(path, target="price"), Settings(split=(1.0, 0.0, 0.0)))
    assert made.preparation.as_json() == in_memory.preparation.as_json()


def test_nothing_is_fitted_on_validation_and_test_rows(written: Any) -> None:
    columns = table()
    first = prepared(written(columns), "price")
    assert isinstance(first.held_out, Table)
    assert first.held_out.rows is not None
    for name in ("x", "price"):
        columns[name][first.held_out.rows - 1] = 1e6
    columns["kind"][first.held_out.rows - 1] = "e"
    again = prepared(written(columns, name="b.parquet"), "price")
    assert {**again.preparation.as_json(), "notes": []} == {
        **first.preparation.as_json(),
        "notes": [],
    }
    assert sorted(on_disk(again.training)["targets"].flatten().tolist()) == sorted(
        on_disk(first.training)["targets"].flatten().tolist()
    )


def test_the_samples_in_memory_have_the_least_and_the_greatest_number_of_training(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.training.samples.prepare_streamed.ROWS_IN_MEMORY", 50)
    made = prepared(written(table()), "price")
    assert isinstance(made.training, StreamedSamples)
    some, everything = made.training.in_memory.targets, on_disk(made.training)["targets"]
    assert 20 < len(some) < 80
    assert (some.min(), some.max()) == (everything.min(), everything.max())


def test_held_out_rows_are_those_of_the_test_samples(written: Any) -> None:
    made = prepared(written(table()), "class")
    assert made.held_out is not None
    assert made.test is not None
    assert made.preparation.features(made.held_out).equal(made.test.features[:])
    assert made.preparation.targets(made.held_out).equal(made.test.targets)


def test_the_classes_are_counted_over_all_training_rows(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.training.samples.prepare_streamed.ROWS_OF_SAMPLE", 100)
    made = prepared(written(table()), "class", split=(1.0, 0.0, 0.0))
    classes, counts = np.unique(table()["class"], return_counts=True)
    assert made.preparation.class_names == tuple(classes)
    assert made.preparation.target.counts == tuple(counts)  # type: ignore[union-attr]  # classes


def test_a_note_has_the_size_of_the_sample_that_preparation_is_fitted_on(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.training.samples.prepare_streamed.ROWS_OF_SAMPLE", 500)
    made = prepared(written(table()), "price", split=(1.0, 0.0, 0.0))
    (note,) = [note for note in made.notes if "fitted on" in note]
    assert note.startswith("a.parquet: the preparation is fitted on ")
    assert note.endswith(" of 3,000 training rows, drawn at random")
    assert 400 < int(note.split(" fitted on ")[1].split()[0]) < 600


def test_a_class_of_one_row_is_learned_and_not_met_first_in_the_test(written: Any) -> None:
    for row in range(8):
        columns = table(200)
        columns["class"][row] = "fake"
        made = prepared(written(columns), "class", split=(0.1, 0.0, 0.9))
        assert "fake" in made.preparation.class_names


def test_more_held_out_rows_than_a_score_needs_are_for_training(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.training.samples.prepare_streamed.ROWS_HELD_OUT", 200)
    made = prepared(written(table()), "class", split=(0.2, 0.4, 0.4))
    assert made.sizes["test"] == pytest.approx(200, rel=0.2)
    assert made.sizes["validation"] == pytest.approx(200, rel=0.2)
    assert sum(made.sizes.values()) == 3000
    assert any("at most about 200 rows; the rest of their shares" in note for note in made.notes)


def test_weights_of_samples_and_classes_are_those_of_preparing_in_memory(written: Any) -> None:
    path = written(table())
    chosen: dict[str, Any] = {
        "sample_weight": "weight",
        "class_weight": "balanced",
        "split": (1.0, 0.0, 0.0),
    }
    ours = on_disk(prepared(path, "class", **chosen).training)["weights"]
    expected = toys.in_memory(prepare(read(path, target="class"), Settings(**chosen)).training)
    assert expected.weights is not None
    torch.testing.assert_close(ours.sort().values, expected.weights.sort().values)


def counts_of(preparation: Preparation) -> np.ndarray[Any, Any]:
    assert isinstance(preparation.target, ClassTarget)
    return np.array(preparation.target.counts)


def test_rows_of_weight_0_are_not_read(written: Any) -> None:
    columns = table()
    rubbish = np.arange(3000) % 3 == 0
    columns["weight"] = np.where(rubbish, 0, columns["weight"])
    columns["class"] = np.where(rubbish, "rubbish", columns["class"])
    columns["kind"] = np.where(rubbish, "rubbish", columns["kind"])
    columns["x"] = np.where(rubbish, 1e9, columns["x"])
    path = written(columns)
    ours = prepared(path, "class", sample_weight="weight")
    kept = read(path, target="class").take(~rubbish)
    assert isinstance(kept, Table)
    whole = prepare(kept, Settings(sample_weight="weight", split=(1, 0, 0))).preparation
    assert ours.sizes["training"] + ours.sizes["validation"] + ours.sizes["test"] == 2000
    assert ours.preparation.class_names == ("cheap", "dear")
    assert ours.preparation.feature_names == whole.feature_names
    assert ours.preparation.sample_weight == "weight"
    assert any("column 'weight': 1,000 rows of weight 0 are left out" in n for n in ours.notes)
    counts, expected = (counts_of(each) for each in (ours.preparation, whole))
    assert counts / counts.sum() == pytest.approx(expected / expected.sum(), abs=0.02)


@pytest.mark.parametrize(
    ("row", "weight", "message"),
    [
        (2, -1.0, "a.parquet, row 3, column 'weight': got -1 as the weight of a sample"),
        (4, np.nan, "a.parquet, row 5, column 'weight': got no value as the weight of a sample"),
        (slice(None), 0.0, "column 'weight': got the weight 0 for every sample"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(
    written: Any, row: Any, weight: float, message: str
) -> None:
    columns = table(100)
    columns["weight"] = columns["weight"].astype(float)
    columns["weight"][row] = weight
    with pytest.raises(InputError) as error:
        prepared(written(columns), "class", sample_weight="weight")
    assert message in str(error.value)


def test_data_of_its_own_is_the_test_and_its_share_goes_to_the_others(written: Any) -> None:
    path = written(table())
    own = read(written(table(100, seed=1), name="own.parquet"), target="class")
    with scan(path, target="class").opened() as rows:
        made = prepare_streamed(rows, Settings(split=(0.5, 0.25, 0.25)), test=own)
    assert made.sizes["test"] == 100
    assert made.sizes["training"] / 3000 == pytest.approx(2 / 3, abs=0.04)


def test_a_way_to_split_that_needs_all_rows_at_once_is_refused(written: Any) -> None:
    with pytest.raises(InputError, match="group: got 'kind' for a table that is read some rows"):
        prepared(written(table()), "class", group="kind")


NETWORK = Network(Dense(16, "relu"), Dense(1))


@pytest.mark.parametrize("load", [load_breast_cancer, load_diabetes])
def test_a_file_in_the_order_of_the_target_is_learned_as_well_as_in_memory(
    written: Any, load: Any
) -> None:
    columns = {f"c{place}": column for place, column in enumerate(load().data.T)}
    columns["target"] = load().target
    path = written(columns, order="target")
    name = "accuracy" if load is load_breast_cancer else "r2"
    scores = []
    for data in (read(path, target="target"), scan(path, target="target")):
        of_seeds = [
            train(NETWORK, data, progress=False, epochs=40, learning_rate=0.005, seed=seed).test
            for seed in range(4)
        ]
        scores.append(np.mean([score[name] for score in of_seeds]))
    # Each of four tests has about 85 rows: the means of such tests differ by 0.02 and 0.06.
    assert scores[1] == pytest.approx(scores[0], abs={"accuracy": 0.04, "r2": 0.15}[name])


def test_the_same_seed_gives_the_same_weights(written: Any) -> None:
    path = written(table())
    first, again = (
        train(NETWORK, scan(path, target="price"), progress=False, epochs=2) for _ in range(2)
    )
    assert first.model.parameters.values.keys() == again.model.parameters.values.keys()
    for name, value in first.model.parameters.values.items():
        assert value.equal(again.model.parameters.values[name])


def test_members_are_trained_together_each_by_an_order_of_its_own(written: Any) -> None:
    path = written(table())
    together = train(NETWORK, scan(path, target="price"), progress=False, epochs=2, members=2)
    assert len(together.members) == 2
    alone = [run.test["rmse"] for run in together.members]
    assert alone[0] != alone[1]
    assert together.test["rmse"] < 1.05 * max(alone)


def test_adult_sorted_by_income_is_learned_as_well_as_in_memory(tmp_path: Path) -> None:
    folder = os.environ.get("CHAINRULE_DATA")
    if not folder:
        pytest.skip("CHAINRULE_DATA names no folder of real data sets")
    source, path = Path(folder) / "tabular/adult/adult-train.csv", tmp_path / "sorted.csv"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (FROM read_csv('{source}', all_varchar = true) ORDER BY income) TO '{path}'"
        )
    test = read(Path(folder) / "tabular/adult/adult-test.csv", target="income")
    accuracies = [
        train(NETWORK, data, test=test, progress=False, epochs=3).test["accuracy"]
        for data in (read(source, target="income"), scan(path, target="income"))
    ]
    # The standard error of an accuracy of 0.85 on 16,281 rows is 0.003.
    assert accuracies[1] == pytest.approx(accuracies[0], abs=0.01)
    assert accuracies[1] > 0.84


def test_members_that_share_the_validation_rows_are_told(written: Any) -> None:
    path = written(table())
    told = "a.parquet: all 3 members validate on the same rows and not on folds of their own"
    with_folds = prepared(path, "price", members=3, member_validation="folds")
    assert told in "".join(with_folds.notes)
    assert told not in "".join(prepared(path, "price", members=3).notes)
