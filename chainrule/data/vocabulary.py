"""Names of tasks and column roles, and the syntax of roles in options."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Literal, cast, get_args

from chainrule.errors import InputError, unknown_name

Task = Literal["regression", "binary", "classification"]
Role = Literal["number", "category", "yes_no", "date", "identifier", "constant", "text"]

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
