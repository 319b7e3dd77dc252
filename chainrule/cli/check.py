"""chainrule check: compare the backpropagation of a network with its numerical derivative."""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from chainrule import randomness
from chainrule.cli.command_options import CheckOptions
from chainrule.cli.config import parse_options
from chainrule.graph.draw import draw
from chainrule.numeric import GradientError
from chainrule.training.gradient_check import gradient_errors_of, graph_to_check
from chainrule.training.recipe.recipe import build_network

# Shapes of samples by the kind of network, where none is given.
FEATURES, PICTURE = (20,), (8, 8)
OF_PICTURES = ("cnn", "resnet", "rnn", "lstm", "gru")


def check_command(values: Mapping[str, object], drawing: Path | None = None) -> None:
    """Print how the gradients of each parameter compare; exit with status 1 if any is wrong.

    Args:
        values: values of the options, by name.
        drawing: file to draw the graph of the network and its loss into; None for none.
    """
    options = parse_options(CheckOptions, values)
    shape = options.inputs or (PICTURE if options.network in OF_PICTURES else FEATURES)
    network = build_network(options, options.outputs)
    batch = _batch(options, shape)
    if drawing is not None:
        draw(graph_to_check(network, batch), drawing)
    errors = gradient_errors_of(
        network, batch, coordinates=options.coordinates or None, seed=options.seed
    )
    inputs = " x ".join(map(str, shape))
    print(f"{network}, {inputs} inputs, a batch of {options.batch_size}, float64\n")
    _print_table(errors)
    if any(error.is_wrong for error in errors.values()):
        sys.exit(1)


def _batch(options: CheckOptions, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Draw random samples and their targets."""
    generator = randomness.generator(options.seed, "samples to check on")
    size = options.batch_size
    features = torch.randn(size, *shape, generator=generator, dtype=torch.float64)
    if options.outputs == 1:
        return features, torch.randn(size, 1, generator=generator, dtype=torch.float64)
    # The last class comes first: the number of classes is inferred from the largest index.
    return features, (options.outputs - 1 - torch.arange(size)) % options.outputs


def _print_table(errors: Mapping[str, GradientError]) -> None:
    """Print a line for each parameter, and what was not measured."""
    width = max(24, *map(len, errors))
    print(f"{'parameter':{width}}{'measured':>14}{'largest relative error':>24}")
    for name, error in errors.items():
        measured = f"{error.measured} of {len(error.compared)}"
        largest = f"{error.error:.1e}" if error.measured else "-"
        verdict = "WRONG" if error.is_wrong else "ok" if error.measured else "not checked"
        print(f"{name:{width}}{measured:>14}{largest:>24}  {verdict}")
    if any(error.unmeasured for error in errors.values()):
        print(
            "\nWeights that are not measured were not checked: their gradients are zero, or so "
            "small that\nthe rounding of the loss hides an error of 0.1 %, or there is a kink, as "
            "that of relu."
        )
