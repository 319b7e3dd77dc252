"""Named: a thing of a registry by a text that people write, such as "adam" or "adam:beta1=0.8".

So every method with settings of its own is reachable from the command line and from TOML files.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from chainrule.errors import InputError, unknown_name

T = TypeVar("T")


def named(what: str, text: str, registry: Mapping[str, Callable[..., T]]) -> T:
    """The thing of that name, with the settings that follow it.

    Args:
        what: the registry holds, for messages, such as "optimizer".
        text: the name, or ``name:setting=value,setting=value``; ``name:value`` sets the first
            setting. Values of a setting that has several are separated by a slash.
        registry: dataclasses by name, each setting with a default.
    Raises:
        InputError: there is no such name or setting, or a value is none that the setting can have.

    >>> @dataclasses.dataclass
    ... class Shrink:
    ...     factor: float = 0.1
    ...     at: tuple[float, ...] = (0.5, 0.75)
    >>> named("schedule", "shrink:factor=0.5,at=0.2/0.4/0.6", {"shrink": Shrink})
    Shrink(factor=0.5, at=(0.2, 0.4, 0.6))
    """
    name, _, rest = text.partition(":")
    if name not in registry:
        raise unknown_name(what, name, registry)
    kind: Any = registry[name]
    fields = {field.name: field for field in dataclasses.fields(kind)}
    settings = {}
    if rest and not fields:
        raise InputError(f"{what} {text}: got a setting, but {name} has none. Write '{name}'.")
    for part in filter(None, rest.split(",")):
        setting, equals, value = part.rpartition("=")
        setting = setting if equals else next(iter(fields))
        if setting not in fields:
            raise unknown_name(f"setting of {name}", setting, fields)
        settings[setting] = _value(f"{what} {text}: {setting}", value, fields[setting].default)
    made: T = kind(**settings)
    return made


def _value(where: str, text: str, default: object) -> object:
    """The value of a setting, of the type that its default has."""
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text]
        if isinstance(default, tuple):
            return tuple(float(part) for part in text.split("/"))
        return int(text) if isinstance(default, int) else float(text)
    except (ValueError, KeyError):
        shown = "/".join(map(str, default)) if isinstance(default, tuple) else default
        raise InputError(
            f"{where}: got '{text}', expected a value such as {shown}, its default."
        ) from None
