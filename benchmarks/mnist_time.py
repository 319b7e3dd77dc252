"""Wall time of the recipes for MNIST against the same recipes in PyTorch, in alternating epochs.

    CHAINRULE_DATA=folder python -m benchmarks.mnist_time --write benchmarks/mnist_time.md

After each epoch of chainrule's training loop, one epoch of its twin in PyTorch eager is trained
(twin.py lists what is equal), so that both run under the same conditions.
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
from chainrule.cli.config import Config, load_config
from chainrule.data.reading.read import read
from chainrule.training.fit import TrainingJob, run_job
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.recipe.recipe import build_network
from chainrule.training.samples.prepare import prepare
from chainrule.training.settings.network_options import NetworkOptions


@dataclass(frozen=True)
class Timing:
    """A recipe, and the number of timed turns."""

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
    """Time a recipe and return its row of the table."""
    config = configured(timing.recipe)
    prepared = prepare(read(folder / DATA.split()[0]), config, task="classification")
    network = build_network(config.subset(NetworkOptions), prepared.outputs)
    shortened = config.model_copy(update={"epochs": 1 + timing.turns})
    job = TrainingJob(network, prepared, shortened)
    watch = InTurns(Twin(job).train)
    others = OtherWork()
    run_job(job, progress=SilentProgress(), watch=watch)
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
    """Return the configuration from the options of a recipe, without its data."""
    options = recipe.options.removeprefix(DATA).split()
    settings = {
        name.removeprefix("--").replace("-", "_"): [value] if name == "--augment" else value
        for name, value in zip(options[::2], options[1::2], strict=True)
    }
    return load_config(settings, None)


if __name__ == "__main__":
    main()
