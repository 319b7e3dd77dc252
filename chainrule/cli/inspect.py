"""chainrule inspect: what each column is, and what may be wrong with the data."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from chainrule.cli.config import Config
from chainrule.data.formatting import pluralised
from chainrule.data.inspection import Inspection, Problem, Summary, inspect
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.read import read_dataset
from chainrule.errors import InputError


def inspect_command(config: Config, *, as_json: bool) -> Inspection:
    """Print what the data are and what was found, as a table or as JSON.

    Raises:
        InputError: there is no data, or something in it can't be read.
    """
    if config.data is None:
        raise InputError(
            "got no data, expected a file to look at. Name it, such as in: "
            "chainrule inspect houses.csv --target price"
        )
    data = read_dataset(config.data, config.subset(ReadOptions))
    found = inspect(data, config.task)
    if as_json:
        print(json.dumps(found.as_json(), allow_nan=False))
    else:
        _show(found, Console(highlight=False))
    return found


def _show(found: Inspection, console: Console) -> None:
    for note in found.notes:
        console.print(Text(f"note: {note}"))
    console.print(Text(_in_one_line(found)))
    if found.columns:
        console.print(_grid(found.columns))
    for number, problem in enumerate(found.problems, start=1):
        console.print(_told(number, problem))
    if not found.problems:
        console.print("No problem was found.")


def _in_one_line(found: Inspection) -> str:
    if found.size is None:
        what = f"{pluralised(found.rows, 'row')}, {pluralised(len(found.columns), 'column')}"
    else:
        what = f"{pluralised(found.rows, 'picture')} of {' x '.join(map(str, found.size))} pixels"
    if found.target is None:
        return f"{found.source}: {what}, no target; name the one to predict with --target"
    beside = " beside the target" if found.columns else ""
    return f"{found.source}: {what}{beside} '{found.target}' ({found.task}: {found.target_values})"


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
            f"{column.features:,}" if column.features else "left out",
        )
        grid.add_row(*map(Text, cells))
    return grid


def _told(number: int, problem: Problem) -> Text:
    """A problem, with what to do about it on a line of its own."""
    text = Text(f"{number}. {problem.message}\n")
    text.append(f"   {problem.remedy}", style="dim")
    return text
