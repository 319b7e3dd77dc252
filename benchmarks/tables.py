"""Test scores on tables: the default network, the preset "strong", and scikit-learn's own.

    CHAINRULE_DATA=folder python -m benchmarks.tables --write benchmarks/tables.md

The folder holds tabular/ with adult/, california-housing/, wine-quality/ and titanic/; penguins and
digits come with chainrule. For each seed all methods learn from the same rows and are tested on
the same others. The networks here choose their best epoch by 18 % of the rows to learn from,
scikit-learn's methods learn from all of them, in their default settings: the MLP with medians for
what is missing, standardised numbers and one-hot categories, the trees with numbers as they are and
categories as ordinal codes. Regression is on standardised targets for all.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.machine import OtherWork, description
from chainrule.data import Preparation, Table, Task, split_rows
from chainrule.data.read import read
from chainrule.demo import write_data
from chainrule.networks import network_named
from chainrule.training.metrics import measure
from chainrule.training.objective import outputs_for
from chainrule.training.presets import preset
from chainrule.training.settings import Settings
from chainrule.training.train import train

TEST_SHARE = 0.15
METRICS: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse",),
    "binary": ("accuracy", "log_loss"),
    "classification": ("accuracy", "log_loss"),
}


@dataclass(frozen=True)
class Source:
    """A table, and what is to be predicted.

    Attributes:
        file: of the data folder, or of the demo's data.
        target: the column to predict.
        task: what it asks for.
        test_file: rows for the test, where the publisher set them apart.
    """

    name: str
    file: str
    target: str
    task: Task
    test_file: str | None = None


SOURCES = (
    Source("Penguins, species", "penguins.csv", "species", "classification"),
    Source("Penguins, body mass", "penguins.csv", "body_mass_g", "regression"),
    Source("Digits, 8 x 8", "digits.csv", "digit", "classification"),
    Source("Titanic", "tabular/titanic/titanic.csv", "Survived", "binary"),
    Source(
        "Red wine, quality as a number",
        "tabular/wine-quality/winequality-red.csv",
        "quality",
        "regression",
    ),
    Source(
        "White wine, quality as a class",
        "tabular/wine-quality/winequality-white.csv",
        "quality",
        "classification",
    ),
    Source(
        "California housing",
        "tabular/california-housing/housing.csv",
        "median_house_value",
        "regression",
    ),
    Source(
        "Adult, official test file",
        "tabular/adult/adult-train.csv",
        "income",
        "binary",
        "tabular/adult/adult-test.csv",
    ),
)


@dataclass(frozen=True)
class Rows:
    """The rows to learn from and those of the test."""

    learn: Table
    test: Table
    task: Task


# Learns from the rows by a seed, with at most so many epochs if they are given; the metrics.
Method = Callable[[Rows, int, int | None], dict[str, float]]


def main() -> None:
    """Run every method on every table with every seed and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--epochs", type=int, help="at most so many, to try the script")
    parser.add_argument("--only", default="", help="tables whose names contain this")
    parser.add_argument("--write", type=Path, help="file for the scores")
    arguments = parser.parse_args()
    if "CHAINRULE_DATA" not in os.environ:
        raise SystemExit("Set CHAINRULE_DATA to the folder that holds tabular/.")
    warnings.simplefilter("ignore", ConvergenceWarning)  # scikit-learn's 200 epochs may not do
    others = OtherWork()
    lines = [
        f"| data | | {' | '.join(METHODS)} |",
        f"|---|---|{'---|' * len(METHODS)}",
    ]
    with tempfile.TemporaryDirectory() as demo:
        write_data(Path(demo))
        folders = (Path(demo), Path(os.environ["CHAINRULE_DATA"]))
        print("\n".join(lines), flush=True)
        for source in SOURCES:
            if arguments.only in source.name:
                new = scores(source, folders, arguments.seeds, arguments.epochs)
                print("\n".join(new), flush=True)
                lines += new
    lines += [
        "",
        f"Mean (lowest to highest) of {arguments.seeds} seeds, each with rows of its own for the "
        "test but for Adult; rmse in the unit of the target; seconds are the median and include "
        "preparation and test. "
        f"{time.strftime('%Y-%m-%d')}, {description()}; others kept {others.cores():.1f} cores "
        "busy.",
    ]
    print("\n".join(lines[-2:]))
    if arguments.write:
        arguments.write.write_text("\n".join(lines) + "\n")


def scores(source: Source, folders: tuple[Path, ...], seeds: int, epochs: int | None) -> list[str]:
    """A line of the table for each metric of the task, and one for the seconds."""
    found: dict[str, list[dict[str, float]]] = {method: [] for method in METHODS}
    for seed in range(seeds):
        rows = rows_of(source, folders, seed)
        for name, method in METHODS.items():
            start = time.perf_counter()
            measured = method(rows, seed, epochs)
            found[name].append({**measured, "seconds": time.perf_counter() - start})
    lines = []
    for metric in METRICS[source.task]:
        cells = [cell([one[metric] for one in found[method]]) for method in METHODS]
        lines.append(f"| {source.name} | {metric} | {' | '.join(cells)} |")
    seconds = [statistics.median(one["seconds"] for one in found[method]) for method in METHODS]
    lines.append(f"| {source.name} | seconds | {' | '.join(f'{s:.1f}' for s in seconds)} |")
    return lines


def rows_of(source: Source, folders: tuple[Path, ...], seed: int) -> Rows:
    """The rows to learn from, and the test's: a file of its own, or a share drawn by the seed."""
    data = table(source.file, source.target, folders)
    if source.test_file is not None:
        return Rows(data, table(source.test_file, source.target, folders), source.task)
    assert data.target is not None
    data = data.take(np.flatnonzero(~data.target.missing))
    assert data.target is not None
    shares = (1 - TEST_SHARE, 0.0, TEST_SHARE)
    split = split_rows(data.target, source.task, shares, seed)
    return Rows(data.take(split.train), data.take(split.test), source.task)


def table(file: str, target: str, folders: tuple[Path, ...]) -> Table:
    """A file of the first folder that has it."""
    path = next(folder / file for folder in folders if (folder / file).exists())
    data = read(path, target=target)
    assert isinstance(data, Table)
    return data


def default_network(rows: Rows, seed: int, epochs: int | None) -> dict[str, float]:
    """The network and the settings of `chainrule train` without options."""
    return trained(rows, "mlp", {}, {}, seed, epochs)


def strong(rows: Rows, seed: int, epochs: int | None) -> dict[str, float]:
    """The preset for tables."""
    to_learn_from = int(Settings().split[0] / (1 - TEST_SHARE) * len(rows.learn))
    chosen = preset("strong", rows.task, to_learn_from)
    settings = {name: chosen[name] for name in chosen if name in Settings.model_fields}
    return trained(
        rows, str(chosen["network"]), {"activation": chosen["activation"]}, settings, seed, epochs
    )


def trained(
    rows: Rows,
    network: str,
    network_settings: Mapping[str, object],
    settings: Mapping[str, Any],
    seed: int,
    epochs: int | None,
) -> dict[str, float]:
    """The test scores of one of chainrule's networks."""
    limited = {} if epochs is None else {"epochs": epochs}
    classes = len(Preparation.fit(rows.learn, everything(rows.learn), rows.task).class_names)
    run = train(
        network_named(network, outputs_for(rows.task, classes), **network_settings),
        rows.learn,
        test=rows.test,
        task=rows.task,
        progress=False,
        **{**settings, **limited, "seed": seed},
    )
    return run.test


def by_scikit_learn(
    regressor: Callable[..., Any],
    classifier: Callable[..., Any],
    numbers: Any,
    categories: Any,
    rows: Rows,
    seed: int,
    epochs: int | None,
) -> dict[str, float]:
    """The test scores of a method of scikit-learn.

    Args:
        regressor: of scikit-learn.
        classifier: likewise.
        numbers: what prepares columns of numbers.
        categories: what prepares columns of categories.
        rows: to learn from and to test on.
        seed: of the method.
        epochs: at most, for networks.
    """
    # Which columns are learned from, and what the target's values are, is found out alike for all.
    preparation = Preparation.fit(rows.learn, everything(rows.learn), rows.task)
    kinds = [rows.learn.column(name).kind for name in preparation.columns]
    prepared = ColumnTransformer(
        [
            ("numbers", numbers, [i for i, kind in enumerate(kinds) if kind == "number"]),
            ("categories", categories, [i for i, kind in enumerate(kinds) if kind == "category"]),
        ],
        sparse_threshold=0,
    )
    limited = {"max_iter": epochs} if epochs and classifier is MLPClassifier else {}
    method = regressor if rows.task == "regression" else classifier
    pipeline = make_pipeline(prepared, method(random_state=seed, **limited))
    y = preparation.targets(rows.learn).numpy().ravel()
    pipeline.fit(features_of(rows.learn, preparation), y)
    x = features_of(rows.test, preparation)
    targets = preparation.targets(rows.test)
    if rows.task == "regression":
        to_person = preparation.target.to_person  # type: ignore[union-attr]  # numbers, as the task says
        predicted = torch.from_numpy(to_person(pipeline.predict(x)[:, np.newaxis]))
        return measure(rows.task, predicted, torch.from_numpy(to_person(targets.numpy())))
    probabilities = torch.from_numpy(pipeline.predict_proba(x))
    if rows.task == "binary":
        probabilities = probabilities[:, 1:]
    return measure(rows.task, probabilities, targets)


def features_of(table: Table, preparation: Preparation) -> NDArray[np.object_]:
    """The columns that are learned from, (rows, columns), as the file gave them."""
    columns = [table.column(name) for name in preparation.columns]
    features = np.empty((len(table), len(columns)), np.object_)
    for place, column in enumerate(columns):
        features[:, place] = column.values
    return features


def everything(table: Table) -> NDArray[np.int64]:
    """The indices of all rows."""
    return np.arange(len(table))


def cell(values: list[float]) -> str:
    """The mean, and the lowest and the highest value if there are several."""
    mean = shown(statistics.mean(values))
    return f"**{mean}** ({shown(min(values))} to {shown(max(values))})" if values[1:] else mean


def shown(score: float) -> str:
    """A score with the digits that matter."""
    return f"{score:.4f}" if score < 10 else f"{score:,.0f}"


METHODS: Mapping[str, Method] = {
    "default network": default_network,
    'preset "strong"': strong,
    "scikit-learn MLP": partial(
        by_scikit_learn,
        MLPRegressor,
        MLPClassifier,
        make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
        OneHotEncoder(handle_unknown="ignore"),
    ),
    "HistGradientBoosting": partial(
        by_scikit_learn,
        HistGradientBoostingRegressor,
        HistGradientBoostingClassifier,
        "passthrough",
        OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan
        ),
    ),
}


if __name__ == "__main__":
    main()
