"""Registry: methods of one kind by name, such as "adam"."""

from __future__ import annotations

import dataclasses
import pkgutil
import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

from chainrule.errors import InputError, invalid_value, unknown_name
from chainrule.ranges import Range, ranges_of

T = TypeVar("T")
Class = TypeVar("Class")


class Registry(dict[str, T]):
    """A dictionary that raises an `InputError` with the nearest known name for a missing one.

    Attributes:
        what: kind of the entries, for messages, such as "optimizer".

    >>> colours = Registry("colour", red=1, green=2)
    >>> colours["gren"]
    Traceback (most recent call last):
    chainrule.errors.InputError: colour 'gren' is not known. Did you mean 'green'? Known are: \
green, red.
    """

    def __init__(self, what: str, **known: T) -> None:
        super().__init__(**known)
        self.what = what

    def __getitem__(self, name: str) -> T:
        """Return an entry; InputError for anything that is no name, and for an unknown one."""
        if not isinstance(name, str):
            raise unknown_name(self.what, name, self)
        return super().__getitem__(name)

    def __missing__(self, name: str) -> T:
        """Raise InputError: there is no entry of that name."""
        raise unknown_name(self.what, name, self)

    def register(self, name: str, mark: str | None = None) -> Callable[[Class], Class]:
        """Return a decorator that registers a class or function under that name.

        Args:
            name: in the registry.
            mark: attribute of the registered object that is set to the name; None for none.
        Raises:
            TypeError: the name is taken.
        """
        if name in self:
            raise TypeError(f"{self.what} '{name}' is registered already")

        def enter(entry: Class) -> Class:
            if mark is not None:
                setattr(entry, mark, name)
            self[name] = entry  # type: ignore[assignment]  # the decorators that call this are typed
            return entry

        return enter


def import_all(package: str) -> None:
    """Import every file of a package, so that each registers its methods.

    So a new method is one file, and no list of files has to be kept.
    Args:
        package: name of a package that is imported, or is being imported.
    """
    for file in pkgutil.iter_modules(sys.modules[package].__path__):
        import_module(f"{package}.{file.name}")


def named(text: str, registry: Registry[Callable[..., T]] | Registry[type[T]]) -> T:
    """Create the object that a text describes: a registered name, then its settings.

    Makes every method with settings available to the command line and TOML files.
    Args:
        text: the name alone; the name and values of the first settings in their order,
            ``name:value:value``; or settings by name, ``name:setting=value,setting=value``. A
            setting of several values takes them with commas or slashes, ``setting=value,value``.
        registry: of dataclasses, each setting with a default.
    Raises:
        InputError: a name or a setting is unknown, a setting is given twice, or a value does not
            fit the setting.

    >>> @dataclasses.dataclass
    ... class Shrink:
    ...     factor: float = 0.1
    ...     at: tuple[float, ...] = (0.5, 0.75)
    >>> named("shrink:factor=0.5,at=0.2,0.4,0.6", Registry("schedule", shrink=Shrink))
    Shrink(factor=0.5, at=(0.2, 0.4, 0.6))
    """
    name = text.partition(":")[0].strip()
    kind: Any = registry[name]
    defaults = {field.name: field.default for field in dataclasses.fields(kind)}
    where = f"{registry.what} '{text}'"
    ranges = ranges_of(kind)
    method: T = kind(
        **{
            setting: _value(where, setting, value, defaults[setting], ranges.get(setting))
            for setting, value in _assignments(text, where, name, defaults).items()
        }
    )
    return method


def _assignments(
    text: str, where: str, name: str, defaults: Mapping[str, object]
) -> dict[str, str]:
    """Split a text into settings and the texts of their values, several joined by slashes."""
    values: dict[str, str] = {}
    setting, by_name = "", False
    for separator, part in re.findall("([:,])([^:,]*)", text):
        if not defaults:
            raise InputError(f"{where}: got a setting, but {name} has none. Write '{name}'.")
        before, equals, value = map(str.strip, part.rpartition("="))
        if not equals and separator == "," and isinstance(defaults.get(setting), tuple):
            values[setting] += f"/{value}"
            continue
        if not equals and by_name:
            raise InputError(
                f"{where}: got '{value}' after a setting by name, expected setting=value. Put the "
                f"name before it: {name} has {', '.join(defaults)}."
            )
        if not equals and len(values) == len(defaults):
            usual = ":".join([name, *map(_as_text, defaults.values())])
            raise InputError(
                f"{where}: got more than {len(defaults)} settings, expected at most "
                f"{', '.join(defaults)}, such as {usual}."
            )
        by_name = by_name or bool(equals)
        setting = before if equals else list(defaults)[len(values)]
        if setting not in defaults:
            raise unknown_name(f"setting of {name}", setting, defaults)
        if setting in values:
            raise InputError(
                f"{where}: got {setting} twice, {values[setting]} and {value}, expected it once. "
                "Leave one out."
            )
        values[setting] = value
    return values


def _value(where: str, setting: str, text: str, default: object, numbers: Range | None) -> object:
    """Parse the value of a setting as the type of its default."""
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text]
        if isinstance(default, tuple):
            return tuple(float(part) for part in text.split("/"))
        return int(text) if isinstance(default, int) else float(text)
    except (ValueError, KeyError):
        expected = str(numbers) if numbers else _EXPECTED[type(default)]
        raise invalid_value(where, setting, text, expected, _as_text(default)) from None


_EXPECTED = {bool: "true or false", int: "a whole number", float: "a number", tuple: "numbers"}


def _as_text(value: object) -> str:
    """Write a value as `named` reads it."""
    if isinstance(value, tuple):
        return "/".join(map(_as_text, value))
    return str(value).lower() if isinstance(value, bool) else f"{value}"
