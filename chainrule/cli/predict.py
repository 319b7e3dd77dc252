"""chainrule predict: raw rows in, predictions out."""

from __future__ import annotations

import csv
import io
import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, get_args

from chainrule import durable
from chainrule.data import Dataset, Images
from chainrule.data.pictures import UNREADABLE_SHARE
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.read import read
from chainrule.data.request import Decimal
from chainrule.data.spelling import counted, spell
from chainrule.errors import InputError
from chainrule.training.model import Model
from chainrule.training.model_file import load
from chainrule.training.options import Expected, OneOf, Options
from chainrule.training.settings import Share

# Predictions are computed in float32, which has about 7 digits; of these so many are written,
# counted from the deviation of the target in training: what is below it is noise.
DIGITS = 6


class Reading(Options):
    """How the rows are read, beside what the model knows; as the options of `chainrule train`."""

    missing: Annotated[tuple[str, ...], Expected("texts", '["unknown"]')] = ()
    query: Annotated[str | None, Expected("SQL as text", "select * from houses")] = None
    text_encoding: Annotated[str | None, Expected("the name of an encoding", "cp949")] = None
    decimal: Annotated[Decimal | None, OneOf(get_args(Decimal))] = None
    unreadable_share: Annotated[Share, Expected("a number from 0 to 1", "0.05")] = UNREADABLE_SHARE
    path_column: Annotated[str | None, Expected("the name of a column as text", "path")] = None


def predict_command(model: Path, data: str, out: Path | None, reading: Reading) -> None:
    """Write a row for each row of the data: the prediction, and each class's probability.

    Args:
        model: file of a model, or folder of a run.
        data: file, database or URL of rows without, or with, the target; or a folder of pictures.
        out: CSV file; None for the standard output.
        reading: how the rows are read.
    Raises:
        InputError: one of the files can't be used.
    """
    if out is not None:
        _check_out(out)
    loaded = load(_model_file(model))
    preparation = loaded.preparation
    rows = read(
        data,
        columns=preparation.columns or None,
        categorical=preparation.categorical,
        picture_shape=preparation.inputs.shape if isinstance(preparation.inputs, Pixels) else None,
        **reading.model_dump(),
    )
    text = io.StringIO(newline="")
    predicted = _rows(loaded, loaded.predict(rows).tolist())
    csv.writer(text, lineterminator="\n").writerows(_with_names(predicted, rows))
    if isinstance(rows, Images):
        for note in rows.notes:  # among them how many could not be read, and have no line
            print(f"note: {note}", file=sys.stderr)
    if out is None:
        sys.stdout.write(text.getvalue())
        sys.stdout.flush()
    else:
        durable.write_text(out, text.getvalue())
        print(f"{counted(len(rows), 'prediction')} in {out}")


def _with_names(predicted: Iterable[Sequence[object]], rows: Dataset) -> Iterable[Sequence[object]]:
    """The lines, each with the file of its picture in front, if each picture has one."""
    if not isinstance(rows, Images) or rows.names is None:
        return predicted
    first = ["picture", *rows.names.tolist()]
    return ([name, *line] for name, line in zip(first, predicted, strict=True))


def _model_file(given: Path) -> Path:
    if not given.is_dir():
        return given
    inside = given / "model.safetensors"
    if not inside.is_file():
        raise InputError(
            f"{given}: got a folder without a model.safetensors, expected the folder of a run that "
            "has ended, or a model. Give another, such as runs/NAME-DATE-TIME."
        )
    return inside


def _check_out(out: Path) -> None:
    if out.is_dir():
        raise InputError(
            f"{out}: got a folder, expected a CSV file to write. "
            f"Give a file in it: --out {out / 'predictions.csv'}."
        )
    if not out.parent.is_dir():
        raise InputError(
            f"{out}: got a path into a folder that does not exist, expected a CSV file to write. "
            f"Make the folder {out.parent}, or choose another."
        )
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise InputError(
            f"{out}: got a path into a folder where nothing may be written, expected a CSV file to "
            f"write. Change the permissions of {out.parent}, or choose another."
        )


def _rows(model: Model, predicted: list[list[float]]) -> Iterator[Sequence[object]]:
    target = model.preparation.target
    if isinstance(target, NumberTarget):
        deviation = target.standardisation.deviation
        places = DIGITS - math.floor(math.log10(deviation)) if deviation else None
        yield [target.name]
        for (number,) in predicted:
            yield [spell(number if places is None else round(number, places))]
        return
    yield [target.name, *(f"probability {each}" for each in target.classes)]
    for probabilities in predicted:
        likeliest = max(range(len(target.classes)), key=probabilities.__getitem__)
        yield [target.classes[likeliest], *(f"{p:.6g}" for p in probabilities)]
