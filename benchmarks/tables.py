"""Test scores on tables: the presets against scikit-learn's MLP, pytabkit and boosted trees.

    CHAINRULE_DATA=folder python -m benchmarks.tables --seeds 5 --write benchmarks/tables.md

The folder holds tabular/ with adult/, california-housing/, wine-quality/ and titanic/; penguins and
digits come with chainrule. For each seed all methods learn from the same rows and are tested on
the same others. chainrule and pytabkit choose their best epoch by the same 18 % of the rows to
learn from; of the five networks of --best each chooses by another fifth of them; scikit-learn's
methods learn from all of them. All have their default settings:
scikit-learn's MLP with medians for what is missing, standardised numbers and one-hot categories,
the trees with numbers as they are and categories as ordinal codes, pytabkit's RealMLP-TD with
medians and a feature that says what is missing, for it refuses numbers that are. Regression is on
standardised targets for all.

Each fit is a line of a file and is not done twice: a run that was broken off goes on where it
ended, and two processes, `--part 1/2` and `--part 2/2`, share the work. Each fit has one thread.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor
from scipy.stats import t as student
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.machine import OtherWork, description
from benchmarks.public_data import public_data
from chainrule.data.preparation import Preparation
from chainrule.data.reading.read import read
from chainrule.data.splits import split_rows
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.demo import write_data
from chainrule.training.metrics import measure
from chainrule.training.train import train

SHARES = (0.7, 0.15, 0.15)  # to learn from, to choose the best epoch by, to test on
METRICS: Mapping[Task, tuple[str, ...]] = {
    "regression": ("rmse",),
    "binary": ("accuracy", "log_loss"),
    "classification": ("accuracy", "log_loss"),
}
DEFAULT = "strong, the default"
SEEDS = 5
RESULTS = Path("benchmarks/tables.jsonl")


@dataclass(frozen=True)
class Source:
    """A table and its target.

    Attributes:
        file: file in the data folder, or of the demo's data.
        target: column to predict.
        task: task of the table.
        test_file: file of the test rows, where the publisher has split the data.
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
    """The rows of one seed.

    Attributes:
        learn: training rows, followed by validation rows.
        training: number of training rows.
        test: test rows.
        task: task of the table.
    """

    learn: Table
    training: int
    test: Table
    task: Task


# Trains on the rows with a seed and an optional limit of epochs; returns the test scores.
Method = Callable[[Rows, int, int | None], dict[str, float]]


def main() -> None:
    """Run the fits that are missing, and print all scores."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="0 to write only")
    parser.add_argument("--epochs", type=int, help="at most so many, to try the script")
    parser.add_argument("--only", default="", help="tables whose names contain this")
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=METHODS)
    parser.add_argument("--part", default="1/1", help="such as 1/2: every other fit")
    parser.add_argument("--results", type=Path, default=RESULTS, help="a line for each fit")
    parser.add_argument("--write", type=Path, help="file for the scores")
    arguments = parser.parse_args()
    public = public_data("tabular/")
    warnings.simplefilter("ignore", ConvergenceWarning)  # scikit-learn's 200 epochs may not do
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    sources = [source for source in SOURCES if arguments.only in source.name]
    part, parts = map(int, arguments.part.split("/"))
    fits = [
        (source, method, seed)
        for seed in range(arguments.seeds)
        for source in sources
        for method in arguments.methods
    ][part - 1 :: parts]
    with tempfile.TemporaryDirectory() as demo, threadpool_limits(1):
        write_data(Path(demo))
        folders = (Path(demo), public)
        for source, method, seed in fits:
            if (source.name, method, seed) not in results(arguments.results):
                record = fitted(source, method, seed, folders, arguments.epochs)
                with arguments.results.open("a") as file:
                    file.write(json.dumps(record) + "\n")
                print(json.dumps(record), flush=True)
    page = "\n".join(page_of(results(arguments.results), sources, arguments.methods)) + "\n"
    print(page)
    if arguments.write:
        arguments.write.write_text(page)


Key = tuple[str, str, int]
Record = dict[str, Any]


def results(file: Path) -> dict[Key, Record]:
    """Read the stored fits, by table, method and seed."""
    lines = file.read_text().splitlines() if file.exists() else []
    records = [json.loads(line) for line in lines]
    return {(record["table"], record["method"], record["seed"]): record for record in records}


def fitted(
    source: Source, method: str, seed: int, folders: tuple[Path, ...], epochs: int | None
) -> Record:
    """Train and test once, and return the record for the file."""
    rows = rows_of(source, folders, seed)
    others = OtherWork()
    # Processor time, which other processes hardly change; each fit has one thread.
    start = time.process_time()
    measured = METHODS[method](rows, seed, epochs)
    seconds = time.process_time() - start
    return {
        "table": source.name,
        "method": method,
        "seed": seed,
        **{metric: measured[metric] for metric in METRICS[source.task]},
        "seconds": seconds,
        "busy_cores": others.cores(),
        "measured": f"{time.strftime('%Y-%m-%d')}, {description()}",
    }


def page_of(
    done: Mapping[Key, Record], sources: Sequence[Source], methods: Sequence[str]
) -> Iterator[str]:
    """Yield a row for each table and metric: scores, and their difference from the default's."""
    yield f"| data | | {' | '.join(methods)} |"
    yield f"|---|---|{'---|' * len(methods)}"
    for source in sources:
        for metric in (*METRICS[source.task], "seconds"):
            cells = [cell(done, source, method, metric) for method in methods]
            yield f"| {source.name} | {metric} | {' | '.join(cells)} |"
    yield ""
    busy = [record["busy_cores"] for record in done.values()]
    if not busy:
        return
    yield (
        f"Mean ± half of its 95 % interval over {SEEDS} seeds, or the number in the cell, each "
        "with its own test rows except for Adult; after the slash the same for the difference to "
        "the default on the same rows. rmse is in the unit of the target; seconds are the median "
        "processor time with one thread, including preparation and test. "
        f"{'; '.join(dict.fromkeys(record['measured'] for record in done.values()))}; other "
        f"processes used {statistics.median(busy):.2f} cores, {max(busy):.2f} at most. Made by "
        "`python -m benchmarks.tables`."
    )


def cell(done: Mapping[Key, Record], source: Source, method: str, metric: str) -> str:
    """Return the scores of one method on one table."""

    def by_seed(name: str) -> dict[int, float]:
        return {s: r[metric] for (t, m, s), r in done.items() if (t, m) == (source.name, name)}

    ours, theirs = by_seed(DEFAULT), by_seed(method)
    if not theirs:
        return "not run"
    values = list(theirs.values())
    if metric == "seconds":
        return f"{statistics.median(values):.1f}"
    text = f"**{format_score(statistics.mean(values))}**{half_interval(values)}"
    if len(values) != SEEDS:
        text += f" ({len(values)} of the seeds)"
    differences = [theirs[seed] - ours[seed] for seed in sorted(ours.keys() & theirs.keys())]
    if method == DEFAULT or not differences:
        return text
    sign = "+" if statistics.mean(differences) >= 0 else "-"
    size = format_score(abs(statistics.mean(differences)))
    return f"{text} / {sign}{size}{half_interval(differences)}"


def half_interval(values: Sequence[float]) -> str:
    """Return half of the 95 % interval of the mean, by Student's t; empty for one value."""
    if len(values) < 2:
        return ""
    error = statistics.stdev(values) / math.sqrt(len(values))
    return f" ± {format_score(float(student.ppf(0.975, len(values) - 1)) * error)}"


def format_score(score: float) -> str:
    """Format a score with its significant digits."""
    return f"{score:.4f}" if score < 10 else f"{score:,.0f}"


def rows_of(source: Source, folders: tuple[Path, ...], seed: int) -> Rows:
    """Return training and test rows; the test is a separate file, or a share drawn by the seed."""
    data = table(source.file, source.target, folders)
    assert data.target is not None
    data = data.take(np.flatnonzero(~data.target.missing))
    assert data.target is not None
    if source.test_file is None:
        split = split_rows(data.target, source.task, SHARES, seed)
        test = data.take(split.test)
    else:
        learn, choose, _ = SHARES
        shares = (learn / (learn + choose), choose / (learn + choose), 0.0)
        split = split_rows(data.target, source.task, shares, seed)
        test = table(source.test_file, source.target, folders)
    rows = np.concatenate([split.train, split.validation])
    return Rows(data.take(rows), len(split.train), test, source.task)


def table(file: str, target: str, folders: tuple[Path, ...]) -> Table:
    """Read a file from the first folder that has it."""
    path = next(folder / file for folder in folders if (folder / file).exists())
    data = read(path, target=target)
    assert isinstance(data, Table)
    return data


def by_chainrule(preset: str, rows: Rows, seed: int, epochs: int | None) -> dict[str, float]:
    """Return the test scores of a preset."""
    limited: dict[str, Any] = {} if epochs is None else {"epochs": epochs}
    learn: Table = rows.learn
    choose: Table | None = None
    if preset == "ensemble":  # each member chooses by other rows of all there are to learn from
        limited["split"] = (1.0, 0.0, 0.0)
    else:
        everything = np.arange(len(learn))
        learn, choose = (learn.take(part) for part in np.split(everything, [rows.training]))
    run = train(
        preset,
        learn,
        validation=choose,
        test=rows.test,
        task=rows.task,
        progress=False,
        seed=seed,
        **limited,
    )
    return run.test


@dataclass(frozen=True)
class Arrays:
    """The rows for other libraries: the columns that chainrule uses, and its targets.

    Attributes:
        x: training features as in the file, numbers with NaN and texts with None.
        y: standardised numbers, or class indices.
        test: test features, in the same form as x.
        numbers: indices of the numeric columns.
        categories: indices of the other columns.
    """

    x: NDArray[np.object_]
    y: NDArray[Any]
    test: NDArray[np.object_]
    numbers: list[int]
    categories: list[int]
    preparation: Preparation
    rows: Rows

    @classmethod
    def of(cls, rows: Rows) -> Arrays:
        """Return the arrays of the rows."""
        preparation = Preparation.fit(rows.learn, np.arange(len(rows.learn)), rows.task)
        kinds = [rows.learn.column(name).kind for name in preparation.columns]
        return cls(
            features_of(rows.learn, preparation),
            preparation.targets(rows.learn).numpy().ravel(),
            features_of(rows.test, preparation),
            [i for i, kind in enumerate(kinds) if kind == "number"],
            [i for i, kind in enumerate(kinds) if kind != "number"],
            preparation,
            rows,
        )

    def scores(self, predict: Callable[[Any], Any], test: Any) -> dict[str, float]:
        """Return the test scores.

        Args:
            predict: function that returns numbers or probabilities.
            test: test features, in the form that `predict` needs.
        """
        rows, target = self.rows, self.preparation.target
        targets = self.preparation.targets(rows.test)
        predicted = np.asarray(predict(test))
        if rows.task == "regression":
            inverse_transform = target.inverse_transform  # type: ignore[union-attr]  # numbers, as the task says
            numbers = torch.from_numpy(inverse_transform(predicted.reshape(-1, 1)))
            return measure(rows.task, numbers, torch.from_numpy(inverse_transform(targets.numpy())))
        probabilities = torch.from_numpy(predicted)
        return measure(
            rows.task, probabilities[:, 1:] if rows.task == "binary" else probabilities, targets
        )


def features_of(table: Table, preparation: Preparation) -> NDArray[np.object_]:
    """Return the columns that chainrule uses, (rows, columns), as in the file."""
    columns = [table.column(name) for name in preparation.columns]
    features = np.empty((len(table), len(columns)), np.object_)
    for index, column in enumerate(columns):
        features[:, index] = column.values
    return features


def by_scikit_learn(
    regressor: Callable[..., Any],
    classifier: Callable[..., Any],
    numbers: Any,
    categories: Any,
    rows: Rows,
    seed: int,
    epochs: int | None,
) -> dict[str, float]:
    """Return the test scores of a method of scikit-learn.

    Args:
        regressor: regressor of scikit-learn.
        classifier: classifier of scikit-learn.
        numbers: preprocessor of the numeric columns.
        categories: preprocessor of the categorical columns.
        rows: rows to train and to test on.
        seed: random state of the method.
        epochs: limit of the epochs of networks.
    """
    arrays = Arrays.of(rows)
    prepared = ColumnTransformer(
        [("numbers", numbers, arrays.numbers), ("categories", categories, arrays.categories)],
        sparse_threshold=0,
    )
    limited = {"max_iter": epochs} if epochs and classifier is MLPClassifier else {}
    method = regressor if rows.task == "regression" else classifier
    pipeline = make_pipeline(prepared, method(random_state=seed, **limited))
    pipeline.fit(arrays.x, arrays.y)
    name = "predict" if rows.task == "regression" else "predict_proba"
    return arrays.scores(getattr(pipeline, name), arrays.test)


def by_pytabkit(rows: Rows, seed: int, epochs: int | None) -> dict[str, float]:
    """Return the test scores of RealMLP-TD in the library of its authors."""
    arrays = Arrays.of(rows)
    kind = RealMLP_TD_Regressor if rows.task == "regression" else RealMLP_TD_Classifier
    limited = {} if epochs is None else {"n_epochs": epochs}
    method = kind(random_state=seed, device="cpu", n_threads=1, verbosity=0, **limited)
    x, test = frames(arrays)
    choose_by = np.arange(rows.training, len(rows.learn))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of Lightning about itself
        method.fit(x, arrays.y, val_idxs=choose_by)
        name = "predict" if rows.task == "regression" else "predict_proba"
        return arrays.scores(getattr(method, name), test)


def frames(arrays: Arrays) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return training and test rows as data frames, with imputed numbers."""
    parts: list[dict[str, Any]] = [{}, {}]
    for index in arrays.numbers:
        columns = [part[:, index].astype(float) for part in (arrays.x, arrays.test)]
        median = np.nanmedian(columns[0])
        for part, values in zip(parts, columns, strict=True):
            part[f"{index}"] = np.where(np.isnan(values), median, values)
            if np.isnan(columns[0]).any():
                part[f"{index} is missing"] = np.isnan(values).astype(float)
    for index in arrays.categories:
        known = sorted({value for value in arrays.x[:, index] if value is not None})
        for part, values in zip(parts, (arrays.x, arrays.test), strict=True):
            part[f"{index}"] = pd.Categorical(values[:, index], categories=known)
    return pd.DataFrame(parts[0]), pd.DataFrame(parts[1])


METHODS: Mapping[str, Method] = {
    DEFAULT: partial(by_chainrule, "strong"),
    "ensemble, --best": partial(by_chainrule, "ensemble"),
    "fast": partial(by_chainrule, "fast"),
    "plain": partial(by_chainrule, "plain"),
    "scikit-learn MLP": partial(
        by_scikit_learn,
        MLPRegressor,
        MLPClassifier,
        make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
        OneHotEncoder(handle_unknown="ignore"),
    ),
    "pytabkit RealMLP-TD": by_pytabkit,
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
