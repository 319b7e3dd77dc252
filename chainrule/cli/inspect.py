"""chainrule inspect: the role of each column, and problems of the data."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from chainrule.cli.config import Config
from chainrule.data.formatting import pluralised
from chainrule.data.inspection import IN_DOUBT, Inspection, Problem, Summary, inspect
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.errors import InputError, collected_errors


def inspect_command(config: Config, *, as_json: bool) -> Inspection:
    """Print the columns and the problems of the data, as a table or as JSON.

    Raises:
        InputError: no data is named, or it cannot be read. What is read and could not be trained on
            is a problem of the inspection.
    """
    if config.data is None:
        raise InputError(
            "got no data, expected a file to inspect. Name it, such as in: "
            "chainrule inspect houses.csv --target price"
        )
    with collected_errors() as refused:
        data = read_dataset(config.data, config.subset(ReadOptions))
    inspection = inspect(data, config.task, refused)
    if as_json:
        print(json.dumps(inspection.as_json(), allow_nan=False))
    else:
        _show(inspection, Console(highlight=False))
    return inspection


def _show(inspection: Inspection, console: Console) -> None:
    for note in inspection.notes:
        console.print(Text(f"note: {note}"))
    console.print(Text(_summary(inspection)))
    if inspection.columns:
        console.print(_grid(inspection.columns))
    for number, problem in enumerate(inspection.problems, start=1):
        console.print(_format_problem(number, problem))
    if not inspection.problems:
        console.print("No problem was found.")


def _summary(inspection: Inspection) -> str:
    if inspection.size is None:
        columns = pluralised(len(inspection.columns), "column")
        size = f"{pluralised(inspection.rows, 'row')}, {columns}"
    else:
        pixels = " x ".join(map(str, inspection.size))
        size = f"{pluralised(inspection.rows, 'picture')} of {pixels} pixels"
    if inspection.target is None:
        return f"{inspection.source}: {size}, no target; name the column to predict with --target"
    target = f"target '{inspection.target}' ({inspection.task}: {inspection.target_values})"
    return f"{inspection.source}: {size}, {target}"


def _grid(columns: Sequence[Summary]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("column", "role"):
        grid.add_column(title, overflow="fold")
    for title in ("missing", "distinct"):
        grid.add_column(title, justify="right", no_wrap=True)
    grid.add_column("values", overflow="fold", ratio=1)
    grid.add_column("features", justify="right", no_wrap=True)
    for column in columns:
        cells = (
            column.name,
            column.role,
            f"{column.missing:.1%}" if column.missing else "",
            f"{column.distinct:,}",
            column.values,
            _features(column),
        )
        grid.add_row(*map(Text, cells))
    return grid


def _features(column: Summary) -> str:
    """Return the number of features, none where it depends on how a doubt is resolved."""
    if column.role == IN_DOUBT:
        return ""
    return f"{column.features:,}" if column.features else "left out"


def _format_problem(number: int, problem: Problem) -> Text:
    """Format a problem, with its remedy on a separate line."""
    text = Text(f"{number}. {problem.message}\n")
    text.append(f"   {problem.remedy}", style="dim")
    return text
