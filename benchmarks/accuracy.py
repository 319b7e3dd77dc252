"""Test scores on public data sets, beside published ones: `chainrule train` and nothing by hand.

    CHAINRULE_DATA=folder python -m benchmarks.accuracy --write benchmarks/accuracy.md

The folder holds mnist/ (four IDX files), tabular/adult/ (adult-train.csv, adult-test.csv) and
tabular/california-housing/ (housing.csv). Each row is one command line with --seed 0, 1 and 2, and
the commands are printed below the table.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import description

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Recipe:
    """A training command and what others got on the same data."""

    name: str
    options: str
    metric: str
    published: str


RECIPES = (
    Recipe(
        "MNIST, 784-50-10 by the textbook",
        "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz "
        "--layers 50 --initialiser gaussian --optimizer gradient_descent --learning-rate 0.1 "
        "--batch-size 100 --sampling with_replacement --iterations 10000 --split 1,0,0",
        "accuracy",
        "0.971 (Saito 2016, the book's script)",
    ),
    Recipe(
        "MNIST, 784-512-512-10, Adam, 10 epochs",
        "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz "
        "--layers 512,512 --batch-size 512 --epochs 10 --split 1,0,0",
        "accuracy",
        "0.984 (Simard et al. 2003, 784-800-10)",
    ),
    Recipe(
        "Adult, official test file",
        "tabular/adult/adult-train.csv --target income --test-data tabular/adult/adult-test.csv",
        "accuracy",
        "0.852 (Gorishniy et al. 2021, tuned MLP)",
    ),
    Recipe(
        "California housing, 15 % for the test",
        "tabular/california-housing/housing.csv --target median_house_value",
        "rmse",
        "68,628 linear, 50,182 random forest (Geron 2019, chapter 2)",
    ),
)


def main() -> None:
    """Run every recipe with every seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    arguments = parser.parse_args()
    if "CHAINRULE_DATA" not in os.environ:
        raise SystemExit("Set CHAINRULE_DATA to the folder that holds mnist/ and tabular/.")
    data = Path(os.environ["CHAINRULE_DATA"])
    lines = [
        "| data, network | metric | test, mean (lowest to highest of 3 seeds) | seconds of a run | "
        "published by others |",
        "|---|---|---|---|---|",
    ]
    for recipe in RECIPES:
        lines.append(row(recipe, data))
        print(lines[-1], flush=True)
    lines += ["", f"{time.strftime('%Y-%m-%d')}, {description()}. The commands:", ""]
    lines += [f"    chainrule train {recipe.options} --seed SEED" for recipe in RECIPES]
    if arguments.write:
        arguments.write.write_text("\n".join(lines) + "\n")


def row(recipe: Recipe, data: Path) -> str:
    """A row of the table."""
    scores, seconds = [], []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "chainrule", "train", *recipe.options.split()]
            command += ["--seed", str(seed), "--out", f"{folder}/run", "--json"]
            start = time.perf_counter()
            done = subprocess.run(command, cwd=data, capture_output=True, text=True)
            seconds.append(time.perf_counter() - start)
        if done.returncode:
            raise SystemExit(f"{recipe.name}: {done.stderr}")
        scores.append(json.loads(done.stdout)["test"][recipe.metric])
    mean, low, high = (shown(f(scores)) for f in (statistics.mean, min, max))
    return (
        f"| {recipe.name} | {recipe.metric} | **{mean}** ({low} to {high}) | "
        f"{statistics.median(seconds):.0f} | {recipe.published} |"
    )


def shown(score: float) -> str:
    """A score with the digits that matter."""
    return f"{score:.4f}" if score < 10 else f"{score:,.0f}"


if __name__ == "__main__":
    main()
