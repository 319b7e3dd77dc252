"""Selection of the best epoch: by the lowest validation loss, or by the fewest validation errors.

    CHAINRULE_DATA=folder python -m benchmarks.best_epoch --seeds 3

The authors of RealMLP keep the last of the epochs with the fewest validation errors. Here the
preset strong is trained once on each classification table and tested in every epoch, so that both
criteria select from the same weights.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import numpy as np
import torch

from benchmarks.public_data import public_data
from benchmarks.tables import SOURCES, Rows, rows_of
from chainrule.demo import write_data
from chainrule.training.fit import run_job
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.record import Record
from chainrule.training.members.trainer import TrainingJob
from chainrule.training.model.model import Model
from chainrule.training.recipe.recipe import Request, resolve
from chainrule.training.samples.prepare import Prepared, prepare

METRICS = ("accuracy", "log_loss")


@dataclass
class TestedEachEpoch:
    """Callback that tests the weights of every epoch.

    Attributes:
        prepared: samples of the run.
        records: record of each epoch, with its test scores.
    """

    prepared: Prepared
    records: list[Record] = field(default_factory=list)

    def started(self) -> None:
        """Ignore the start of training."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Test the weights after an epoch."""
        assert self.prepared.test is not None
        self.records.append(record | model.evaluate_prepared(self.prepared.test, METRICS))


def main() -> None:
    """Print the scores of both criteria on each classification table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--only", default="", help="tables whose names contain this")
    arguments = parser.parse_args()
    public = public_data("tabular/")
    torch.set_num_threads(1)
    print("| data | metric | lowest validation loss | most right answers |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as demo:
        write_data(Path(demo))
        folders = (Path(demo), public)
        for source in SOURCES:
            if source.task == "regression" or arguments.only not in source.name:
                continue
            both = [
                choices(rows_of(source, folders, seed), seed) for seed in range(arguments.seeds)
            ]
            for metric in METRICS:
                means = [
                    fmean(record[metric] for record in of_all) for of_all in zip(*both, strict=True)
                ]
                cells = " | ".join(f"{mean:.4f}" for mean in means)
                print(f"| {source.name} | {metric} | {cells} |", flush=True)


def choices(rows: Rows, seed: int) -> tuple[Record, Record]:
    """Return the epoch of the lowest validation loss, and the last of those with fewest errors."""
    everything = np.arange(len(rows.learn))
    recipe = resolve(Request({"seed": seed}, "strong"), rows.task, rows.training, "table")
    prepared = prepare(
        rows.learn.take(everything[: rows.training]),
        recipe.settings,
        validation=rows.learn.take(everything[rows.training :]),
        test=rows.test,
        task=rows.task,
    )
    tested = TestedEachEpoch(prepared)
    run_job(TrainingJob.of(recipe, prepared), progress=SilentProgress(), watch=tested)
    by_loss = min(tested.records, key=lambda record: record["validation_loss"])
    by_accuracy = max(
        tested.records, key=lambda record: (record["validation_accuracy"], record["epoch"])
    )
    return by_loss, by_accuracy


if __name__ == "__main__":
    main()
