"""chainrule predict: raw rows in, predictions out."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from chainrule import durable
from chainrule.data import read
from chainrule.errors import InputError
from chainrule.training.model import Model
from chainrule.training.model_file import load


def predict_command(model: Path, data: Path, out: Path | None, missing: Sequence[str]) -> None:
    """Write a row for each row of the data: the prediction, and each class's probability."""
    if out is not None and not out.parent.is_dir():
        raise InputError(f"{out}: there is no folder {out.parent}; make it, or choose another.")
    loaded = load(model)
    preparation = loaded.preparation
    rows = read(
        data,
        missing=missing,
        columns=preparation.columns or None,
        categorical=preparation.categorical,
    )
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_rows(loaded, loaded.predict(rows).tolist()))
    if out is None:
        sys.stdout.write(text.getvalue())
    else:
        durable.write_text(out, text.getvalue())
        print(f"{len(rows):,} predictions in {out}")


def _rows(model: Model, predicted: list[list[float]]) -> Iterator[Sequence[object]]:
    name, classes = model.preparation.target.name, model.preparation.class_names
    if not classes:
        yield [name]
        yield from predicted
        return
    yield [name, *(f"probability {each}" for each in classes)]
    for probabilities in predicted:
        likeliest = max(range(len(classes)), key=probabilities.__getitem__)
        yield [classes[likeliest], *(f"{p:.6g}" for p in probabilities)]
