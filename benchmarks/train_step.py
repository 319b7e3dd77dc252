"""How fast the plan trains, beside PyTorch eager with its fused optimizer, in one run.

    python -m benchmarks.train_step --write benchmarks/train_step.md

Both train the same network from the same weights on the same batches, gathered from the same
60,000 samples, with Adam, and both note the loss of the same batches, at least 64 an epoch. First
it is checked that they arrive at the same weights. Then they take turns of an epoch each; one in
which other processes were busy is repeated.
PyTorch has whichever number of threads suits it better; chainrule chooses its own.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.machine import OtherWork, description
from chainrule.layers import Dense, Network
from chainrule.plan import Parameters, Plans
from chainrule.training.evaluation import Samples
from chainrule.training.feeding import Feeding
from chainrule.training.loop import BATCHES_MEASURED, Loop
from chainrule.training.numerics import tuned_for
from chainrule.training.objective import objective_graph
from chainrule.training.optimizers import Adam
from chainrule.training.progress import Silent
from chainrule.training.schedules import Constant
from chainrule.training.settings import Settings
from chainrule.training.update import Updating

SAMPLES = 60_000
BUSY = 0.1  # cores that others may use in a turn before it is repeated
MOST_REPEATS = 5


@dataclass(frozen=True)
class Work:
    """A network and a batch size."""

    sizes: tuple[int, ...]
    batch_size: int

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch_size}"


WORKS = (Work((784, 50, 10), 32), Work((784, 512, 512, 10), 128))


def main() -> None:
    """Compare all works and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--turns", type=int, default=11, help="turns each takes (default: 11)")
    parser.add_argument("--write", type=Path, help="file for the table")
    arguments = parser.parse_args()
    lines = [
        "| network, batch | chainrule samples/s | PyTorch eager samples/s | ratio (lowest to "
        "highest turn) | largest weight difference after 100 steps |",
        "|---|---|---|---|---|",
    ]
    for work in WORKS:
        lines.append(compare(work, arguments.turns))
        print(lines[-1], flush=True)
    lines += [
        "",
        f"Median of {arguments.turns} turns, {time.strftime('%Y-%m-%d')}, {description()}.",
        "Made by `make bench`.",
    ]
    print("\n".join(lines))
    if arguments.write:
        arguments.write.write_text("\n".join(lines) + "\n")


def compare(work: Work, turns: int) -> str:
    """One row of the table."""
    generator = torch.Generator().manual_seed(0)
    features = torch.rand(SAMPLES, work.sizes[0], generator=generator)
    targets = torch.randint(work.sizes[-1], (SAMPLES,), generator=generator)
    samples = Samples(features, targets)
    difference = largest_difference(work, samples)
    threads = better_thread_count(work, samples)
    ours, theirs = OurTraining(work, samples), TheirTraining(work, samples)
    most_threads = torch.get_num_threads()
    rates: dict[str, list[float]] = {"ours": [], "theirs": []}
    for turn in range(turns + 1):
        rows = torch.split(torch.randperm(SAMPLES), work.batch_size)
        with tuned_for(ours.flops):
            seconds_ours = quiet_seconds(lambda rows=rows: ours.learn(rows))
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        seconds_theirs = quiet_seconds(lambda rows=rows: theirs.learn(rows))
        torch.set_num_threads(most_threads)
        if turn:  # the first one warms up
            rates["ours"].append(SAMPLES / seconds_ours)
            rates["theirs"].append(SAMPLES / seconds_theirs)
    ratios = sorted(a / b for a, b in zip(rates["ours"], rates["theirs"], strict=True))
    ours_median, theirs_median = map(statistics.median, (rates["ours"], rates["theirs"]))
    return (
        f"| {work.name} | {ours_median:,.0f} | {theirs_median:,.0f} ({threads} threads) | "
        f"**{statistics.median(ratios):.2f}** ({ratios[0]:.2f} to {ratios[-1]:.2f}) | "
        f"{difference:.0e} |"
    )


class OurTraining:
    """chainrule's own training loop."""

    def __init__(self, work: Work, samples: Samples) -> None:
        hidden = [Dense(units, "relu") for units in work.sizes[1:-1]]
        network = Network(*hidden, Dense(work.sizes[-1]))
        graph = objective_graph(network, work.sizes[:1], "classification", work.sizes[-1])
        self.parameters = Parameters.initialised(graph, seed=0)
        plans = Plans(graph, self.parameters, "train")
        self.flops = plans.for_batch(work.batch_size).flops
        updating = Updating(Adam())
        self._update = updating.bind(self.parameters)
        self._loop = Loop(
            plans=plans,
            parameters=self.parameters,
            feeding=Feeding(samples, seed=0),
            settings=Settings(),
            updating=updating,
            learning_rate=0.001,
            schedule=Constant(),
            batch_size=work.batch_size,
            validate=dict,
            seen=lambda record, best: None,
            progress=Silent(),
        )
        self._rate = Constant().bind(1)

    def learn(self, rows: tuple[Tensor, ...]) -> None:
        self._loop.learn(1, rows, 0, self._update, self._rate)


class TheirTraining:
    """The loop that the PyTorch tutorials teach, with the fused optimizer."""

    def __init__(self, work: Work, samples: Samples) -> None:
        layers: list[nn.Module] = []
        for inputs, outputs in zip(work.sizes, work.sizes[1:], strict=False):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.network = nn.Sequential(*layers[:-1])
        ours = OurTraining(work, samples).parameters.values.values()
        with torch.no_grad():
            for parameter, value in zip(self.network.parameters(), ours, strict=True):
                parameter.copy_(value)
        self._samples = samples
        self._optimizer = torch.optim.Adam(self.network.parameters(), lr=0.001, fused=True)
        self._loss_sum = torch.zeros(())

    def learn(self, rows: tuple[Tensor, ...]) -> None:
        features, targets = self._samples.features, self._samples.targets
        every = max(1, len(rows) // BATCHES_MEASURED)
        for number, batch in enumerate(rows):
            self._optimizer.zero_grad(set_to_none=True)
            loss = nn.functional.cross_entropy(self.network(features[batch]), targets[batch])
            loss.backward()
            self._optimizer.step()
            if number % every == 0:
                self._loss_sum.add_(loss.detach(), alpha=len(batch))


def largest_difference(work: Work, samples: Samples) -> float:
    """Largest difference of any weight after 100 steps, over the largest weight; checked."""
    ours, theirs = OurTraining(work, samples), TheirTraining(work, samples)
    rows = torch.split(torch.arange(100 * work.batch_size), work.batch_size)
    ours.learn(rows)
    theirs.learn(rows)
    with torch.no_grad():
        pairs = zip(ours.parameters.values.values(), theirs.network.parameters(), strict=True)
        difference = max(float((a - b).abs().max() / b.abs().max()) for a, b in pairs)
    if difference > 1e-3:
        raise SystemExit(f"{work.name}: the weights differ by {difference}; nothing was timed.")
    return difference


def better_thread_count(work: Work, samples: Samples) -> int:
    """The number of threads with which PyTorch eager is faster."""
    theirs = TheirTraining(work, samples)
    rows = torch.split(torch.arange(SAMPLES), work.batch_size)
    most = torch.get_num_threads()
    seconds = {}
    for threads in sorted({1, most}):
        torch.set_num_threads(threads)
        seconds[threads] = min(quiet_seconds(lambda: theirs.learn(rows)) for _ in range(4))
    torch.set_num_threads(most)
    return min(seconds, key=seconds.__getitem__)


def quiet_seconds(work: Callable[[], None]) -> float:
    """How long the work takes while no other process is busy; after some tries, at all."""
    seconds = []
    for _ in range(MOST_REPEATS):
        others = OtherWork()
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
        if others.cores() < BUSY:
            return seconds[-1]
    return min(seconds)


if __name__ == "__main__":
    main()
