"""The commands of the command line, imported when they run so that help is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.command_options import CheckOptions, EvaluateOptions, PredictOptions
from chainrule.cli.config import Config
from chainrule.cli.offer_options import add_options, join_lines
from chainrule.cli.single_options import SingleOptionsCommand
from chainrule.data.read_options import OF_ONE_FILE, ReadOptions
from chainrule.options import DATA, Option

app = typer.Typer(
    name="chainrule",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: chainrule demo",
)


def _show_version(requested: bool) -> None:
    if requested:
        from chainrule.version import __version__

        print(f"chainrule {__version__}")
        raise typer.Exit


QUICK_AND_BEST = (
    (
        "quick",
        Option(help="A first result in seconds; short for --preset quick.", group=DATA, basic=True),
    ),
    (
        "best",
        Option(
            help="Five networks, each validated on another fifth of the rows: the best scores, "
            "especially with few rows, in five times the time; short for --preset ensemble.",
            group=DATA,
            basic=True,
        ),
    ),
)

# Read options that a model determines for new rows.
NOT_FOR_NEW_ROWS = ["target", "categorical", "role", "drop", "picture_size"]

# Defaults of other commands than `chainrule train`: options of a model apply to new rows, too.
OF_THE_MODEL = {
    name: "as in training"
    for name in ReadOptions.model_fields
    if name not in (*OF_ONE_FILE, "drop")
}
OF_A_CHECK = {"network": "mlp", "activation": "relu; selu of a realmlp", "dropout": "0"}

# Options of a run that `chainrule inspect` does not take.
NOT_INSPECTED = [n for n in Config.model_fields if n not in (*ReadOptions.model_fields, "task")]


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
@add_options(Config, exclude=["data"], flags=QUICK_AND_BEST)
def train(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="Table as a CSV, JSON lines or Parquet file, or a pattern of several files; a "
            "database or a postgresql:// URL, with --query; or pictures: a folder with a "
            "subfolder for each class, a table that names their files, IDX or npz.",
        ),
    ] = None,
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="TOML file of options by name, such as the config.toml of a run. Options of the "
            "command line override it.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="New folder for the run. \\[default: runs/NAME-DATE-TIME]"
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Train a network on a table or on pictures, test it, and explain the result in a report.

    Infers the task from the target, prepares the data, chooses output layer and loss, trains with
    validation after each epoch, and tests once on samples held out from training. Writes a folder
    with the model, the learning curves, a report and the configuration to repeat the run. Ctrl-C
    ends training early and keeps the best weights so far.

    Examples:
        chainrule train houses.csv --target price
        chainrule train houses.csv --target price --layers 64,64 --epochs 50
        chainrule train --config runs/houses/config.toml
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.train import train_command

    train_command(load_config({"data": data, **options}, config), out, as_json=json)


@app.command()
@add_options(Config, exclude=NOT_INSPECTED)
def inspect(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="As for `chainrule train`.")
    ] = None,
    *,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Inspect data before training: the role of each column, and problems of the data.

    Finds columns that leak the target, duplicate rows, rare classes, numbers stored as text, mixed
    units and more, each with a remedy. Nothing is trained or written.

    Examples:
        chainrule inspect houses.csv --target price
        chainrule inspect houses.csv --target price --role postcode=category
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.inspect import inspect_command

    inspect_command(load_config({"data": data, **options}, None), as_json=json)


@app.command(name="cross-validate")
@add_options(Config, exclude=["data"], flags=QUICK_AND_BEST)
def cross_validate(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="As for `chainrule train`.")
    ] = None,
    *,
    folds: Annotated[
        int,
        typer.Option(metavar="N", help="Number of folds, at least 2. \\[default: 5]"),
    ] = 5,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file of options by name.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Test a network on all of the data: on each fold, after training on the others.

    Prepares the data and trains a network for each fold, and prints the scores of each fold, their
    mean and standard deviation. No model is saved; use chainrule train for that.

    Examples:
        chainrule cross-validate houses.csv --target price --folds 10
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.cross_validate import cross_validate_command

    cross_validate_command(load_config({"data": data, **options}, config), folds, as_json=json)


@app.command(name="range-test")
@add_options(Config, exclude=["data"], flags=QUICK_AND_BEST)
def range_test(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="As for `chainrule train`.")
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file of options by name.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Plot of the loss against the rate.")
    ] = Path("range-test.png"),
    **options: Any,
) -> None:
    """Propose a learning rate, from a short training with rising rates.

    Plots the loss against the rate, and proposes a tenth of the rate with the lowest loss.

    Examples:
        chainrule range-test houses.csv --target price --optimizer momentum
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.range_test import range_test_command

    range_test_command(load_config({"data": data, **options}, config), out)


@app.command()
@add_options(PredictOptions, exclude=NOT_FOR_NEW_ROWS, defaults=OF_THE_MODEL)
def predict(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="The folder of a run, or its model.safetensors.")
    ],
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="Rows to predict, as raw as the training data: any source of `chainrule train`, "
            "or - for the standard input. Columns are matched by name; others are ignored.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File to write or overwrite: .csv, .json, .jsonl or .parquet, with .gz appended "
            "to compress it. \\[default: standard output]",
        ),
    ] = None,
    **options: Any,
) -> None:
    """Predict new rows with a trained model: one row of output for each row of data.

    Numbers are in the unit of the target column. Classes are followed by the probability of each
    class. CSV and Parquet larger than memory are read in chunks.

    Examples:
        chainrule predict runs/houses new.csv --out predicted.csv
        chainrule predict runs/houses new.csv --keep id --out predicted.json
        cat new.csv | chainrule predict runs/houses - --format jsonl
    """
    from chainrule.cli.config import parse_options
    from chainrule.cli.predict import predict_command

    predict_command(model, data, out, parse_options(PredictOptions, options))


@app.command()
@add_options(EvaluateOptions, exclude=NOT_FOR_NEW_ROWS[1:], defaults=OF_THE_MODEL)
def evaluate(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="The folder of a run, or its model.safetensors.")
    ],
    data: Annotated[
        str,
        typer.Argument(metavar="DATA", help="Rows with the target, as for `chainrule predict`."),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON file to write the result into.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Evaluate a model on new labelled data, with confidence intervals.

    Prints each score with its 95 % confidence interval, the test score of the run and the baseline.
    The rows must not have been used for training.

    Examples:
        chainrule evaluate runs/houses sold-since.csv
    """
    from chainrule.cli.config import parse_options
    from chainrule.cli.evaluate import evaluate_command

    evaluate_command(model, data, out, parse_options(EvaluateOptions, options), as_json=json)


@app.command()
def runs(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER...",
            help="Folder of runs to list, or several runs to compare. \\[default: runs]",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC",
            help="List the best run by this validation metric first. \\[default: the newest first]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Plot of the learning curves of a comparison."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the list or comparison as JSON.")
    ] = False,
) -> None:
    """List runs with their validation scores, or compare several.

    A comparison shows settings, scores and learning curves. A note says if runs were validated or
    tested on different rows. Unfinished and damaged runs are marked.

    Examples:
        chainrule runs
        chainrule runs --sort accuracy
        chainrule runs runs/houses-1 runs/houses-2 --out compared.svg
    """
    from chainrule.cli.runs import runs_command

    runs_command(folders or [], sort, out, as_json=json)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    data: Annotated[
        str | None,
        typer.Option(
            metavar="DATA",
            help="Path of its data, if it was moved. \\[default: the path of the run]",
        ),
    ] = None,
) -> None:
    """Write the report of a run again, from its folder and its training data.

    The report is a web page: scores, curves, confusion matrix or errors, calibration, importance of
    the columns, worst predictions, the data, the network, and how to repeat the run.

    Examples:
        chainrule report runs/houses
    """
    from chainrule.cli.report import report_command

    report_command(run, data)


@app.command()
@add_options(CheckOptions, defaults=OF_A_CHECK)
def check(
    draw: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw the graph of the network and its loss into this file: .dot; or .svg, .png "
            "or .pdf, which need Graphviz.",
        ),
    ] = None,
    **options: Any,
) -> None:
    """Compare backpropagation with the numerical derivative, for any network.

    The gradient of each checked weight is compared with central differences (loss(w + h) - loss(w -
    h)) / 2h in float64. With a correct chain rule they differ by at most a millionth, or by what
    rounding and the step h explain; otherwise the exit status is 1. Errors of 0.1 % and more are
    found, and weights whose gradients are too small for that are counted as not measured.

    Examples:
        chainrule check --layers 64,32 --activation tanh --outputs 3
        chainrule check --network cnn --inputs 8x8 --draw cnn.svg
    """
    from chainrule.cli.check import check_command

    check_command(options, draw)


@app.command()
def methods(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND", help="Kind of methods, such as activations, losses or optimizers."
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Name of a method, to print its description."),
    ] = None,
) -> None:
    """List all methods by name, or describe one: its formula, settings and source.

    Without KIND all of them are listed, in a line each.

    Examples:
        chainrule methods
        chainrule methods optimizers adam
    """
    from chainrule.cli.methods import methods_command

    methods_command(kind, name)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder for data and runs.")] = Path(
        "demo"
    ),
) -> None:
    """Train on two real data sets that come with chainrule: penguins and handwritten digits.

    Takes some seconds, and leaves data and runs in a folder for trying the other commands.

    Examples:
        chainrule demo
        chainrule demo --out my-demo
    """
    from chainrule.cli.demo import demo_command

    demo_command(out)


for command in app.registered_commands:
    command.cls = SingleOptionsCommand
    # Typer keeps the line breaks of a docstring, whatever the width of the terminal.
    if command.callback is not None:
        command.help = join_lines(command.callback.__doc__ or "")
