"""Options: what is wrong with those that were given, all of it at once, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from chainrule.errors import InputError, nearest, unknown_name


@dataclass(frozen=True)
class Expected:
    """What a field takes, for messages: in words, and an example that works.

    An example with commas is a list on the command line; elsewhere it is written in brackets.
    """

    what: str
    example: str
    more: str = ""


@dataclass(frozen=True)
class OneOf:
    """The names that a field takes. Also the validator that refuses others."""

    names: Iterable[str]

    def __call__(self, name: str | None) -> str | None:
        """The name; ValueError if it is none of them."""
        if name is not None and name not in self.names:
            raise ValueError
        return name


class Options(BaseModel):
    """A record of options, each with an `Expected` or `OneOf` for messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnyOptions = TypeVar("AnyOptions", bound=Options)

# Where options came from: how their names are written, and lists among them.
COMMAND_LINE = "--"


def validate(kind: type[AnyOptions], given: Mapping[str, Any], where: str = "") -> AnyOptions:
    """The options as that record.

    Args:
        kind: of the record.
        given: by name.
        where: stands before each name in messages: COMMAND_LINE, a file, or nothing in Python.
    Raises:
        InputError: a name is unknown (the nearest is offered) or a value can't be used.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        raise InputError("\n".join(_problems(error, kind, given, where))) from None


def _problems(
    error: ValidationError, kind: type[Options], given: Mapping[str, Any], where: str
) -> Iterator[str]:
    """A line for each option that is wrong: what was given, what is expected, an example."""
    for name, said in {str(p["loc"][0]): _said(p) for p in error.errors()}.items():
        option = where + (name.replace("_", "-") if where == COMMAND_LINE else name)
        if name not in kind.model_fields:
            near = nearest(name, kind.model_fields)
            question = f" Did you mean '{near}'?" if near else ""
            known = ", ".join(sorted(kind.model_fields))
            yield f"{option}: got an option that is not known.{question} Known are: {known}."
            continue
        expected = expected_of(kind.model_fields[name])
        if said:
            yield f"{option}: {said}"
        elif isinstance(expected, OneOf):
            yield f"{option}: {unknown_name(name, str(given[name]), expected.names)}"
        else:
            value = given[name]
            shown = f"'{value}'" if isinstance(value, str | Path) else str(value)
            yield f"{option}: got {shown}, expected {_in_words(expected, name, where)}."


def _said(problem: Mapping[str, Any]) -> str:
    """What a validator said that has words of its own."""
    cause = problem.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, InputError) else ""


def expected_of(field: FieldInfo) -> Expected | OneOf:
    """What a field of a record of options takes."""
    candidates = [getattr(metadata, "func", metadata) for metadata in field.metadata]
    return next(c for c in candidates if isinstance(c, Expected | OneOf))


def _in_words(expected: Expected, name: str, where: str) -> str:
    example = expected.example
    if where != COMMAND_LINE and "," in example:
        example = f"[{', '.join(example.split(','))}]"
    if example.startswith("["):
        example = f"{name} = {example}"
    return f"{expected.what}, such as {example}{expected.more}"
