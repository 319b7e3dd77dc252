"""Registry: methods of one kind by name, such as "adam"."""

from __future__ import annotations

import dataclasses
import pkgutil
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from chainrule.errors import InputError, unknown_name

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
        text: the name, or ``name:setting=value,setting=value``; ``name:value`` sets the first
            setting. Several values of one setting are separated by slashes.
        registry: of dataclasses, each setting with a default.
    Raises:
        InputError: there is no such name or setting, or a value does not fit the setting.

    >>> @dataclasses.dataclass
    ... class Shrink:
    ...     factor: float = 0.1
    ...     at: tuple[float, ...] = (0.5, 0.75)
    >>> named("shrink:factor=0.5,at=0.2/0.4/0.6", Registry("schedule", shrink=Shrink))
    Shrink(factor=0.5, at=(0.2, 0.4, 0.6))
    """
    name, _, rest = text.partition(":")
    kind: Any = registry[name]
    fields = {field.name: field for field in dataclasses.fields(kind)}
    if rest and not fields:
        raise InputError(
            f"{registry.what} {text}: got a setting, but {name} has none. Write '{name}'."
        )
    settings = {}
    for part in filter(None, rest.split(",")):
        setting, equals, value = part.rpartition("=")
        setting = setting if equals else next(iter(fields))
        if setting not in fields:
            raise unknown_name(f"setting of {name}", setting, fields)
        where = f"{registry.what} {text}: {setting}"
        settings[setting] = _value(where, value, fields[setting].default)
    method: T = kind(**settings)
    return method


def _value(where: str, text: str, default: object) -> object:
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
        shown = "/".join(map(str, default)) if isinstance(default, tuple) else default
        raise InputError(
            f"{where}: got '{text}', expected a value such as {shown}, its default."
        ) from None
