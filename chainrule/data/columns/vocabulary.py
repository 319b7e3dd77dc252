"""The tasks of a target and the roles of columns by name, and how options spell a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, cast, get_args

from chainrule.errors import InputError, unknown_name

Task = Literal["regression", "binary", "classification"]
Role = Literal["number", "category", "yes_no", "date", "identifier", "constant", "text"]

# A network learns nothing from these columns that holds for other rows.
LEFT_OUT: frozenset[Role] = frozenset(("identifier", "constant", "text"))


def parse_roles(given: object) -> dict[str, Role]:
    """Return roles by column, from a mapping or from texts such as "day=date".

    Raises:
        InputError: a text is not of that form, or there is no such role.

    >>> parse_roles(["postcode=category", "day=date"])
    {'postcode': 'category', 'day': 'date'}
    """
    pairs = given.items() if isinstance(given, Mapping) else map(_pair, _texts(given))
    roles: dict[str, Role] = {}
    for column, role in pairs:
        if role not in get_args(Role):
            raise unknown_name(f"the role of '{column}',", str(role), get_args(Role))
        roles[str(column)] = cast(Role, role)
    return roles


def format_roles(roles: Mapping[str, Role]) -> list[str]:
    """Return the texts from which `parse_roles` makes these roles.

    >>> format_roles({"day": "date"})
    ['day=date']
    """
    return [f"{column}={role}" for column, role in roles.items()]


def _texts(given: object) -> Iterable[object]:
    return given if isinstance(given, list | tuple) else [given]


def _pair(text: object) -> tuple[str, str]:
    column, equals, role = str(text).rpartition("=")
    if not equals:
        raise InputError(
            f"got '{text}', expected a column and its role, such as day=date. Roles are: "
            f"{', '.join(get_args(Role))}."
        )
    return column, role
