"""Options: records whose fields are declared once, with type, default, group, help and example.

Settings of training, options of reading and the options of a network are such records. From the
declaration come the keys of TOML files, the options of the command line and its help, the keyword
arguments in Python, and the errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from chainrule.errors import InputError, nearest, unknown_name
from chainrule.ranges import Range

# The headings under which help lists options, in this order.
DATA = "Data"
PREPARATION = "Preparation"
NETWORK = "Network"
TRAINING = "Training"
REGULARISATION = "Regularisation and stopping"
GROUPS = (DATA, PREPARATION, NETWORK, TRAINING, REGULARISATION)

# The numbers that several options take; errors describe them by their bounds.
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def split_text(value: object) -> object:
    """Split a text such as "64,32", as the command line has a list."""
    if not isinstance(value, str):
        return value
    return value.split(",") if value.strip() else []


# Where options come from: how their names are written, and lists among them.
COMMAND_LINE = "--"


@dataclass(frozen=True, kw_only=True)
class Option:
    """The declaration of an option, in addition to the type and the default of its field.

    Attributes:
        help: what it does, in one or two sentences.
        metavar: what it takes, in one word, for help.
        group: the heading under which help lists it.
        expects: what it takes, in words, for errors; by default what its type says.
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
            import_attribute(self.names)[value]  # a registry raises InputError for an unknown name
        if value is not None and self.parse:
            import_attribute(self.parse)(value)
        return value

    def describe(self, name: str, field: FieldInfo, where: str) -> str:
        """Describe what it takes, with an example, for an error.

        Args:
            name: of the option.
            field: that it declares.
            where: it was given, as for `validate`.
        """
        example = self.example
        if where != COMMAND_LINE and "," in example:
            example = f"[{', '.join(example.split(','))}]"
        if example.startswith("["):
            example = f"{name} = {example}"
        expects = self.expects or str(_range(field))
        return f"{expects}, such as {example}{self.remark}"


class Options(BaseModel):
    """A record of options. Each field is annotated with its `Option`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def declarations(cls) -> dict[str, Option]:
        """The declaration of each option by its name, in the order of the groups."""
        found = {name: option_of(field) for name, field in cls.model_fields.items()}
        return dict(sorted(found.items(), key=lambda item: GROUPS.index(item[1].group)))

    def explicit(self) -> dict[str, Any]:
        """The options that were given, by name; the others have their defaults."""
        return {n: getattr(self, n) for n in type(self).model_fields if n in self.model_fields_set}

    def subset(self, record: type[AnyOptions]) -> AnyOptions:
        """The given ones of those options that another record has."""
        return record(**{n: v for n, v in self.explicit().items() if n in record.model_fields})


AnyOptions = TypeVar("AnyOptions", bound=Options)


def option_of(field: FieldInfo) -> Option:
    """The declaration in the annotation of a field."""
    return next(metadata for metadata in field.metadata if isinstance(metadata, Option))


def import_attribute(place: str) -> Any:
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
    known = _known_names(record, where)
    try:
        made = record(**given)
        problems = [_unknown(name, known, where) for name in given if name not in known]
    except ValidationError as error:
        problems = [*_problems(error, record, given, where)]
    if problems:
        raise InputError("\n".join(problems))
    return made


def _known_names(record: type[Options], where: str) -> list[str]:
    """The options that can be given there: those of Python alone are not for files."""
    declared = record.declarations().items()
    return sorted(name for name, option in declared if not (where and option.python_only))


def _unknown(name: str, known: Sequence[str], where: str) -> str:
    near = nearest(name, known)
    question = f" Did you mean '{near}'?" if near else ""
    return (
        f"{_written(name, where)}: got an option that is not known.{question} Known are: "
        f"{', '.join(known)}."
    )


def _written(name: str, where: str) -> str:
    return where + (name.replace("_", "-") if where == COMMAND_LINE else name)


def _problems(
    error: ValidationError, record: type[Options], given: Mapping[str, Any], where: str
) -> Iterator[str]:
    """A line for each option that is wrong: what was given, what is expected, an example."""
    for name, message in {str(p["loc"][0]): _message(p) for p in error.errors()}.items():
        if name not in record.model_fields:
            yield _unknown(name, _known_names(record, where), where)
            continue
        written = _written(name, where)
        field, value = record.model_fields[name], given[name]
        option, names = option_of(field), list(literal_values(field.annotation))
        if message:
            yield f"{written}: {message}"
        elif names and not option.expects:
            yield f"{written}: {unknown_name(name, str(value), names)}"
        else:
            shown = f"'{value}'" if isinstance(value, str | Path) else str(value)
            expected = option.describe(name, field, where)
            yield f"{written}: got {shown}, expected {expected}."


def _message(problem: Mapping[str, Any]) -> str:
    """The words of the InputError that a check raised; nothing if it was another error."""
    cause = problem.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, InputError) else ""


def _range(field: FieldInfo) -> Range | None:
    """The numbers that a field admits, also where it is optional."""
    if field.annotation in (int, float):  # pydantic has moved the bounds to the field itself
        return _bounded(field.annotation, field.metadata)
    for part in get_args(field.annotation):
        if get_origin(part) is Annotated:
            number, *metadata = get_args(part)
            constraints = [c for m in metadata if isinstance(m, FieldInfo) for c in m.metadata]
            return _bounded(number, constraints)
    return None


def _bounded(number: object, constraints: Iterable[object]) -> Range:
    bounds = {name: value for constraint in constraints for name, value in _bound(constraint)}
    return Range(**bounds, whole=number is int)


def _bound(constraint: object) -> Iterator[tuple[str, float]]:
    """Yield a bound of pydantic as an argument of `Range`."""
    for theirs, ours in (("ge", "lowest"), ("le", "highest"), ("gt", "above"), ("lt", "below")):
        if hasattr(constraint, theirs):
            yield ours, getattr(constraint, theirs)


def literal_values(annotation: Any) -> Iterable[str]:
    """The values of a literal type, also where it is optional."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return [choice for part in get_args(annotation) for choice in literal_values(part)]
