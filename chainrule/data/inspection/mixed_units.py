"""Columns with values in different units."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_number, pluralised, quoted_list
from chainrule.data.inspection.problem import Problem
from chainrule.data.inspection.quantity import parse_quantity
from chainrule.data.table import Column

MIN_QUANTITY_SHARE = 0.9
MIN_ROWS = 20
MIN_CLUSTER_SHARE = 0.01
FACTORS = (10.0, 100.0, 1000.0, 1_000_000.0)
# Of the quartiles of the larger cluster to the factor times those of the smaller.
MAX_QUARTILE_RATIO = 1.25
# The gap between the clusters is at least this power of the factor wide.
MIN_GAP = 0.5


def mixed_units(column: Column) -> list[Problem]:
    """Find a column of quantities in two units of one dimension, or of numbers in two magnitudes.

    Numbers are reported only in clear cases: all are positive and form two clusters with a gap
    between them, and the quartiles of one cluster are 10, 100, 1000 or a million times those of the
    other, as when some values are in metres and others in centimetres.
    """
    if column.kind == "category":
        return _in_text(column)
    return _in_numbers(column.name, column.values[~column.missing])


def _in_text(column: Column) -> list[Problem]:
    counts = Counter(text for text in column.values if text is not None)
    quantities = {text: quantity for text in counts if (quantity := parse_quantity(text))}
    rows_of: Counter[str] = Counter()
    for text, quantity in quantities.items():
        rows_of[quantity.unit] += counts[text]
    dimensions = {quantity.dimension for quantity in quantities.values()}
    if (
        len(rows_of) < 2
        or len(dimensions) > 1
        or rows_of.total() < MIN_QUANTITY_SHARE * counts.total()
    ):
        return []
    units = ", ".join(f"{unit} ({pluralised(rows, 'row')})" for unit, rows in rows_of.most_common())
    examples = [
        next(text for text, quantity in quantities.items() if quantity.unit == unit)
        for unit in list(rows_of)[:2]
    ]
    return [
        Problem(
            "mixed_units",
            f"Column '{column.name}' has quantities in more than one unit: {units}, such as "
            f"{quoted_list(examples)}.",
            "Convert them to one unit, and write numbers without units.",
            (column.name,),
        )
    ]


def _in_numbers(name: str, values: NDArray[np.float64]) -> list[Problem]:
    if len(values) < MIN_ROWS or values.min() <= 0:
        return []
    ordered = np.sort(values)
    steps = np.diff(np.log10(ordered))
    cut = int(np.argmax(steps)) + 1
    low, high = ordered[:cut], ordered[cut:]
    if min(len(low), len(high)) < max(MIN_ROWS / 4, MIN_CLUSTER_SHARE * len(values)):
        return []
    quartiles = [0.25, 0.5, 0.75]
    ratios = np.quantile(high, quartiles) / np.quantile(low, quartiles)
    for factor in FACTORS:
        agree = np.abs(np.log(ratios / factor)) < np.log(MAX_QUARTILE_RATIO)
        if agree.all() and steps[cut - 1] > MIN_GAP * np.log10(factor):
            return [_two_magnitudes(name, low, high, factor)]
    return []


def _two_magnitudes(
    name: str, low: NDArray[np.float64], high: NDArray[np.float64], factor: float
) -> Problem:
    parts = [
        f"{len(part):,} rows from {format_number(smallest)} to {format_number(largest)}"
        for part in (low, high)
        for smallest, largest in [(float(part[0]), float(part[-1]))]
    ]
    return Problem(
        "mixed_units",
        f"Column '{name}' looks like one quantity in two units: {' and '.join(parts)}, nothing "
        f"between, and the latter are about {factor:,.0f} times the first.",
        "Convert them to one unit.",
        (name,),
    )
