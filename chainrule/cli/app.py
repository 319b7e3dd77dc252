"""The commands. What they need is imported when they run: help must be quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import (
    CHECK,
    FORMAT,
    MISSING,
    PATH_COLUMN,
    TRAIN,
    UNREADABLE_SHARE,
    offers,
)

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
@offers(TRAIN)
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
    **given: Any,
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
    from chainrule.cli.config import merged
    from chainrule.cli.train import train_command

    train_command(merged({"data": data, **given}, config), out, as_json=json)


@app.command(name="cross-validate")
@offers(TRAIN)
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
    **given: Any,
) -> None:
    """Test a network on all of the data: each part by a training on the others.

    Trains as often as there are folds, all at once, prepares the data anew for each, and tells the
    score of each fold, their mean and how far they differ. Leaves no model: for that, train.

        chainrule cross-validate houses.csv --target price --folds 10
    """
    from chainrule.cli.config import merged
    from chainrule.cli.cross_validate import cross_validate_command

    cross_validate_command(merged({"data": data, **given}, config), folds, as_json=json)


@app.command(name="range-test")
@offers(TRAIN)
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
    **given: Any,
) -> None:
    """Find a learning rate that suits: train for a moment, with an ever larger one.

    Draws the loss against the rate, and proposes a tenth of the rate at which it was lowest.

        chainrule range-test houses.csv --target price --optimizer momentum
    """
    from chainrule.cli.config import merged
    from chainrule.cli.range_test import range_test_command

    range_test_command(merged({"data": data, **given}, config), out)


@app.command()
@offers([MISSING, *FORMAT, UNREADABLE_SHARE, PATH_COLUMN])
def predict(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="The folder of a run, or its model.safetensors.")
    ],
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="Rows to predict, as raw as those trained on. Columns are found by name; others "
            "are ignored. Or a folder of pictures.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CSV file to write, or write anew. \\[default: standard output]"
        ),
    ] = None,
    **given: Any,
) -> None:
    """Predict new rows with a trained model: a CSV with a line for each row.

    A number is in the unit of the column that was learned. A class comes with the probability of
    each class.

        chainrule predict runs/houses-20250131-120000 new.csv --out predicted.csv
    """
    from chainrule.cli.config import from_options
    from chainrule.cli.predict import Reading, predict_command

    typed = {name: value for name, value in given.items() if value is not None}
    predict_command(model, data, out, from_options(Reading, typed))


@app.command()
@offers(CHECK)
def check(**given: Any) -> None:
    """Check backpropagation against the numerical derivative, for a network of your choice.

    Each checked weight is moved a little to both sides: (loss(w + h) - loss(w - h)) / 2h has to be
    what the chain rule says. In float64 the two differ by less than a millionth; a wrong chain rule
    by far more, and then the exit status is 1.

        chainrule check --layers 64,32 --activation tanh --outputs 3
    """
    from chainrule.cli.check import check_command

    check_command(given)


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
