"""Options: records whose fields are declared once, with type, default, group, help and example.

The settings of training, the read options and the network options are records of this kind. Their
declarations define the keys of TOML files, the options of the command line and their help, the
keyword arguments in Python, and the error messages.
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

# Headings of the help, in this order.
DATA = "Data"
PREPARATION = "Preparation"
NETWORK = "Network"
TRAINING = "Training"
REGULARISATION = "Regularisation and stopping"
GROUPS = (DATA, PREPARATION, NETWORK, TRAINING, REGULARISATION)

# Number types of several options; error messages describe them by their bounds.
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def split_text(value: object) -> object:
    """Split a text such as "64,32", the form of a list on the command line."""
    if not isinstance(value, str):
        return value
    return value.split(",") if value.strip() else []


# The prefix of option names on the command line; lists are written with commas there.
COMMAND_LINE = "--"


@dataclass(frozen=True, kw_only=True)
class Option:
    """The declaration of an option, in addition to the type and the default of its field.

    Attributes:
        help: description, one or two sentences.
        metavar: placeholder of the value in the help.
        group: heading of the help under which it is listed.
        expects: description of valid values for error messages; by default made from the type.
        example: a valid value; commas make it a list on the command line, which is written in
            brackets elsewhere.
        remark: text after the example, such as "; 0 is for never".
        default: description of the default, where the default value alone does not explain it.
        names: registry of the valid values, as "module:ATTRIBUTE".
        parse: function that raises InputError for an invalid value, as "module:function".
        basic: whether the short help lists it.
        repeatable: whether it can be repeated on the command line.
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
        """Check names and texts when a record is made; registries are imported only then."""
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

    def describe(self, name: str, field: FieldInfo, prefix: str) -> str:
        """Describe valid values, with an example, for an error message.

        Args:
            name: the name of the option.
            field: the field that it declares.
            prefix: as for `validate`.
        """
        example = self.example
        if prefix != COMMAND_LINE and "," in example:
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
        """Return the declaration of each option by its name, in the order of the groups."""
        options = {name: option_of(field) for name, field in cls.model_fields.items()}
        return dict(sorted(options.items(), key=lambda item: GROUPS.index(item[1].group)))

    def explicit(self) -> dict[str, Any]:
        """Return the options that were set explicitly, by name; the others have their defaults."""
        return {n: getattr(self, n) for n in type(self).model_fields if n in self.model_fields_set}

    def subset(self, record: type[AnyOptions]) -> AnyOptions:
        """Return a record with those of its options that were set explicitly here."""
        return record(**{n: v for n, v in self.explicit().items() if n in record.model_fields})


AnyOptions = TypeVar("AnyOptions", bound=Options)


def option_of(field: FieldInfo) -> Option:
    """Return the declaration in the annotation of a field."""
    return next(metadata for metadata in field.metadata if isinstance(metadata, Option))


def import_attribute(path: str) -> Any:
    """Return the attribute of a module that a path such as "module:ATTRIBUTE" names."""
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)


def validate(record: type[AnyOptions], values: Mapping[str, Any], prefix: str = "") -> AnyOptions:
    """Make a record of options from their values, checked.

    Args:
        record: the class of the record.
        values: the values by name.
        prefix: text before each name in messages: COMMAND_LINE, a file, or nothing in Python.
    Raises:
        InputError: a name is unknown (the nearest is offered) or a value is invalid; one error
            lists all of them.
    """
    known = _known_names(record, prefix)
    try:
        options = record(**values)
        problems = [_unknown(name, known, prefix) for name in values if name not in known]
    except ValidationError as error:
        problems = [*_problems(error, record, values, prefix)]
    except UnicodeEncodeError as error:
        problems = [f"got a text that is not UTF-8 ({error.object!r}), expected UTF-8. Correct it."]
    if problems:
        raise InputError("\n".join(problems))
    return options


def _known_names(record: type[Options], prefix: str) -> list[str]:
    """Return the names of the options that can be set; outside Python not the Python-only ones."""
    declared = record.declarations().items()
    return sorted(name for name, option in declared if not (prefix and option.python_only))


def _unknown(name: str, known: Sequence[str], prefix: str) -> str:
    near = nearest(name, known)
    question = f" Did you mean '{near}'?" if near else ""
    return (
        f"{_format_name(name, prefix)}: got an option that is not known.{question} Known are: "
        f"{', '.join(known)}."
    )


def _format_name(name: str, prefix: str) -> str:
    return prefix + (name.replace("_", "-") if prefix == COMMAND_LINE else name)


def _problems(
    error: ValidationError, record: type[Options], values: Mapping[str, Any], prefix: str
) -> Iterator[str]:
    """Yield a line for each invalid option: the value, what is expected, and an example."""
    for name, message in {str(p["loc"][0]): _message(p) for p in error.errors()}.items():
        if name not in record.model_fields:
            yield _unknown(name, _known_names(record, prefix), prefix)
            continue
        label = _format_name(name, prefix)
        field, value = record.model_fields[name], values[name]
        option, names = option_of(field), list(literal_values(field.annotation))
        if message:
            yield f"{label}: {message}"
        elif names and not option.expects:
            yield f"{label}: {unknown_name(name, str(value), names)}"
        else:
            text = f"'{value}'" if isinstance(value, str | Path) else str(value)
            expected = option.describe(name, field, prefix)
            yield f"{label}: got {text}, expected {expected}."


def _message(problem: Mapping[str, Any]) -> str:
    """Return the message of the InputError that a check raised; empty for any other error."""
    cause = problem.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, InputError) else ""


def _range(field: FieldInfo) -> Range | None:
    """Return the range of a numeric field, optional or not; None for other fields."""
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
    for bound, argument in (("ge", "lowest"), ("le", "highest"), ("gt", "above"), ("lt", "below")):
        if hasattr(constraint, bound):
            yield argument, getattr(constraint, bound)


def literal_values(annotation: Any) -> Iterable[str]:
    """Return the values of a literal type, optional or not."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return [choice for part in get_args(annotation) for choice in literal_values(part)]
