"""Options: records whose fields are declared once, with type, default, group, help and example.

Settings of training, options of reading and the options of a network are such records. From the
declaration come the keys of TOML files, the options of the command line and its help, the keyword
arguments in Python, and the errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from chainrule.errors import InputError, nearest, unknown_name

# The headings under which help lists options, in this order.
DATA = "Data"
PREPARATION = "Preparation"
NETWORK = "Network"
TRAINING = "Training"
REGULARISATION = "Regularisation and stopping"
GROUPS = (DATA, PREPARATION, NETWORK, TRAINING, REGULARISATION)

# Where options come from: how their names are written, and lists among them.
COMMAND_LINE = "--"


@dataclass(frozen=True, kw_only=True)
class Option:
    """The declaration of an option, in addition to the type and the default of its field.

    Attributes:
        help: what it does, in one or two sentences.
        metavar: what it takes, in one word, for help.
        group: the heading under which help lists it.
        expects: what it takes, in words, for errors.
        example: a value that works; with commas it is a list on the command line, and written in
            brackets elsewhere.
        remark: a remark behind the example, such as "; 0 is for never".
        default: what happens without it, where the default of the field does not say so.
        names: of a registry, as "module:ATTRIBUTE", of which the value is a name.
        parse: of a function, as "module:function", that raises InputError for a wrong value.
        basic: whether the short help lists it.
        repeatable: whether it can be given several times on the command line.
        only_learning: whether prepared samples do not depend on it, so that trainings that differ
            in it can share them.
        python_only: whether neither the command line nor a TOML file takes it.
    """

    help: str
    metavar: str = ""
    group: str = DATA
    expects: str = ""
    example: str = ""
    remark: str = ""
    default: str = ""
    names: str = ""
    parse: str = ""
    basic: bool = False
    repeatable: bool = False
    only_learning: bool = False
    python_only: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check names and texts when a record is made: registries are imported no sooner."""
        schema = handler(source)
        if not self.names and not self.parse:
            return schema
        return core_schema.no_info_after_validator_function(self._check, schema)

    def _check(self, value: Any) -> Any:
        if value is not None and self.names:
            imported(self.names)[value]  # a registry raises InputError for an unknown name
        if value is not None and self.parse:
            imported(self.parse)(value)
        return value

    def described(self, name: str, where: str) -> str:
        """What it takes, with an example, as an error says it.

        Args:
            name: of the option.
            where: it was given, as for `validate`.
        """
        example = self.example
        if where != COMMAND_LINE and "," in example:
            example = f"[{', '.join(example.split(','))}]"
        if example.startswith("["):
            example = f"{name} = {example}"
        return f"{self.expects}, such as {example}{self.remark}"


class Options(BaseModel):
    """A record of options. Each field is annotated with its `Option`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def declared(cls) -> dict[str, Option]:
        """The declaration of each option by its name, in the order of the groups."""
        found = {name: option_of(field) for name, field in cls.model_fields.items()}
        return dict(sorted(found.items(), key=lambda item: GROUPS.index(item[1].group)))

    def given(self) -> dict[str, Any]:
        """The options that were given, by name; the others have their defaults."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def part(self, record: type[AnyOptions]) -> AnyOptions:
        """The given ones of those options that another record has."""
        return record(**{n: v for n, v in self.given().items() if n in record.model_fields})


AnyOptions = TypeVar("AnyOptions", bound=Options)


def option_of(field: FieldInfo) -> Option:
    """The declaration in the annotation of a field."""
    return next(metadata for metadata in field.metadata if isinstance(metadata, Option))


def imported(place: str) -> Any:
    """The attribute of a module, as "module:ATTRIBUTE"."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def validate(record: type[AnyOptions], given: Mapping[str, Any], where: str = "") -> AnyOptions:
    """Make a record of options, or say all that is wrong with them.

    Args:
        record: to make.
        given: values by name.
        where: stands before each name in messages: COMMAND_LINE, a file, or nothing in Python.
    Raises:
        InputError: a name is unknown (the nearest is offered) or a value can't be used.
    """
    try:
        return record(**given)
    except ValidationError as error:
        raise InputError("\n".join(_problems(error, record, given, where))) from None


def _problems(
    error: ValidationError, record: type[Options], given: Mapping[str, Any], where: str
) -> Iterator[str]:
    """A line for each option that is wrong: what was given, what is expected, an example."""
    for name, message in {str(p["loc"][0]): _message(p) for p in error.errors()}.items():
        written = where + (name.replace("_", "-") if where == COMMAND_LINE else name)
        if name not in record.model_fields:
            near = nearest(name, record.model_fields)
            question = f" Did you mean '{near}'?" if near else ""
            known = ", ".join(sorted(record.model_fields))
            yield f"{written}: got an option that is not known.{question} Known are: {known}."
            continue
        field, value = record.model_fields[name], given[name]
        option, choices = option_of(field), _choices(field.annotation)
        if message:
            yield f"{written}: {message}"
        elif choices and not option.expects:
            yield f"{written}: {unknown_name(name, str(value), choices)}"
        else:
            shown = f"'{value}'" if isinstance(value, str | Path) else str(value)
            yield f"{written}: got {shown}, expected {option.described(name, where)}."


def _message(problem: Mapping[str, Any]) -> str:
    """The words of the InputError that a check raised; nothing if it was another error."""
    cause = problem.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, InputError) else ""


def _choices(annotation: Any) -> Iterable[str]:
    """The values of a literal type, also where it is optional."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return [choice for part in get_args(annotation) for choice in _choices(part)]
