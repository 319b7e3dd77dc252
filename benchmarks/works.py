"""The timed works: a network with its samples, batch size and precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.networks import Block, Convolution, Dense, Lstm, MaxPool, Network

Rows = NDArray[np.int64]
Data = Literal["digits", "pictures", "sequences", "table"]
Precision = Literal["float32", "bfloat16"]

TRAINING, TEST = 60_000, 10_000
CLASSES = 10
SHAPES: dict[Data, tuple[int, ...]] = {
    "digits": (784,),
    "pictures": (28, 28, 1),
    "sequences": (64, 1),
    "table": (8,),
}
STEPS_CHECKED = 100


@dataclass(frozen=True)
class Work:
    """A network to train, with its data.

    Attributes:
        name: name in the tables, and for --only.
        network: network that all peers build.
        data: name of the samples.
        batch_size: samples in a step.
        steps: steps in a turn, so that it takes about a second or less.
        precision: precision of products and convolutions; weights and optimizer are in float32.
        members: number of networks to train, each on its own batches.
    """

    name: str
    network: Network
    data: Data
    batch_size: int
    steps: int
    precision: Precision = "float32"
    members: int = 1

    @property
    def classes(self) -> int:
        """Number of classes; 0 for regression."""
        return 0 if self.data == "table" else CLASSES

    @property
    def samples_a_turn(self) -> int:
        """Samples in a turn, over all members."""
        return self.members * self.steps * self.batch_size

    def rows(self, turn: int, steps: int) -> Rows:
        """Return the sample indices of each batch of a turn, (members, steps, batch)."""
        count = steps * self.batch_size
        drawn = [
            np.random.default_rng((turn, member)).permutation(TRAINING)[:count]
            for member in range(self.members)
        ]
        return np.stack(drawn).reshape(self.members, steps, self.batch_size)


def _mlp(*units: int) -> Network:
    return (*(Dense(width, relu=True) for width in units[:-1]), Dense(units[-1]))


_CNN = (
    *(Convolution(32), MaxPool(), Convolution(64), MaxPool()),
    *(Dense(128, relu=True), Dense(10)),
)

WORKS = (
    Work("MLP 784-50-10, batch 32", _mlp(50, 10), "digits", 32, steps=1700),
    Work("MLP 784-512-512-10, batch 32", _mlp(512, 512, 10), "digits", 32, steps=400),
    Work("MLP 784-512-512-10, batch 128", _mlp(512, 512, 10), "digits", 128, steps=250),
    Work("MLP 784-512-512-10, batch 512", _mlp(512, 512, 10), "digits", 512, steps=80),
    Work(
        "MLP 784-512-512-10, batch 512, bfloat16",
        *(_mlp(512, 512, 10), "digits", 512),
        steps=50,
        precision="bfloat16",
    ),
    Work("table 8-256-256-256-1, batch 256", _mlp(256, 256, 256, 1), "table", 256, steps=210),
    Work(
        "10 residual blocks of 128, batch 128",
        (Dense(128, relu=True), *(Block(128) for _ in range(10)), Dense(10)),
        *("digits", 128),
        steps=250,
    ),
    Work("CNN, batch 64", _CNN, "pictures", 64, steps=20),
    Work("CNN, batch 64, bfloat16", _CNN, "pictures", 64, steps=20, precision="bfloat16"),
    Work("LSTM of 64 units, 64 steps, batch 64", (Lstm(64), Dense(10)), "sequences", 64, steps=40),
    Work("16 x MLP 784-50-10, batch 32", _mlp(50, 10), "digits", 32, steps=150, members=16),
)


def work_named(name: str) -> Work:
    """Return the work of that name."""
    return next(work for work in WORKS if work.name == name)
