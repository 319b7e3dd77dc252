"""Wall time of the recipes for MNIST beside the same recipes in PyTorch, epoch by epoch in turns.

    CHAINRULE_DATA=folder python -m benchmarks.mnist_time --write benchmarks/mnist_time.md

After each epoch of chainrule's own training, with all that belongs to it, one epoch of its twin in
PyTorch eager is trained (twin.py says what is equal): so both have the machine as it then is.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import OtherWork
from benchmarks.mnist import CNN, DATA, MLP
from benchmarks.page import Page, measured
from benchmarks.public_data import public_data
from benchmarks.recipe import Recipe
from benchmarks.turns import InTurns, medians, ratio
from benchmarks.twin import Twin
from chainrule.cli.config import Config, merged
from chainrule.data.reading.read import read
from chainrule.training.fit import Fit, run_of
from chainrule.training.loop.progress import Silent
from chainrule.training.samples.prepare import prepare


@dataclass(frozen=True)
class Timing:
    """A recipe, and the number of turns that are timed."""

    recipe: Recipe
    turns: int


TIMINGS = (Timing(MLP, turns=9), Timing(CNN, turns=3))


def main() -> None:
    """Time the recipes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    arguments = parser.parse_args()
    folder = public_data("mnist/")
    page = Page(
        "recipe",
        "seconds an epoch",
        "PyTorch eager: seconds an epoch",
        "ratio (lowest to highest turn)",
        "whole recipe, seconds",
        "PyTorch eager: whole recipe, seconds",
    )
    for timing in TIMINGS:
        page.row(*cells(timing, folder))
    page.paragraph(f"Medians of epochs in turns, {measured()}.")
    if arguments.write:
        page.write(arguments.write)


def cells(timing: Timing, folder: Path) -> list[str]:
    """A row of the table."""
    config = configured(timing.recipe)
    prepared = prepare(read(folder / DATA.split()[0]), config, task="classification")
    network = config.made_network(prepared.outputs)
    shortened = config.model_copy(update={"epochs": 1 + timing.turns})
    fit = Fit(network, prepared, shortened)
    watch = InTurns(Twin(fit).train)
    others = OtherWork()
    run_of(fit, progress=Silent(), watch=watch)
    print(f"{timing.recipe.name}: others kept {others.cores():.1f} cores busy", flush=True)
    epoch = medians(watch.counted)
    return [
        timing.recipe.name,
        f"{epoch.ours:.1f}",
        f"{epoch.theirs:.1f}",
        ratio(watch.counted),
        f"{config.epochs * epoch.ours:.0f}",
        f"{config.epochs * epoch.theirs:.0f}",
    ]


def configured(recipe: Recipe) -> Config:
    """The configuration that the command makes of the options of a recipe, but for its data."""
    options = recipe.options.removeprefix(DATA).split()
    given = {
        name.removeprefix("--").replace("-", "_"): [value] if name == "--augment" else value
        for name, value in zip(options[::2], options[1::2], strict=True)
    }
    return merged(given, None)


if __name__ == "__main__":
    main()
