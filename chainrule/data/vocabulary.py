"""Names of tasks, column roles and kinds of rows, and their syntax in options."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Literal, cast, get_args

from chainrule.errors import InputError, unknown_name

Task = Literal["regression", "binary", "classification"]
Role = Literal["number", "category", "yes_no", "date", "identifier", "constant", "text"]
# Rows of a file that are no samples: they are found and told, and left out when told so.
RowKind = Literal["headers", "units", "totals", "footers", "blank"]

# Units of numbers that are dates.
DATE_UNITS = (
    *("unix_seconds", "unix_milliseconds", "unix_microseconds", "unix_nanoseconds"),
    *("unix_days", "excel_days"),
)

# A network learns nothing from these columns that holds for other rows.
LEFT_OUT: frozenset[Role] = frozenset(("identifier", "constant", "text"))


def parse_roles(value: object) -> dict[str, Role]:
    """Parse roles by column, from a mapping or from texts such as "day=date".

    Raises:
        InputError: a text is not of that form, the role is unknown, or a column has two.

    >>> parse_roles(["postcode=category", "day=date"])
    {'postcode': 'category', 'day': 'date'}
    """
    pairs = value.items() if isinstance(value, Mapping) else map(_pair, _texts(value))
    roles: dict[str, Role] = {}
    for column, role in pairs:
        if role not in get_args(Role):
            raise unknown_name(f"the role of '{column}',", str(role), get_args(Role))
        if roles.get(str(column), role) != role:
            raise InputError(
                f"column '{column}': got the roles {roles[str(column)]} and {role}, expected one. "
                "Leave one out."
            )
        roles[str(column)] = cast(Role, role)
    return roles


def format_roles(roles: Mapping[str, Role]) -> list[str]:
    """Format roles as texts, the inverse of `parse_roles`.

    >>> format_roles({"day": "date"})
    ['day=date']
    """
    return [f"{column}={role}" for column, role in roles.items()]


def role_option(column: str, role: Role) -> str:
    """Return the option that sets the role of a column, quoted for the shell.

    >>> role_option("post code", "category")
    "--role 'post code=category'"
    """
    return f"--role {shlex.quote(f'{column}={role}')}"


def drop_option(column: str) -> str:
    """Return the option that leaves a column out, quoted for the shell.

    >>> drop_option("post code")
    "--drop 'post code'"
    """
    return f"--drop {shlex.quote(column)}"


def parse_date_forms(value: object) -> dict[str, str]:
    """Parse forms of dates by column, from a mapping or from texts such as "day=%d/%m/%Y".

    Raises:
        InputError: a text is not of that form, or what it names is no form.

    >>> parse_date_forms(["day=%d/%m/%Y", "at=unix_seconds"])
    {'day': '%d/%m/%Y', 'at': 'unix_seconds'}
    """
    expected = (
        "a column and the form of its dates for strptime, such as day=%d/%m/%Y, or one of "
        f"{', '.join(DATE_UNITS)}"
    )
    pairs = value.items() if isinstance(value, Mapping) else map(_split, _texts(value))
    forms: dict[str, str] = {}
    for column, form in pairs:
        if not column or not ("%" in str(form) or form in DATE_UNITS):
            got = f"{column}={form}" if form else column
            raise InputError(f"got '{got}', expected {expected}.")
        forms[str(column)] = str(form)
    return forms


def format_date_forms(forms: Mapping[str, str]) -> list[str]:
    """Format forms of dates as texts, the inverse of `parse_date_forms`."""
    return [f"{column}={form}" for column, form in forms.items()]


def _split(text: object) -> tuple[str, str]:
    column, _, form = str(text).partition("=")
    return column, form


def _texts(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]


def _pair(text: object) -> tuple[str, str]:
    column, equals, role = str(text).rpartition("=")
    if not equals:
        raise InputError(
            f"got '{text}', expected a column and its role, such as day=date. Roles are: "
            f"{', '.join(get_args(Role))}."
        )
    return column, role


def parse_skipped_rows(value: object) -> tuple[str, ...]:
    """Parse rows to leave out: numbers, ranges of numbers, and kinds of rows.

    Raises:
        InputError: a text is none of them.

    >>> parse_skipped_rows(["61,70-72", "totals"]), parse_skipped_rows(3)
    (('61', '70-72', 'totals'), ('3',))
    """
    parts = [part.strip() for text in _texts(value) for part in str(text).split(",")]
    for part in parts:
        first, _, last = part.partition("-")
        in_order = part.isdecimal() or (
            first.isdecimal() and last.isdecimal() and int(first) <= int(last)
        )
        if part not in get_args(RowKind) and not (in_order and int(first) > 0):
            raise InputError(
                f"got '{part}', expected the number of a row, such as 61, a range such as 61-63, "
                f"or what was found: {', '.join(get_args(RowKind))}."
            )
    return tuple(parts)


def row_numbers(parts: Iterable[str]) -> set[int]:
    """Return the numbers among rows to leave out.

    >>> sorted(row_numbers(["61", "70-72", "totals"]))
    [61, 70, 71, 72]
    """
    numbers: set[int] = set()
    for part in parts:
        first, _, last = part.partition("-")
        if first.isdecimal():
            numbers.update(range(int(first), int(last or first) + 1))
    return numbers
