"""Options: the same words on the command line, in TOML files and in Python, told of in one place.

Here are the words for people; what each option takes is checked by the records of config.py. Values
arrive as text, so that a mistake gets the same message wherever it was made. Nothing heavy is
imported, for help must be quick.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import typer

DATA = "What to learn"
NETWORK = "The network"
LEARNING = "How it learns"


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Attributes:
        name: as in TOML and Python; on the command line with dashes.
        metavar: what it takes, in one word.
        panel: under which help lists it.
        help: what it does, and what happens without it.
        repeatable: whether it can be given several times.
    """

    name: str
    metavar: str
    panel: str
    help: str
    repeatable: bool = False


# A bracket is written \[ in help, which would read it as a style otherwise.
MISSING = Option(
    "missing",
    "TEXT",
    DATA,
    "Text that means a missing value, beside empty, ?, NA, n/a, NaN and NULL. Repeatable.",
    repeatable=True,
)
TARGET = Option(
    "target",
    "COLUMN",
    DATA,
    "Column to predict. For IDX pictures the file of labels, if it is not named as usual.",
)
CATEGORICAL = Option(
    "categorical",
    "COLUMN",
    DATA,
    "Column whose values are names even if they are numbers, such as a postcode. Repeatable.",
    repeatable=True,
)
LAYERS = Option(
    "layers",
    "N,N,...",
    NETWORK,
    "Units of each hidden layer; '' for none. \\[default: 128,64]",
)
ACTIVATION = Option(
    "activation",
    "NAME",
    NETWORK,
    "Of the hidden layers: relu, sigmoid or tanh. \\[default: relu]",
)
INITIALISER = Option(
    "initialiser",
    "NAME",
    NETWORK,
    "How weights begin: he, xavier, gaussian (deviation 0.01) or zeros. "
    "\\[default: he for relu, xavier otherwise]",
)
SEED = Option(
    "seed",
    "N",
    LEARNING,
    "The same seed gives the same run, bit for bit. \\[default: 0]",
)

TRAIN = (
    TARGET,
    Option(
        "test_data",
        "FILE",
        DATA,
        "A file of its own for the test, instead of a share of DATA.",
    ),
    Option(
        "split",
        "A,B,C",
        DATA,
        "Shares of DATA to learn from, to choose the best epoch by (validation), and to test on. "
        "\\[default: 0.7,0.15,0.15]",
    ),
    Option(
        "task",
        "NAME",
        DATA,
        "regression (a number), binary (one of two classes) or classification (one of several). "
        "\\[default: what the target looks like]",
    ),
    CATEGORICAL,
    MISSING,
    LAYERS,
    ACTIVATION,
    INITIALISER,
    Option(
        "optimizer",
        "NAME",
        LEARNING,
        "adam, momentum or gradient_descent. \\[default: adam]",
    ),
    Option(
        "learning_rate",
        "NUMBER",
        LEARNING,
        "Size of the updates. \\[default: 0.001 for adam, 0.01 for momentum, 0.1 for "
        "gradient_descent]",
    ),
    Option(
        "batch_size",
        "N",
        LEARNING,
        "Samples in a batch, from which an update is computed. \\[default: 32 below 10,000 "
        "samples, 128 below 100,000, else 256]",
    ),
    Option(
        "epochs",
        "N",
        LEARNING,
        "Times that all training samples are seen, at most. \\[default: 100]",
    ),
    Option(
        "iterations",
        "N",
        LEARNING,
        "Updates after which training ends, instead of epochs.",
    ),
    Option(
        "sampling",
        "NAME",
        LEARNING,
        "shuffled (each sample once an epoch) or with_replacement (each batch drawn anew). "
        "\\[default: shuffled]",
    ),
    Option(
        "patience",
        "N",
        LEARNING,
        "Epochs without a lower validation loss before training stops; 0 for never. "
        "\\[default: 10]",
    ),
    SEED,
)

CHECK = (
    Option("inputs", "N", NETWORK, "Features of a sample. \\[default: 20]"),
    Option(
        "outputs",
        "N",
        NETWORK,
        "Classes to tell apart; 1 for a number to predict. \\[default: 10]",
    ),
    LAYERS,
    ACTIVATION,
    INITIALISER,
    Option(
        "batch_size",
        "N",
        LEARNING,
        "Samples to compute the loss of, drawn at random. \\[default: 16]",
    ),
    Option(
        "coordinates",
        "N",
        LEARNING,
        "Weights of each parameter to check, drawn at random; 0 for all. \\[default: 100]",
    ),
    Option("seed", "N", LEARNING, "Of the samples and of the weights. \\[default: 0]"),
)

Command = TypeVar("Command", bound=Callable[..., None])


def offers(options: Sequence[Option]) -> Callable[[Command], Command]:
    """Give a command, in place of its ``**given``, these options for Typer to find."""

    def offered(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        parameters = own + [_parameter(option) for option in options]
        parameters.sort(key=lambda parameter: parameter.kind)
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # as inspect documents
        return command

    return offered


def _parameter(option: Option) -> inspect.Parameter:
    takes: Any = list[str] if option.repeatable else str
    declared = typer.Option(
        f"--{option.name.replace('_', '-')}",
        metavar=option.metavar,
        rich_help_panel=option.panel,
        help=option.help,
    )
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[takes | None, declared],
    )
