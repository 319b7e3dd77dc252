"""The commands. What they need is imported when they run: help must be quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.command_options import CheckOptions, EvaluateOptions, PredictOptions
from chainrule.cli.config import Config
from chainrule.cli.offer_options import add_options, unwrapped
from chainrule.data.read_options import ReadOptions
from chainrule.options import DATA, Option

app = typer.Typer(
    name="chainrule",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: chainrule demo",
)


def _show_version(asked: bool) -> None:
    if asked:
        from chainrule.version import __version__

        print(f"chainrule {__version__}")
        raise typer.Exit


QUICK_AND_BEST = (
    ("quick", Option(help="A first look in seconds: --preset quick.", group=DATA, basic=True)),
    (
        "best",
        Option(
            help="Five networks, each validated on another fifth of the rows: the best scores, "
            "above all of few rows, for five times the work: --preset ensemble.",
            group=DATA,
            basic=True,
        ),
    ),
)

# What a model knows of new rows.
NOT_FOR_NEW_ROWS = ["target", "categorical", "role", "picture_size"]

# What `chainrule inspect` does not take of the options of a run.
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
@add_options(Config, leave_out=["data"], flags=QUICK_AND_BEST)
def train(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="Table as CSV, JSON lines or Parquet, or a pattern of such files; a database or a "
            "postgresql:// URL, with --query; or pictures: a folder with one folder a class, a "
            "table that names their files, IDX or npz.",
        ),
    ] = None,
    *,
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
    **options: Any,
) -> None:
    """Train a network on a table or on pictures, test it, and explain the result in a report.

    Finds out what is to be learned, prepares the data, picks output and loss to match, trains until
    the validation loss no longer falls, and tests once, on samples that it has not seen. Leaves a
    folder with the model, the learning curves, a report and the configuration to run it again.
    Ctrl-C ends training early and keeps the best weights so far.

    Examples:
        chainrule train houses.csv --target price
        chainrule train houses.csv --target price --layers 64,64 --epochs 50
        chainrule train --config runs/houses/config.toml
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.train import train_command

    train_command(load_config({"data": data, **options}, config), out, as_json=json)


@app.command()
@add_options(Config, leave_out=NOT_INSPECTED)
def inspect(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="As for `chainrule train`.")
    ] = None,
    *,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print what was found as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Look at data before training: the role of each column, and what may be wrong.

    Finds columns that give the target away, copies of rows, classes of few rows, numbers that are
    text, mixed units and more, each with what to do about it. Nothing is trained or written.

    Examples:
        chainrule inspect houses.csv --target price
        chainrule inspect houses.csv --target price --role postcode=category
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.inspect import inspect_command

    inspect_command(load_config({"data": data, **options}, None), as_json=json)


@app.command(name="cross-validate")
@add_options(Config, leave_out=["data"], flags=QUICK_AND_BEST)
def cross_validate(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="As for `chainrule train`.")
    ] = None,
    *,
    folds: Annotated[
        int,
        typer.Option(metavar="N", help="Parts of the data, each tested once. \\[default: 5]"),
    ] = 5,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with these options by name.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Test a network on all of the data: each part by a training on the others.

    Trains as often as there are folds, all at once, prepares the data anew for each, and tells the
    score of each fold, their mean and how far they differ. Leaves no model: for that, train.

    Examples:
        chainrule cross-validate houses.csv --target price --folds 10
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.cross_validate import cross_validate_command

    cross_validate_command(load_config({"data": data, **options}, config), folds, as_json=json)


@app.command(name="range-test")
@add_options(Config, leave_out=["data"], flags=QUICK_AND_BEST)
def range_test(
    data: Annotated[
        str | None, typer.Argument(metavar="DATA", help="As for `chainrule train`.")
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with these options by name.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Picture of the loss against the rate.")
    ] = Path("range-test.png"),
    **options: Any,
) -> None:
    """Find a learning rate that suits: train for a moment, with an ever larger one.

    Draws the loss against the rate, and proposes a tenth of the rate at which it was lowest.

    Examples:
        chainrule range-test houses.csv --target price --optimizer momentum
    """
    from chainrule.cli.config import load_config
    from chainrule.cli.range_test import range_test_command

    range_test_command(load_config({"data": data, **options}, config), out)


@app.command()
@add_options(PredictOptions, leave_out=NOT_FOR_NEW_ROWS)
def predict(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="The folder of a run, or its model.safetensors.")
    ],
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="Rows to predict, as raw as those trained on, from what `chainrule train` takes, "
            "or - for the standard input. Columns are found by name; others are ignored.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="To write, or write anew: .csv, .json, .jsonl or .parquet, and .gz behind it to "
            "have it packed. \\[default: standard output]",
        ),
    ] = None,
    **options: Any,
) -> None:
    """Predict new rows with a trained model, however many: a row out for each row in.

    A number is in the unit of the column that was learned. A class comes with the probability of
    each class. Of CSV and Parquet larger than memory a part at a time is read.

    Examples:
        chainrule predict runs/houses new.csv --out predicted.csv
        chainrule predict runs/houses new.csv --keep id --out predicted.json
        cat new.csv | chainrule predict runs/houses - --format jsonl
    """
    from chainrule.cli.config import parse_options
    from chainrule.cli.predict import predict_command

    predict_command(model, data, out, parse_options(PredictOptions, options))


@app.command()
@add_options(EvaluateOptions, leave_out=NOT_FOR_NEW_ROWS[1:])
def evaluate(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="The folder of a run, or its model.safetensors.")
    ],
    data: Annotated[
        str,
        typer.Argument(metavar="DATA", help="Rows with the truth; as for `chainrule predict`."),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON file to write the result into.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
    ] = False,
    **options: Any,
) -> None:
    """Test a model on fresh labelled data: its scores, and how sure they are.

    Each score comes with an interval of 95 % confidence, beside the score in the test of the run.
    The rows must have had no part in training.

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
            metavar="FOLDER...", help="That holds runs, or runs to compare. \\[default: runs]"
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="List the best by it first. \\[default: the newest]"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Picture of the curves of the runs that are compared."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print the list or comparison as JSON.")
    ] = False,
) -> None:
    """List the runs that there are; or compare some: their settings, their scores, their curves.

    Scores are those of the test; where runs were tested on different samples, a note says so. A run
    that goes on, was broken off or is damaged is listed as such.

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
            metavar="DATA", help="Where its data lie now. \\[default: where they lay then]"
        ),
    ] = None,
) -> None:
    """Make the report of a run again, from its folder and the data that it learned from.

    A page for the browser: scores, curves, confusion or errors, calibration, which columns matter,
    the worst mistakes, the data, the network, and how to run it again.

    Examples:
        chainrule report runs/houses
    """
    from chainrule.cli.report import report_command

    report_command(run, data)


@app.command()
@add_options(CheckOptions)
def check(
    draw: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also draw the graph of the network and its loss into this file: .dot, or .svg, "
            ".png and .pdf by Graphviz.",
        ),
    ] = None,
    **options: Any,
) -> None:
    """Check backpropagation against the numerical derivative, for a network of your choice.

    Each checked weight is moved a little to both sides: (loss(w + h) - loss(w - h)) / 2h has to be
    what the chain rule says. In float64 the two differ by less than a millionth; a wrong chain rule
    by far more, and then the exit status is 1.

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
        typer.Argument(metavar="KIND", help="Such as activations, losses or optimizers."),
    ] = None,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Of one method, to be told all about it.")
    ] = None,
) -> None:
    """List every method that has a name: what it does, its formula, settings and source.

    Without KIND all of them are listed, in a line each.

    Examples:
        chainrule methods
        chainrule methods optimizers adam
    """
    from chainrule.cli.methods import methods_command

    methods_command(kind, name)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For data and runs.")] = Path("demo"),
) -> None:
    """Train on two real data sets that come with chainrule: penguins and handwritten digits.

    Takes some seconds. Data and runs are left in a folder, to try the other commands on.
    """
    from chainrule.cli.demo import demo_command

    demo_command(out)


# Typer breaks the lines of a help text where its source does, whatever the width of the terminal.
for command in app.registered_commands:
    if command.callback is not None:
        command.help = unwrapped(command.callback.__doc__ or "")
