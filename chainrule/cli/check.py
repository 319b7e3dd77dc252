"""chainrule check: backpropagation of a network against its numerical derivative."""

import sys
from collections.abc import Mapping
from typing import Annotated

import torch
from pydantic import Field

from chainrule import randomness
from chainrule.cli.config import Config, from_options
from chainrule.training.gradient_check import check_gradients
from chainrule.training.settings.settings import Positive
from chainrule.training.settings.validation import Expected

# Central differences in float64 agree with the true derivative to about 1e-9 of its size.
LARGEST_ERROR = 1e-6


class CheckConfig(Config):
    """The network to check, and what it is checked on."""

    inputs: Annotated[Positive, Expected("a whole number of at least 1", "20")] = 20
    outputs: Annotated[Positive, Expected("a whole number of at least 1", "10")] = 10
    batch_size: Annotated[Positive, Expected("a whole number of at least 1", "16")] = 16
    coordinates: Annotated[
        int, Field(ge=0), Expected("a whole number of at least 0", "100", "; 0 is for all")
    ] = 100


def check_command(given: Mapping[str, object]) -> None:
    """Print the relative error of each parameter; exit with status 1 if one is too large."""
    config = from_options(CheckConfig, given)
    draw = randomness.generator(config.seed, "samples to check on")
    shape = (config.batch_size, config.inputs)
    features = torch.randn(*shape, generator=draw, dtype=torch.float64)
    if config.outputs == 1:
        targets = torch.randn(config.batch_size, 1, generator=draw, dtype=torch.float64)
    else:
        # The last class comes first: its number tells how many classes there are.
        targets = (config.outputs - 1 - torch.arange(config.batch_size)) % config.outputs
    network = config.made_network(config.outputs)
    errors = check_gradients(
        network, (features, targets), coordinates=config.coordinates or None, seed=config.seed
    )
    print(f"{network}, {config.inputs} inputs, a batch of {config.batch_size}, float64\n")
    print(f"{'parameter':24}{'largest relative error':>24}")
    for name, error in errors.items():
        print(f"{name:24}{error:>24.1e}  {'ok' if error <= LARGEST_ERROR else 'WRONG'}")
    if not max(errors.values()) <= LARGEST_ERROR:  # as it also is for nan
        sys.exit(1)
