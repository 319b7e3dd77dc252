"""The data: how it was divided, what became of each column, and what is worth knowing of it."""

from __future__ import annotations

import numpy as np

from chainrule.data.preparation.pixels import Pixels
from chainrule.data.table import Table
from chainrule.insight.in_words import rounded
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import items, paragraph, table
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.streamed_samples import samples_in_memory

CLASSES_SHOWN = 30
COLUMNS_SHOWN = 100
FEATURES_SHOWN = 4


def data(evidence: Evidence) -> str:
    """The parts, the columns or pixels, and the notes."""
    return _parts(evidence) + _inputs(evidence) + items(evidence.run.notes)


def _parts(evidence: Evidence) -> str:
    prepared = evidence.prepared
    training = samples_in_memory(prepared.training)
    parts = {
        "training": training,
        "validation": prepared.validation,
        "test": prepared.test,
    }
    given = {name: part for name, part in parts.items() if part is not None}
    classes = prepared.preparation.class_names
    told = _balance(classes, given) if classes else _ranges(evidence, given)
    if len(training) < len(prepared.training):
        told += paragraph(
            f"Of the {len(prepared.training):,} training samples, which lie on disk, "
            f"{len(training):,} are counted here, drawn at random."
        )
    return told


def _balance(classes: tuple[str, ...], parts: dict[str, Samples]) -> str:
    """How many samples of each class there are in each part, and which share that is."""
    counts = {
        name: np.bincount(part.targets.reshape(-1).long().numpy(), minlength=len(classes))
        for name, part in parts.items()
    }
    frequent = np.argsort(-counts["training"], kind="stable")[:CLASSES_SHOWN]
    rows = [
        (
            classes[place],
            *(f"{count[place]:,} ({count[place] / count.sum():.1%})" for count in counts.values()),
        )
        for place in sorted(frequent.tolist())
    ]
    rows.append(("all", *(f"{count.sum():,}" for count in counts.values())))
    caption = "Samples of each class"
    if len(classes) > CLASSES_SHOWN:
        caption += f": the {CLASSES_SHOWN} most frequent of {len(classes):,}"
    return table(caption, ("class", *counts), rows)


def _ranges(evidence: Evidence, parts: dict[str, Samples]) -> str:
    """Where the numbers of the target lie in each part, in the person's unit."""
    rows = []
    for name, part in parts.items():
        values = evidence.run.model.inverse_transform(part.targets).double().numpy()
        spread = (values.min(), np.median(values), values.max(), values.mean(), values.std())
        rows.append((name, f"{len(values):,}", *(rounded(float(number)) for number in spread)))
    head = ("part", "samples", "lowest", "median", "highest", "mean", "deviation")
    return table(f"Values of {evidence.run.model.preparation.target.name}", head, rows)


def _inputs(evidence: Evidence) -> str:
    inputs = evidence.run.model.preparation.inputs
    if isinstance(inputs, Pixels):
        size = " x ".join(map(str, inputs.shape))
        kinds = ", ".join(sorted({scaling.kind for scaling in inputs.scalings}))
        return paragraph(f"Pictures of {size} pixels, scaled by {kinds}.")
    learned = {column.name: column for column in inputs}
    missing = evidence.prepared.missing
    names = _columns(evidence)
    rows = []
    for name in names[:COLUMNS_SHOWN]:
        share = f"{missing[name]:.1%}" if name in missing else ""
        if name not in learned:
            rows.append((name, "left out", share, "0", ""))
            continue
        record, features = learned[name].as_json(), learned[name].feature_names
        scaled = record.get("scaling")
        kind = f"{record['kind']}, {scaled['kind']}" if scaled else str(record["kind"])
        shown = ", ".join(features[:FEATURES_SHOWN])
        if len(features) > FEATURES_SHOWN:
            shown += f" and {len(features) - FEATURES_SHOWN:,} more"
        rows.append((name, kind.replace("_", " "), share, f"{len(features):,}", shown))
    head = ("column", "read as", "missing", "features", "which")
    caption = "What each column became; missing is the share of the training rows"
    below = len(names) - len(rows)
    more = paragraph(f"And {below:,} more columns.") if below else ""
    return table(caption, head, rows, ["text", "number", "number", "text"]) + more


def _columns(evidence: Evidence) -> list[str]:
    """The columns as in the file, those that were left out among them where they are known."""
    rows = evidence.prepared.held_out
    learned = evidence.run.model.preparation.columns
    there = [column.name for column in rows.columns] if isinstance(rows, Table) else []
    return [*there, *(name for name in learned if name not in there)]
