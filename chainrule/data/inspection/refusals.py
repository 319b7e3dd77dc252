"""What training would refuse, as problems of the data."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chainrule.data.columns.roles import ColumnRole
from chainrule.data.columns.task import check_target
from chainrule.data.dataset import Dataset
from chainrule.data.inspection.problem import Problem
from chainrule.data.table import COUNTING
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError

# "got X, expected Y. Remedy."
PARTS = re.compile(r"(?P<message>.*?expected.*?[.])\s+(?P<remedy>[A-Z].*)", re.DOTALL)


def refusals(errors: Iterable[InputError]) -> list[Problem]:
    """Return a problem for each line of the errors, split into message and remedy."""
    lines = [line for error in errors for line in str(error).splitlines() if line != COUNTING]
    return [_refusal(line.removesuffix(COUNTING).strip()) for line in dict.fromkeys(lines)]


def refused_target(data: Dataset, task: Task) -> list[Problem]:
    """Return the reason why no model can be trained for the target, if there is one."""
    try:
        check_target(data, task)
    except InputError as error:
        return refusals([error])
    return []


def nothing_to_learn_from(source: str, roles: Iterable[ColumnRole]) -> list[Problem]:
    """Report a table of which no column would be used."""
    if any(not role.left_out for role in roles):
        return []
    return [
        _refusal(
            f"{source}: got no column that can be used, expected one of numbers, categories or "
            "dates. Add such a column, or set the role of one."
        )
    ]


def _refusal(text: str) -> Problem:
    match = PARTS.fullmatch(text)
    message, remedy = (text, "") if match is None else (match["message"], match["remedy"])
    return Problem("refused", f"Training is refused: {message}", remedy)
