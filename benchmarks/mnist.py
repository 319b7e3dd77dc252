"""MNIST by two recipes, test accuracy and wall time, beside the same recipes written in PyTorch.

    CHAINRULE_DATA=folder python -m benchmarks.mnist --write benchmarks/mnist.md

The folder holds mnist/ (four IDX files). chainrule is run as a command, with seeds 0, 1 and 2. The
twin in PyTorch has the same layers, initialisation by PyTorch's defaults, the same optimizer,
schedule, batches and augmentation (that of chainrule, on the same tensors), and seed 0 alone: it is
there for the wall time.
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.machine import OtherWork, description
from chainrule.data import Images, read
from chainrule.data.augmentation import Augmentation, augmentation_from
from chainrule.training.sampling import batches

SEEDS = (0, 1, 2)
DATA = "mnist/train-images-idx3-ubyte.gz --test-data mnist/t10k-images-idx3-ubyte.gz"


@dataclass(frozen=True)
class Recipe:
    """A training command, and the same in PyTorch.

    Attributes:
        options: of the command, behind the data.
        network: the twin's, for pictures (batch, 1, 28, 28).
        schedule: the twin's, of an optimizer and the number of updates.
        learning_rate, epochs, batch_size, augment: what the options say, for the twin.
    """

    name: str
    options: str
    network: Callable[[], nn.Module]
    schedule: Callable[[torch.optim.Optimizer, int], torch.optim.lr_scheduler.LRScheduler]
    learning_rate: float
    epochs: int
    batch_size: int = 128
    augment: str = ""


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


RECIPES = (
    Recipe(
        "MLP 784-512-512-10 with dropout 0.4",
        "--layers 512,512 --dropout 0.4 --schedule cosine --learning-rate 0.001 --batch-size 128 "
        "--epochs 30 --split 1,0,0",
        mlp,
        cosine,
        learning_rate=0.001,
        epochs=30,
    ),
    Recipe(
        "CNN of 16, 32 and 64 filters with augmentation",
        "--network cnn --filters 16,32,64 --augment digits --schedule one_cycle "
        "--learning-rate 0.005 --batch-size 128 --epochs 10 --split 1,0,0",
        cnn,
        one_cycle,
        learning_rate=0.005,
        epochs=10,
        augment="digits",
    ),
)


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
        "| recipe | test accuracy, mean (lowest to highest of the seeds) | seconds, median | "
        "PyTorch: test accuracy | PyTorch: seconds | other work meanwhile, cores |",
        "|---|---|---|---|---|---|",
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
    others = OtherWork()
    theirs, their_seconds = in_pytorch(recipe, data)
    other_cores = others.cores()
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
        f"{max(scores):.4f}) | {statistics.median(seconds):.0f} | {theirs:.4f} | "
        f"{their_seconds:.0f} | {other_cores:.1f} |"
    )


def in_pytorch(recipe: Recipe, data: Path) -> tuple[float, float]:
    """Test accuracy and seconds of training of the twin."""
    train, test = (samples(data / name) for name in DATA.split()[::2])
    torch.manual_seed(0)
    network = recipe.network()
    augmentation = augmentation_from([recipe.augment]) if recipe.augment else None
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, fused=True)
    updates = recipe.epochs * -(-len(train[1]) // recipe.batch_size)
    schedule = recipe.schedule(optimizer, updates)
    loss = nn.CrossEntropyLoss()
    started = time.perf_counter()
    for epoch in range(1, recipe.epochs + 1):
        network.train()
        for rows in batches(
            len(train[1]), recipe.batch_size, sampling="shuffled", seed=0, epoch=epoch
        ):
            x = pictures(train[0], rows, augmentation, epoch)
            optimizer.zero_grad(set_to_none=True)
            loss(network(x), train[1][rows]).backward()
            optimizer.step()
            schedule.step()
    seconds = time.perf_counter() - started
    network.eval()
    with torch.inference_mode():
        said = torch.cat([network(part.unsqueeze(1)).argmax(1) for part in test[0].split(1000)])
    print(f"{recipe.name}, PyTorch: {seconds:.0f} s", flush=True)
    return float((said == test[1]).float().mean()), seconds


def pictures(
    features: Tensor, rows: Tensor, augmentation: Augmentation | None, epoch: int
) -> Tensor:
    """A batch as PyTorch's layers take it, (batch, 1, height, width)."""
    x = features.index_select(0, rows)
    if augmentation is not None:
        x = augmentation.apply(x, rows, seed=0, epoch=epoch)
    return x.unsqueeze(1).contiguous(memory_format=torch.channels_last)


def samples(path: Path) -> tuple[Tensor, Tensor]:
    """Pictures from 0 to 1, and their classes."""
    data = read(path)
    assert isinstance(data, Images)
    assert data.target is not None
    features = torch.from_numpy(data.pixels).float().div_(255)
    return features, torch.from_numpy(data.target.values).long()


if __name__ == "__main__":
    main()
