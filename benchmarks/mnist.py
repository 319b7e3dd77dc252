"""MNIST by two recipes, three seeds each: test accuracy and wall time.

    CHAINRULE_DATA=folder python -m benchmarks.mnist --write benchmarks/mnist.md

The folder holds mnist/ (four IDX files). benchmarks/mnist_time.py times the same recipes
against PyTorch.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page import Page, measured, with_spread
from benchmarks.public_data import public_data
from benchmarks.recipe import SEEDS, Recipe

DATA = "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz"
MLP = Recipe(
    "MLP 784-512-512-10 with dropout 0.4",
    f"{DATA} --layers 512,512 --dropout 0.4 --schedule cosine --learning-rate 0.001 "
    "--batch-size 128 --epochs 30 --split 1,0,0",
)
CNN = Recipe(
    "CNN of 16, 32 and 64 filters with augmentation",
    f"{DATA} --network cnn --filters 16,32,64 --augment digits --schedule one_cycle "
    "--learning-rate 0.005 --batch-size 128 --epochs 10 --split 1,0,0",
)
RECIPES = (MLP, CNN)


def main() -> None:
    """Run the recipes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    parser.add_argument("--only", default="", help="recipes whose name starts with this")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many of them")
    arguments = parser.parse_args()
    folder = public_data("mnist/")
    page = Page(
        "recipe",
        "test accuracy, mean (lowest to highest of the seeds)",
        "seconds of a run, median",
    )
    recipes = [recipe for recipe in RECIPES if recipe.name.startswith(arguments.only)]
    for recipe in recipes:
        page.row(*cells(recipe, folder, SEEDS[: arguments.seeds]))
    page.paragraph(f"{measured()}. The commands:")
    page.commands(recipe.command for recipe in recipes)
    if arguments.write:
        page.write(arguments.write)


def cells(recipe: Recipe, folder: Path, seeds: Sequence[int]) -> list[str]:
    """Run a recipe with the seeds and return its row of the table."""
    results = [recipe.run(folder, seed) for seed in seeds]
    scores = [result["test"]["accuracy"] for result in results]
    return [
        recipe.name,
        with_spread(statistics.mean(scores), scores, "{:.4f}".format),
        f"{statistics.median(result['seconds'] for result in results):.0f}",
    ]


if __name__ == "__main__":
    main()
