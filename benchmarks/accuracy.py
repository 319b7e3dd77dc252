"""Test scores of plain networks on public data sets, next to published scores.

    CHAINRULE_DATA=folder python -m benchmarks.accuracy --write benchmarks/accuracy.md

The folder holds mnist/ (four IDX files), tabular/adult/ (adult-train.csv, adult-test.csv) and
tabular/california-housing/ (housing.csv). Each row is one command line with --seed 0, 1 and 2, and
the commands are printed below the table. benchmarks/tables.py measures the preset strong.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page import Page, measured, with_spread
from benchmarks.public_data import public_data
from benchmarks.recipe import SEEDS, Recipe


@dataclass(frozen=True)
class Trial:
    """A recipe, with a published score on the same data."""

    recipe: Recipe
    metric: str
    published: str


TRIALS = (
    Trial(
        Recipe(
            "MNIST, 784-50-10 by the textbook",
            "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz "
            "--layers 50 --initialiser gaussian --optimizer gradient_descent --learning-rate 0.1 "
            "--batch-size 100 --sampling with_replacement --iterations 10000 --split 1,0,0",
        ),
        "accuracy",
        "0.971 (Saito 2016, the book's script)",
    ),
    Trial(
        Recipe(
            "MNIST, 784-512-512-10, Adam, 10 epochs",
            "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz "
            "--layers 512,512 --batch-size 512 --epochs 10 --split 1,0,0",
        ),
        "accuracy",
        "0.984 (Simard et al. 2003, 784-800-10)",
    ),
    Trial(
        Recipe(
            "Adult, official test file, a plain mlp",
            "tabular/adult/adult-train.csv --target income "
            "--test-data tabular/adult/adult-test.csv --preset plain",
        ),
        "accuracy",
        "0.852 (Gorishniy et al. 2021, tuned MLP)",
    ),
    Trial(
        Recipe(
            "California housing, 15 % for the test, a plain mlp",
            "tabular/california-housing/housing.csv --target median_house_value --preset plain",
        ),
        "rmse",
        "68,628 linear, 50,182 random forest (Geron 2019, chapter 2)",
    ),
)


def main() -> None:
    """Run each recipe with each seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    arguments = parser.parse_args()
    folder = public_data("mnist/ and tabular/")
    page = Page(
        "data, network",
        "metric",
        "test, mean (lowest to highest of 3 seeds)",
        "seconds of a run",
        "published by others",
    )
    for trial in TRIALS:
        page.row(*cells(trial, folder))
    page.paragraph(f"{measured()}. The commands:")
    page.commands(trial.recipe.command for trial in TRIALS)
    if arguments.write:
        page.write(arguments.write)


def cells(trial: Trial, folder: Path) -> list[str]:
    """Run a recipe with all seeds and return its row of the table."""
    scores, seconds = [], []
    for seed in SEEDS:
        start = time.perf_counter()
        result = trial.recipe.run(folder, seed)
        seconds.append(time.perf_counter() - start)
        scores.append(result["test"][trial.metric])
    return [
        trial.recipe.name,
        trial.metric,
        with_spread(statistics.mean(scores), scores, format_score),
        f"{statistics.median(seconds):.0f}",
        trial.published,
    ]


def format_score(score: float) -> str:
    """Format a score with its significant digits."""
    return f"{score:.4f}" if score < 10 else f"{score:,.0f}"


if __name__ == "__main__":
    main()
