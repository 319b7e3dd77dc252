"""MNIST by two recipes, three seeds each: test accuracy and wall time.

    CHAINRULE_DATA=folder python -m benchmarks.mnist --write benchmarks/mnist.md

The folder holds mnist/ (four IDX files). benchmarks/mnist_time.py times the same recipes beside
PyTorch.
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
DATA = "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz"


@dataclass(frozen=True)
class Recipe:
    """A training command.

    Attributes:
        name: for people.
        options: of the command, behind the data.
    """

    name: str
    options: str


MLP = Recipe(
    "MLP 784-512-512-10 with dropout 0.4",
    "--layers 512,512 --dropout 0.4 --schedule cosine --learning-rate 0.001 --batch-size 128 "
    "--epochs 30 --split 1,0,0",
)
CNN = Recipe(
    "CNN of 16, 32 and 64 filters with augmentation",
    "--network cnn --filters 16,32,64 --augment digits --schedule one_cycle "
    "--learning-rate 0.005 --batch-size 128 --epochs 10 --split 1,0,0",
)
RECIPES = (MLP, CNN)


def main() -> None:
    """Run the recipes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    parser.add_argument("--only", default="", help="recipes whose name begins with this")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many of them")
    arguments = parser.parse_args()
    if "CHAINRULE_DATA" not in os.environ:
        raise SystemExit("Set CHAINRULE_DATA to the folder that holds mnist/.")
    data = Path(os.environ["CHAINRULE_DATA"])
    lines = [
        "| recipe | test accuracy, mean (lowest to highest of the seeds) | "
        "seconds of a run, median |",
        "|---|---|---|",
    ]
    recipes = [recipe for recipe in RECIPES if recipe.name.startswith(arguments.only)]
    for recipe in recipes:
        lines.append(row(recipe, data, SEEDS[: arguments.seeds]))
        print(lines[-1], flush=True)
    lines += ["", f"{time.strftime('%Y-%m-%d')}, {description()}. The commands:", ""]
    lines += [f"    chainrule train {DATA} {recipe.options} --seed SEED" for recipe in recipes]
    if arguments.write:
        arguments.write.write_text("\n".join(lines) + "\n")


def row(recipe: Recipe, data: Path, seeds: tuple[int, ...]) -> str:
    """A row of the table."""
    scores, seconds = [], []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "chainrule", "train", *DATA.split()]
            command += [*recipe.options.split(), "--seed", str(seed)]
            command += ["--out", f"{folder}/run", "--json"]
            done = subprocess.run(command, cwd=data, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{recipe.name}: {done.stderr}")
        result = json.loads(done.stdout)
        scores.append(result["test"]["accuracy"])
        seconds.append(result["seconds"])
        print(f"{recipe.name}, seed {seed}: {scores[-1]:.4f} in {seconds[-1]:.0f} s", flush=True)
    return (
        f"| {recipe.name} | **{statistics.mean(scores):.4f}** ({min(scores):.4f} to "
        f"{max(scores):.4f}) | {statistics.median(seconds):.0f} |"
    )


if __name__ == "__main__":
    main()
