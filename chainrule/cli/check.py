"""chainrule check: backpropagation of a network against its numerical derivative."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import torch
from pydantic import BeforeValidator, Field

from chainrule import randomness
from chainrule.cli.config import Config, from_options
from chainrule.graph.draw import draw
from chainrule.training.gradient_check import check_gradients, graph_to_check
from chainrule.training.settings.settings import Positive
from chainrule.training.settings.validation import Expected

# Central differences in float64 agree with the true derivative to about 1e-9 of its size.
LARGEST_ERROR = 1e-6


def _lengths(given: object) -> object:
    """Split the lengths of the axes of a sample, such as 8x8, if they are text."""
    return given.lower().split("x") if isinstance(given, str) else given


class CheckConfig(Config):
    """The network to check, and what it is checked on."""

    inputs: Annotated[
        tuple[Positive, ...],
        BeforeValidator(_lengths),
        Expected("a number of features, or height x width of pictures", "20 or 8x8"),
    ] = (20,)
    outputs: Annotated[Positive, Expected("a whole number of at least 1", "10")] = 10
    batch_size: Annotated[Positive, Expected("a whole number of at least 1", "16")] = 16
    coordinates: Annotated[
        int, Field(ge=0), Expected("a whole number of at least 0", "100", "; 0 is for all")
    ] = 100


def check_command(given: Mapping[str, object], drawing: Path | None = None) -> None:
    """Print the relative error of each parameter; exit with status 1 if one is too large.

    Args:
        given: the options.
        drawing: file to draw the graph of the network and its loss into; None for none.
    """
    config = from_options(CheckConfig, given)
    generator = randomness.generator(config.seed, "samples to check on")
    shape = (config.batch_size, *config.inputs)
    features = torch.randn(*shape, generator=generator, dtype=torch.float64)
    if config.outputs == 1:
        targets = torch.randn(config.batch_size, 1, generator=generator, dtype=torch.float64)
    else:
        # The last class comes first: its number tells how many classes there are.
        targets = (config.outputs - 1 - torch.arange(config.batch_size)) % config.outputs
    network = config.made_network(config.outputs)
    batch = (features, targets)
    if drawing is not None:
        draw(graph_to_check(network, batch), drawing)
    errors = check_gradients(
        network, batch, coordinates=config.coordinates or None, seed=config.seed
    )
    inputs = " x ".join(map(str, config.inputs))
    print(f"{network}, {inputs} inputs, a batch of {config.batch_size}, float64\n")
    width = max(24, *map(len, errors))
    print(f"{'parameter':{width}}{'largest relative error':>24}")
    for name, error in errors.items():
        print(f"{name:{width}}{error:>24.1e}  {'ok' if error <= LARGEST_ERROR else 'WRONG'}")
    if not max(errors.values()) <= LARGEST_ERROR:  # as it also is for nan
        sys.exit(1)
