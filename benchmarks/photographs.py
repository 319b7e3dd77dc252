"""Photographs: test accuracy and time against the same network in PyTorch, in alternating epochs.

    CHAINRULE_DATA=folder python -m benchmarks.photographs --write benchmarks/photographs.md

The folder holds images/cifar10-mini/ (train/ and test/, in each a folder a class). For each seed
chainrule trains as `chainrule train` does without any other option, which for photographs is the
network cnn with augmentation. After each of its epochs the twin in PyTorch eager (twin.py says what
is equal) trains one, validates on the same rows, and stops by the same patience, at an epoch of its
own. Both are tested once, with the weights of their best epoch.

Rounding alone parts the two soon, so a seed gives two test accuracies, neither of them the right
one: what can be compared is their mean over seeds, within the standard error.
"""

from __future__ import annotations

import argparse
import copy
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from benchmarks.machine import OtherWork
from benchmarks.page import Page, measured, with_spread
from benchmarks.public_data import public_data
from benchmarks.turns import InTurns, Turn, medians, ratio
from benchmarks.twin import Twin
from chainrule.cli.config import load_config
from chainrule.cli.prepare_run import prepare_run
from chainrule.training.fit import TrainingJob, run_job
from chainrule.training.loop.progress import SilentProgress

PICTURES = "images/cifar10-mini"
ABOUT = """\
Medians of {turns} turns, {measured}. Others kept {busy} cores busy. With {tested} test pictures the
standard error of one accuracy is {error:.3f}. PyTorch had the same layers, initial weights, rows,
batches, augmentation, Adam and patience as the command:"""


@dataclass(frozen=True)
class Outcome:
    """Result of one of the two: test accuracy, and the number of epochs until it stopped."""

    accuracy: float
    epochs: int


@dataclass(frozen=True)
class Result:
    """Results of one seed.

    Attributes:
        ours: result of chainrule.
        theirs: result of PyTorch.
        turns: turns in which both trained.
        tested: number of test pictures.
        busy_cores: cores that other processes used meanwhile.
    """

    ours: Outcome
    theirs: Outcome
    turns: Sequence[Turn]
    tested: int
    busy_cores: float


class PatientTwin:
    """A twin with validation and early stopping as in chainrule.

    Args:
        job: training with validation and test samples.
    Attributes:
        epochs: number of trained epochs.
    """

    def __init__(self, job: TrainingJob) -> None:
        self._twin, self._settings = Twin(job), job.settings
        self._validation, self._test = job.prepared.validation, job.prepared.test
        self.epochs = self._best_epoch = 0
        self._lowest = math.inf
        self._best = self._twin.network.state_dict()

    @property
    def has_stopped(self) -> bool:
        """Whether all epochs are done, or the patience is exhausted."""
        patience, waiting = self._settings.patience, self.epochs - self._best_epoch
        return self.epochs == self._settings.epochs or 0 < patience <= waiting

    def turn(self, epoch: int) -> float | None:
        """Train and validate an epoch; return the seconds of training, None after the stop."""
        if self.has_stopped:
            return None
        seconds = self._twin.train(epoch)
        self.epochs = epoch
        assert self._validation is not None
        loss = self._twin.evaluate(self._validation)["loss"]
        if loss < self._lowest:
            self._lowest, self._best_epoch = loss, epoch
            self._best = copy.deepcopy(self._twin.network.state_dict())
        return seconds

    def accuracy(self) -> float:
        """Return the test accuracy of the weights of the best epoch."""
        self._twin.network.load_state_dict(self._best)
        assert self._test is not None
        return self._twin.evaluate(self._test)["accuracy"]


def main() -> None:
    """Train with each seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--epochs", type=int, help="at most so many; else until no epoch is better")
    arguments = parser.parse_args()
    folder = public_data(f"{PICTURES}/")
    results = []
    for seed in range(arguments.seeds):
        results.append(trained(folder / PICTURES, seed, arguments.epochs))
        print(f"seed {seed}: {results[-1]}", flush=True)
    page = page_of(results, arguments.epochs)
    if arguments.write:
        page.write(arguments.write)


def trained(folder: Path, seed: int, epochs: int | None) -> Result:
    """Train both with a seed, and test them."""
    settings = {
        "data": folder / "train",
        "test_data": folder / "test",
        "seed": seed,
        "epochs": epochs,
    }
    job = prepare_run(load_config(settings, None), "train").job
    theirs = PatientTwin(job)
    watch = InTurns(theirs.turn)
    others = OtherWork()
    run = run_job(job, progress=SilentProgress(), watch=watch)
    busy = others.cores()
    while not theirs.has_stopped:
        theirs.turn(theirs.epochs + 1)
    return Result(
        ours=Outcome(run.test["accuracy"], len(run.history)),
        theirs=Outcome(theirs.accuracy(), theirs.epochs),
        turns=watch.counted,
        tested=run.sizes["test"],
        busy_cores=busy,
    )


def page_of(results: Sequence[Result], epochs: int | None) -> Page:
    """Return the page of the results; `epochs` is the limit of the runs, if there was one."""
    ours, theirs = [result.ours for result in results], [result.theirs for result in results]
    turns = [*chain.from_iterable(result.turns for result in results)]
    usual = medians(turns)
    page = Page(
        "",
        f"test accuracy, mean (lowest to highest of {len(results)} seeds)",
        "epochs until it stopped",
        "seconds an epoch",
        "times as long (lowest to highest turn)",
    )
    page.row("chainrule", *cells(ours), f"{usual.ours:.2f}", "1")
    page.row("PyTorch eager", *cells(theirs), f"{usual.theirs:.2f}", ratio(turns))
    share = statistics.mean(outcome.accuracy for outcome in [*ours, *theirs])
    busy, tested = [result.busy_cores for result in results], results[0].tested
    about = ABOUT.format(
        turns=len(turns),
        measured=measured(),
        busy=f"{min(busy):.1f} to {max(busy):.1f}",
        tested=tested,
        error=math.sqrt(share * (1 - share) / tested),
    )
    page.paragraph(about.replace("\n", " "))
    command = f"chainrule train {PICTURES}/train --test-data {PICTURES}/test --seed SEED"
    page.commands([command if epochs is None else f"{command} --epochs {epochs}"])
    return page


def cells(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the mean accuracy with its spread, and the epochs of each seed."""
    scores = [outcome.accuracy for outcome in outcomes]
    return [
        with_spread(statistics.mean(scores), scores, "{:.3f}".format),
        ", ".join(str(outcome.epochs) for outcome in outcomes),
    ]


if __name__ == "__main__":
    main()
