"""The last step of reading a table: split off the target and count missing values."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import pluralised
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, RowLocations, Table
from chainrule.errors import InputError, refuse

COLUMNS_NOTED = 4
MAX_EXACT = 2.0**53  # below it float64 has every whole number


def assemble(
    source: str,
    columns: list[Column],
    options: ReadOptions,
    notes: list[str],
    row_locations: RowLocations | None = None,
) -> Table:
    """Return the table of these columns, without rows whose target is missing.

    Args:
        source: the name of the file.
        columns: all columns, including the target.
        options: by which they were read; they name the target.
        notes: on the file so far.
        row_locations: the file of each row, if there are several files.
    Raises:
        InputError: the target is missing in all rows.
    """
    target = options.target
    table = Table(
        source,
        tuple(column for column in columns if column.name != target),
        next((column for column in columns if column.name == target), None),
        row_locations=row_locations,
        read_options=options,
    )
    if table.target is not None and table.target.missing.any():
        missing = table.target.missing
        if missing.all():
            refuse(
                InputError(
                    f"{source}, column '{target}': got no value in all "
                    f"{pluralised(len(table), 'row')}, expected the target's values to learn "
                    "from. Fill them in, or choose another column with --target."
                )
            )
            return replace(table, target=None, notes=tuple(notes))
        rows = pluralised(int(missing.sum()), "row")
        notes = [*notes, f"{source}: {rows} without a value of the target '{target}' left out"]
        table = table.take(np.flatnonzero(~missing))
    notes = [*notes, *notes_on_missing(table), *notes_on_long_numbers(table)]
    return replace(table, notes=tuple(notes))


def notes_on_missing(table: Table) -> list[str]:
    """Return notes on the columns that lack values, most first; of many columns the most."""
    counts = [(int(column.missing.sum()), column.name) for column in table.columns]
    counts = sorted((pair for pair in counts if pair[0]), key=lambda pair: -pair[0])
    notes = [
        f"{table.source}: column '{name}' has {pluralised(count, 'missing value')}"
        for count, name in counts[:COLUMNS_NOTED]
    ]
    if rest := counts[COLUMNS_NOTED:]:
        most = pluralised(rest[0][0], "missing value")
        more = pluralised(len(rest), "more column")
        verb = "has" if len(rest) == 1 else "have"
        notes.append(f"{table.source}: {more} {verb} up to {most}")
    return notes


def notes_on_long_numbers(table: Table) -> list[str]:
    """Return notes on whole numbers with more digits than float64 has, which are often codes."""
    return [
        f"{table.source}: column '{column.name}' has whole numbers of which only the first 15 "
        "digits are kept; if they are codes, name it with --categorical"
        for column in table.columns
        if column.kind == "number" and are_long(column.values)
    ]


def are_whole(values: NDArray[np.float64]) -> bool:
    """Return whether no finite number has a fractional part."""
    finite = values[np.isfinite(values)]
    return bool((finite == np.floor(finite)).all())


def are_long(values: NDArray[np.float64]) -> bool:
    """Return whether there are whole numbers with more digits than float64 has."""
    finite = values[np.isfinite(values)]
    return bool((np.abs(finite) >= MAX_EXACT).any()) and are_whole(values)
