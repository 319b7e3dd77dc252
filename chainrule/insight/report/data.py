"""Section on the data: its split, the preparation of each column, and notes."""

from __future__ import annotations

import numpy as np

from chainrule.data.formatting import format_four_digits
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.table import Table
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import items, paragraph, table
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.streamed_samples import samples_in_memory

CLASSES_SHOWN = 30
COLUMNS_SHOWN = 100
FEATURES_SHOWN = 4


def data(evidence: Evidence) -> str:
    """Return the parts of the data, the columns or pixels, and the notes."""
    return _parts(evidence) + _inputs(evidence) + items(evidence.run.notes)


def _parts(evidence: Evidence) -> str:
    prepared = evidence.prepared
    training = samples_in_memory(prepared.training)
    parts = {
        "training": training,
        "validation": prepared.validation,
        "test": prepared.test,
    }
    present = {name: part for name, part in parts.items() if part}  # none is empty
    classes = prepared.preparation.class_names
    section = _balance(classes, present) if classes else _ranges(evidence, present)
    if len(training) < len(prepared.training):
        section += paragraph(
            f"Of the {len(prepared.training):,} training samples, which lie on disk, "
            f"{len(training):,} are counted here, drawn at random."
        )
    return section


def _balance(classes: tuple[str, ...], parts: dict[str, Samples]) -> str:
    """Return a table of the number and the share of each class in each part."""
    counts = {
        name: np.bincount(part.targets.reshape(-1).long().numpy(), minlength=len(classes))
        for name, part in parts.items()
    }
    frequent = np.argsort(-next(iter(counts.values())), kind="stable")[:CLASSES_SHOWN]
    rows = [
        (
            classes[index],
            *(f"{count[index]:,} ({count[index] / count.sum():.1%})" for count in counts.values()),
        )
        for index in sorted(frequent.tolist())
    ]
    rows.append(("all", *(f"{count.sum():,}" for count in counts.values())))
    caption = "Samples of each class"
    if len(classes) > CLASSES_SHOWN:
        caption += f": the {CLASSES_SHOWN} most frequent of {len(classes):,}"
    return table(caption, ("class", *counts), rows)


def _ranges(evidence: Evidence, parts: dict[str, Samples]) -> str:
    """Return a table of the distribution of the target in each part, in its own unit."""
    rows = []
    for name, part in parts.items():
        values = evidence.run.model.inverse_transform(part.targets).double().numpy()
        statistics = (values.min(), np.median(values), values.max(), values.mean(), values.std())
        cells = [format_four_digits(float(number)) for number in statistics]
        rows.append((name, f"{len(values):,}", *cells))
    head = ("part", "samples", "lowest", "median", "highest", "mean", "deviation")
    return table(f"Values of {evidence.run.model.preparation.target.name}", head, rows)


def _inputs(evidence: Evidence) -> str:
    inputs = evidence.run.model.preparation.inputs
    if isinstance(inputs, Pixels):
        size = " x ".join(map(str, inputs.shape))
        kinds = ", ".join(sorted({scaling.kind for scaling in inputs.scalings}))
        return paragraph(f"Pictures of {size} pixels, scaled by {kinds}.")
    prepared_columns = {column.name: column for column in inputs}
    roles = {role.name: role for role in evidence.prepared.roles}
    missing = evidence.prepared.missing
    names = _columns(evidence)
    rows = []
    for name in names[:COLUMNS_SHOWN]:
        share = f"{missing[name]:.1%}" if name in missing else ""
        role = roles.get(name)
        said = "" if role is None else role.role.replace("_", " ")
        if name not in prepared_columns:
            left_out = "left out" if role is None else f"left out, as {role.reason}"
            rows.append((name, said, left_out, share, "0", ""))
            continue
        column = prepared_columns[name]
        record, features = column.as_json(), column.feature_names
        scaled = record.get("scaling")
        kind = f"{record['kind']}, {scaled['kind']}" if scaled else str(record["kind"])
        shown = ", ".join(features[:FEATURES_SHOWN])
        if len(features) > FEATURES_SHOWN:
            shown += f" and {len(features) - FEATURES_SHOWN:,} more"
        rows.append((name, said, kind.replace("_", " "), share, f"{len(features):,}", shown))
    head = ("column", "role", "prepared as", "missing", "features", "names of the features")
    caption = "Preparation of each column; missing is a share of the training rows"
    below = len(names) - len(rows)
    more = paragraph(f"And {below:,} more columns.") if below else ""
    return table(caption, head, rows, ["text", "text", "number", "number", "text"]) + more


def _columns(evidence: Evidence) -> list[str]:
    """Return the columns in the order of the file, including those left out, if known."""
    rows = evidence.prepared.held_out
    of_model = evidence.run.model.preparation.columns
    of_file = [column.name for column in rows.columns] if isinstance(rows, Table) else []
    return [*of_file, *(name for name in of_model if name not in of_file)]
