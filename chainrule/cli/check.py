"""chainrule check: backpropagation of a network against its numerical derivative."""

import sys

import torch

from chainrule import randomness
from chainrule.cli.config import Config
from chainrule.training.check import check_gradients

# Central differences in float64 agree with the true derivative to about 1e-9 of its size.
LARGEST_ERROR = 1e-6


def check_command(
    config: Config, inputs: int, outputs: int, batch_size: int, coordinates: int | None
) -> None:
    """Print the relative error of each parameter; exit with status 1 if one is too large."""
    draw = randomness.generator(config.seed, "samples to check on")
    features = torch.randn(batch_size, inputs, generator=draw, dtype=torch.float64)
    if outputs == 1:
        targets = torch.randn(batch_size, 1, generator=draw, dtype=torch.float64)
    else:
        targets = torch.arange(batch_size) % outputs
    network = config.network(outputs)
    errors = check_gradients(
        network, (features, targets), coordinates=coordinates, seed=config.seed
    )
    print(f"{network}, {inputs} inputs, a batch of {batch_size}, float64\n")
    print(f"{'parameter':24}{'largest relative error':>24}")
    for name, error in errors.items():
        print(f"{name:24}{error:>24.1e}  {'ok' if error <= LARGEST_ERROR else 'WRONG'}")
    if max(errors.values()) > LARGEST_ERROR:
        sys.exit(1)
