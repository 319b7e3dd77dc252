"""The commands and their options. What they need is imported when they run: help must be quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="chainrule",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Train neural networks on your own data, and see why they learn.",
    epilog="Start with: chainrule demo",
)

# Shared by the commands that build a network.
Layers = Annotated[
    str | None,
    typer.Option(metavar="N,N,...", help="Units of each hidden layer.  [default: 128,64]"),
]
Activation = Annotated[str | None, typer.Option(help="relu, sigmoid or tanh.  [default: relu]")]
Initialiser = Annotated[
    str | None,
    typer.Option(
        help="he, xavier, gaussian (deviation 0.01) or zeros.  "
        "[default: he for relu, xavier otherwise]"
    ),
]


@app.command()
def train(
    data: Annotated[
        Path | None,
        typer.Argument(help="CSV or Parquet table, or IDX pictures, packed with gzip or not."),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Column to predict. For IDX pictures the file of labels, if it has "
            "another name than usual."
        ),
    ] = None,
    test_data: Annotated[
        Path | None,
        typer.Option(help="A file of its own for the test, instead of a share of the data."),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(help="regression, binary or classification.  [default: by the target]"),
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(help="Text that means a missing value, beside the usual. Repeatable."),
    ] = None,
    categorical: Annotated[
        list[str] | None,
        typer.Option(help="Column to read as categories, even if it has numbers. Repeatable."),
    ] = None,
    layers: Layers = None,
    activation: Activation = None,
    initialiser: Initialiser = None,
    optimizer: Annotated[
        str | None, typer.Option(help="adam, momentum or gradient_descent.  [default: adam]")
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            help="Size of the updates.  [default: 0.001 for adam, 0.01 for momentum, "
            "0.1 for gradient_descent]"
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(help="Samples in a batch.  [default: 32, 128 or 256, by the samples]"),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Times that all training samples are seen, at most.  [default: 100]"),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(help="Updates after which training ends, instead of epochs.")
    ] = None,
    sampling: Annotated[
        str | None, typer.Option(help="shuffled or with_replacement.  [default: shuffled]")
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            help="Epochs without a lower validation loss before training stops; "
            "0: never.  [default: 10]"
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same run.  [default: 0]")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C",
            help="Shares of training, validation and test samples.  [default: 0.7,0.15,0.15]",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="TOML file with these options by name; the command line wins."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the run.  [default: runs/NAME-DATE-TIME]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train a network on a table or on pictures, test it, and write it with a report.

    Finds out what is to be learned, prepares the data, picks output and loss to match, trains until
    the validation loss no longer falls, tests once, and leaves a folder with the model, learning
    curves and a report.

        chainrule train houses.csv --target price
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
    model: Annotated[Path, typer.Argument(help="A model.safetensors of a run.")],
    data: Annotated[Path, typer.Argument(help="Rows to predict, raw as those trained on.")],
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write.  [default: standard output]")
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(help="Text that means a missing value, beside the usual. Repeatable."),
    ] = None,
) -> None:
    """Predict new rows with a trained model; for classes with the probability of each.

    chainrule predict runs/houses/model.safetensors new.csv --out predicted.csv
    """
    from chainrule.cli.predict import predict_command

    predict_command(model, data, out, missing or [])


@app.command()
def check(
    inputs: Annotated[int, typer.Option(help="Features of a sample.")] = 20,
    outputs: Annotated[int, typer.Option(help="Classes; 1 for a number to predict.")] = 10,
    layers: Layers = None,
    activation: Activation = None,
    initialiser: Initialiser = None,
    batch_size: Annotated[int, typer.Option(help="Samples in the batch.")] = 16,
    coordinates: Annotated[
        int, typer.Option(help="Weights of each parameter to check; 0 for all.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Of weights and samples.")] = 0,
) -> None:
    """Check backpropagation of a network against the numerical derivative, in float64.

    Exits with status 1 if a relative error is above 1e-6.
    """
    given: dict[str, Any] = {
        "layers": layers,
        "activation": activation,
        "initialiser": initialiser,
        "seed": seed,
    }
    from chainrule.cli.check import check_command
    from chainrule.cli.config import merged

    check_command(merged(given, None), inputs, outputs, batch_size, coordinates or None)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for data and runs.")] = Path("demo"),
) -> None:
    """Train on two real data sets that come with chainrule: penguins and handwritten digits.

    Data and runs go into a folder, to try the other commands on.
    """
    from chainrule.cli.demo import demo_command

    demo_command(out)
