"""Settings of a training run: the same words in Python, on the command line and in TOML files."""

from __future__ import annotations

import math
from typing import Annotated, get_args

from pydantic import AfterValidator, Field

from chainrule.errors import InputError
from chainrule.training.optimizers import OPTIMIZERS
from chainrule.training.options import Expected, OneOf, Options
from chainrule.training.sampling import Sampling

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Shares = tuple[Share, Share, Share]


def _sum_to_one(shares: Shares) -> Shares:
    if abs(math.fsum(shares) - 1) > 1e-9 or shares[0] == 0:
        raise ValueError
    return shares


class Settings(Options):
    """How a network is trained. Every field has a default that is a good first try."""

    epochs: Annotated[Positive, Expected("a whole number of at least 1", "100")] = Field(
        100, description="Times that all training samples are seen, at most."
    )
    iterations: Annotated[Positive | None, Expected("a whole number of at least 1", "1000")] = (
        Field(
            None, description="Updates of the weights after which training ends; instead of epochs."
        )
    )
    batch_size: Annotated[Positive | None, Expected("a whole number of at least 1", "32")] = Field(
        None, description="Samples in a batch; by default 32, 128 or 256, by the number of samples."
    )
    sampling: Annotated[Sampling, OneOf(get_args(Sampling))] = Field(
        "shuffled", description="shuffled: every sample once an epoch; or with_replacement."
    )
    optimizer: Annotated[str, AfterValidator(OneOf(OPTIMIZERS))] = Field(
        "adam", description="adam, momentum or gradient_descent."
    )
    learning_rate: Annotated[
        Annotated[float, Field(gt=0, allow_inf_nan=False)] | None,
        Expected("a positive number", "0.001"),
    ] = Field(None, description="Size of the updates; by default one that suits the optimizer.")
    patience: Annotated[
        int, Field(ge=0), Expected("a whole number of at least 0", "10", "; 0 is for never")
    ] = Field(
        10, description="Epochs without a lower validation loss before training stops; 0: never."
    )
    seed: Annotated[int, Expected("a whole number", "0")] = Field(
        0, description="The same seed gives the same run, bit for bit."
    )
    split: Annotated[
        Shares,
        AfterValidator(_sum_to_one),
        Expected("three numbers from 0 to 1 that sum to 1, the first above 0", "0.7,0.15,0.15"),
    ] = Field((0.7, 0.15, 0.15), description="Shares of training, validation and test samples.")

    def batch_size_for(self, samples: int) -> int:
        """The batch size for that many training samples.

        Raises:
            InputError: a batch was asked for that is larger than the data.
        """
        if self.batch_size is None:
            usual = 32 if samples < 10_000 else 128 if samples < 100_000 else 256
            return min(usual, samples)
        if self.batch_size > samples:
            raise InputError(
                f"batch_size: got {self.batch_size}, but there are only {samples} training "
                f"samples; expected at most that many. Use --batch-size {min(32, samples)}."
            )
        return self.batch_size
