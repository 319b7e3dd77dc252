"""chainrule check: compare the backpropagation of a network with its numerical derivative."""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch

from chainrule import randomness
from chainrule.cli.command_options import CheckOptions
from chainrule.cli.config import parse_options
from chainrule.graph.draw import draw
from chainrule.training.gradient_check import check_gradients, graph_to_check
from chainrule.training.recipe.recipe import build_network

# Central differences in float64 agree with the true derivative to about 1e-9 of its size.
LARGEST_ERROR = 1e-6


def check_command(values: Mapping[str, object], drawing: Path | None = None) -> None:
    """Print the relative error of each parameter; exit with status 1 if one is too large.

    Args:
        values: values of the options, by name.
        drawing: file to draw the graph of the network and its loss into; None for none.
    """
    options = parse_options(CheckOptions, values)
    generator = randomness.generator(options.seed, "samples to check on")
    shape = (options.batch_size, *options.inputs)
    features = torch.randn(*shape, generator=generator, dtype=torch.float64)
    if options.outputs == 1:
        targets = torch.randn(options.batch_size, 1, generator=generator, dtype=torch.float64)
    else:
        # The last class comes first: the number of classes is inferred from the largest index.
        targets = (options.outputs - 1 - torch.arange(options.batch_size)) % options.outputs
    network = build_network(options, options.outputs)
    batch = (features, targets)
    if drawing is not None:
        draw(graph_to_check(network, batch), drawing)
    errors = check_gradients(
        network, batch, coordinates=options.coordinates or None, seed=options.seed
    )
    inputs = " x ".join(map(str, options.inputs))
    print(f"{network}, {inputs} inputs, a batch of {options.batch_size}, float64\n")
    width = max(24, *map(len, errors))
    print(f"{'parameter':{width}}{'largest relative error':>24}")
    for name, error in errors.items():
        print(f"{name:{width}}{error:>24.1e}  {'ok' if error <= LARGEST_ERROR else 'WRONG'}")
    if not max(errors.values()) <= LARGEST_ERROR:  # true for nan, too
        sys.exit(1)
