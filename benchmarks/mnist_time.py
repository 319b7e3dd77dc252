"""Wall time of the recipes for MNIST beside the same recipes in PyTorch, epoch by epoch in turns.

    CHAINRULE_DATA=folder python -m benchmarks.mnist_time --write benchmarks/mnist_time.md

After each epoch of chainrule's own training, with all that belongs to it, one epoch of PyTorch
eager is trained: the same layers, optimizer, schedule, batches and augmentation (that of chainrule,
on the same tensors). So both have the machine as it then is. The first turn of each warms up.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.machine import OtherWork, description
from benchmarks.mnist import CNN, DATA, MLP, Recipe
from chainrule.cli.config import merged
from chainrule.data import Images
from chainrule.data.augmentation import Augmentation
from chainrule.data.read import read
from chainrule.training.loop import Record
from chainrule.training.model import Model
from chainrule.training.prepare import prepare
from chainrule.training.progress import progress_for
from chainrule.training.sampling import batches
from chainrule.training.settings import Settings
from chainrule.training.train import fit


def mlp() -> nn.Module:
    """784-512-512-10 with dropout."""
    return nn.Sequential(
        nn.Flatten(),
        *(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.4)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.4)),
        nn.Linear(512, 10),
    )


def cnn() -> nn.Module:
    """Three stages of two convolutions with batch normalisation, then two dense layers."""
    layers: list[nn.Module] = []
    channels = 1
    for filters in (16, 32, 64):
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(filters), nn.ReLU()]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(576, 128, bias=False), nn.BatchNorm1d(128), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(128, 10)).to(memory_format=torch.channels_last)


def cosine(optimizer: torch.optim.Optimizer, updates: int) -> torch.optim.lr_scheduler.LRScheduler:
    """As `--schedule cosine`."""
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)


def one_cycle(
    optimizer: torch.optim.Optimizer, updates: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """As `--schedule one_cycle`."""
    highest = optimizer.param_groups[0]["lr"]
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, highest, total_steps=updates, cycle_momentum=False
    )


@dataclass(frozen=True)
class Twin:
    """A recipe, and what it is in PyTorch.

    Attributes:
        network: for pictures (batch, 1, 28, 28).
        schedule: of an optimizer and the number of updates.
        turns: that are timed.
    """

    recipe: Recipe
    network: Callable[[], nn.Module]
    schedule: Callable[[torch.optim.Optimizer, int], torch.optim.lr_scheduler.LRScheduler]
    turns: int


TWINS = (Twin(MLP, mlp, cosine, turns=9), Twin(CNN, cnn, one_cycle, turns=3))


@dataclass
class InTurns:
    """Watches chainrule's training, and trains an epoch of PyTorch after each of its epochs."""

    theirs: Callable[[int], None]
    ours_seconds: list[float] = field(default_factory=list)
    their_seconds: list[float] = field(default_factory=list)

    def started(self) -> None:
        """Nothing is timed yet."""

    def epoch(self, record: Record, model: Model, best: bool) -> None:
        """Note the seconds of our epoch, and time theirs."""
        self.ours_seconds.append(record["seconds"])
        started = time.perf_counter()
        with torch.inference_mode(False), torch.enable_grad():
            self.theirs(int(record["epoch"]))
        self.their_seconds.append(time.perf_counter() - started)


def main() -> None:
    """Time the recipes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", type=Path, help="file for the table")
    arguments = parser.parse_args()
    if "CHAINRULE_DATA" not in os.environ:
        raise SystemExit("Set CHAINRULE_DATA to the folder that holds mnist/.")
    data = Path(os.environ["CHAINRULE_DATA"])
    lines = [
        "| recipe | seconds an epoch | PyTorch eager: seconds an epoch | ratio (lowest to highest "
        "turn) | whole recipe, seconds | PyTorch eager: whole recipe, seconds |",
        "|---|---|---|---|---|---|",
    ]
    for twin in TWINS:
        lines.append(row(twin, data))
        print(lines[-1], flush=True)
    lines += ["", f"Medians of epochs in turns, {time.strftime('%Y-%m-%d')}, {description()}."]
    if arguments.write:
        arguments.write.write_text("\n".join(lines) + "\n")


def row(twin: Twin, data: Path) -> str:
    """A row of the table."""
    options = twin.recipe.options.split()
    given = {
        name.removeprefix("--").replace("-", "_"): [value] if name == "--augment" else value
        for name, value in zip(options[::2], options[1::2], strict=True)
    }
    config = merged(given, None)
    pictures = read(data / DATA.split()[0])
    assert isinstance(pictures, Images)
    prepared = prepare(pictures, config, task="classification")
    others = OtherWork()
    turns = InTurns(their_training(twin, config, pictures))
    fit(
        config.made_network(prepared.outputs),
        prepared,
        settings=config.model_copy(update={"epochs": 1 + twin.turns}),
        progress=progress_for(show=False),
        watch=turns,
    )
    print(f"{twin.recipe.name}: others kept {others.cores():.1f} cores busy", flush=True)
    ours, theirs = turns.ours_seconds[1:], turns.their_seconds[1:]
    ratios = sorted(their / our for our, their in zip(ours, theirs, strict=True))
    our_epoch, their_epoch = statistics.median(ours), statistics.median(theirs)
    return (
        f"| {twin.recipe.name} | {our_epoch:.1f} | {their_epoch:.1f} | "
        f"**{statistics.median(ratios):.2f}** ({ratios[0]:.2f} to {ratios[-1]:.2f}) | "
        f"{config.epochs * our_epoch:.0f} | {config.epochs * their_epoch:.0f} |"
    )


def their_training(twin: Twin, settings: Settings, data: Images) -> Callable[[int], None]:
    """Trains one epoch of the twin, by its number from 1."""
    assert data.target is not None
    features = torch.from_numpy(data.pixels).float().div_(255)
    targets = torch.from_numpy(data.target.values).long()
    batch_size = settings.batch_size
    assert isinstance(batch_size, int)
    torch.manual_seed(0)
    network = twin.network().train()
    augmentation = settings.chosen_augmentation
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate or 0, fused=True)
    schedule = twin.schedule(optimizer, settings.epochs * -(-len(targets) // batch_size))
    loss = nn.CrossEntropyLoss()

    def train(epoch: int) -> None:
        for rows in batches(len(targets), batch_size, sampling="shuffled", seed=0, epoch=epoch):
            x = as_layers_take_them(features, rows, augmentation, epoch)
            optimizer.zero_grad(set_to_none=True)
            loss(network(x), targets[rows]).backward()
            optimizer.step()
            schedule.step()

    return train


def as_layers_take_them(
    features: Tensor, rows: Tensor, augmentation: Augmentation | None, epoch: int
) -> Tensor:
    """A batch of pictures (batch, 1, height, width)."""
    x = features.index_select(0, rows)
    if augmentation is not None:
        x = augmentation.apply(x, rows, seed=0, epoch=epoch)
    return x.unsqueeze(1).contiguous(memory_format=torch.channels_last)


if __name__ == "__main__":
    main()
