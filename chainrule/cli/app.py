"""The commands and their options. What they need is imported when they run: help must be quick.

Numbers arrive here as text: the configuration checks them, so that a mistake gets the same message
wherever it was made, on the command line or in a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="chainrule",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: chainrule demo",
)

DATA, NETWORK, LEARNING = "What to learn", "The network", "How it learns"
MISSING = "Text that means a missing value, beside empty, ?, NA, n/a, NaN and NULL. Repeatable."

# Shared by commands. A bracket is written \[ in help, which would read it as a style otherwise.
Layers = Annotated[
    str | None,
    typer.Option(
        metavar="N,N,...",
        rich_help_panel=NETWORK,
        help="Units of each hidden layer; '' for none. \\[default: 128,64]",
    ),
]
Activation = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=NETWORK,
        help="Of the hidden layers: relu, sigmoid or tanh. \\[default: relu]",
    ),
]
Initialiser = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=NETWORK,
        help="How weights begin: he, xavier, gaussian (deviation 0.01) or zeros. "
        "\\[default: he for relu, xavier otherwise]",
    ),
]
Seed = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        rich_help_panel=LEARNING,
        help="The same seed gives the same run, bit for bit. \\[default: 0]",
    ),
]


def _show_version(asked: bool) -> None:
    if asked:
        from chainrule import __version__

        print(f"chainrule {__version__}")
        raise typer.Exit


@app.callback()
def chainrule(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Train neural networks on your own data, and see why they learn."""


@app.command()
def train(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA",
            help="Table as CSV or Parquet, or pictures as IDX; packed by gzip or not.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            rich_help_panel=DATA,
            help="Column to predict. For IDX pictures the file of labels, if it is not named as "
            "usual.",
        ),
    ] = None,
    test_data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=DATA,
            help="A file of its own for the test, instead of a share of DATA.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C",
            rich_help_panel=DATA,
            help="Shares of DATA to learn from, to choose the best epoch by (validation), and to "
            "test on. \\[default: 0.7,0.15,0.15]",
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=DATA,
            help="regression (a number), binary (one of two classes) or classification (one of "
            "several). \\[default: what the target looks like]",
        ),
    ] = None,
    categorical: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            rich_help_panel=DATA,
            help="Column whose values are names even if they are numbers, such as a postcode. "
            "Repeatable.",
        ),
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", rich_help_panel=DATA, help=MISSING)
    ] = None,
    layers: Layers = None,
    activation: Activation = None,
    initialiser: Initialiser = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=LEARNING,
            help="adam, momentum or gradient_descent. \\[default: adam]",
        ),
    ] = None,
    learning_rate: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER",
            rich_help_panel=LEARNING,
            help="Size of the updates. \\[default: 0.001 for adam, 0.01 for momentum, 0.1 for "
            "gradient_descent]",
        ),
    ] = None,
    batch_size: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            rich_help_panel=LEARNING,
            help="Samples in a batch, from which an update is computed. \\[default: 32 below "
            "10,000 samples, 128 below 100,000, else 256]",
        ),
    ] = None,
    epochs: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            rich_help_panel=LEARNING,
            help="Times that all training samples are seen, at most. \\[default: 100]",
        ),
    ] = None,
    iterations: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            rich_help_panel=LEARNING,
            help="Updates after which training ends, instead of epochs.",
        ),
    ] = None,
    sampling: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=LEARNING,
            help="shuffled (each sample once an epoch) or with_replacement (each batch drawn "
            "anew). \\[default: shuffled]",
        ),
    ] = None,
    patience: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            rich_help_panel=LEARNING,
            help="Epochs without a lower validation loss before training stops; 0 for never. "
            "\\[default: 10]",
        ),
    ] = None,
    seed: Seed = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="TOML file with these options by name, such as the config.toml of a run; options "
            "given beside it win.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Folder for the run, a new one. \\[default: runs/NAME-DATE-TIME]"
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
) -> None:
    """Train a network on a table or on pictures, test it, and explain the result in a report.

    Finds out what is to be learned, prepares the data, picks output and loss to match, trains until
    the validation loss no longer falls, and tests once, on samples that it has not seen. Leaves a
    folder with the model, the learning curves, a report and the configuration to run it again.
    Ctrl-C ends training early and keeps the best weights so far.

        chainrule train houses.csv --target price

        chainrule train houses.csv --target price --layers 64,64 --learning-rate 0.0005

        chainrule train --config runs/houses-20250131-120000/config.toml
    """
    given = {
        "data": data,
        "target": target,
        "test_data": test_data,
        "task": task,
        "missing": missing,
        "categorical": categorical,
        "layers": layers,
        "activation": activation,
        "initialiser": initialiser,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "epochs": epochs,
        "iterations": iterations,
        "sampling": sampling,
        "patience": patience,
        "seed": seed,
        "split": split,
    }
    from chainrule.cli.config import merged
    from chainrule.cli.train import train_command

    train_command(merged(given, config), out, as_json=json)


@app.command()
def predict(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="The folder of a run, or its model.safetensors.")
    ],
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="Rows to predict, as raw as those trained on. Columns are found by name; others "
            "are ignored.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CSV file to write, or write anew. \\[default: standard output]"
        ),
    ] = None,
    missing: Annotated[list[str] | None, typer.Option(metavar="TEXT", help=MISSING)] = None,
) -> None:
    """Predict new rows with a trained model: a CSV with a line for each row.

    A number is in the unit of the column that was learned. A class comes with the probability of
    each class.

        chainrule predict runs/houses-20250131-120000 new.csv --out predicted.csv
    """
    from chainrule.cli.predict import predict_command

    predict_command(model, data, out, missing or [])


@app.command()
def check(
    inputs: Annotated[
        str | None,
        typer.Option(
            metavar="N", rich_help_panel=NETWORK, help="Features of a sample. \\[default: 20]"
        ),
    ] = None,
    outputs: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            rich_help_panel=NETWORK,
            help="Classes to tell apart; 1 for a number to predict. \\[default: 10]",
        ),
    ] = None,
    layers: Layers = None,
    activation: Activation = None,
    initialiser: Initialiser = None,
    batch_size: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Samples to compute the loss of, drawn at random. \\[default: 16]"
        ),
    ] = None,
    coordinates: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Weights of each parameter to check, drawn at random; 0 for all. \\[default: 100]",
        ),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="N", help="Of the samples and of the weights. \\[default: 0]"),
    ] = None,
) -> None:
    """Check backpropagation against the numerical derivative, for a network of your choice.

    Each checked weight is moved a little to both sides: (loss(w + h) - loss(w - h)) / 2h has to be
    what the chain rule says. In float64 the two differ by less than a millionth; a wrong chain rule
    by far more, and then the exit status is 1.

        chainrule check --layers 64,32 --activation tanh --outputs 3
    """
    given = {
        "inputs": inputs,
        "outputs": outputs,
        "layers": layers,
        "activation": activation,
        "initialiser": initialiser,
        "batch_size": batch_size,
        "coordinates": coordinates,
        "seed": seed,
    }
    from chainrule.cli.check import check_command

    check_command(given)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For data and runs.")] = Path("demo"),
) -> None:
    """Train on two real data sets that come with chainrule: penguins and handwritten digits.

    Takes some seconds. Data and runs are left in a folder, to try the other commands on.
    """
    from chainrule.cli.demo import demo_command

    demo_command(out)
