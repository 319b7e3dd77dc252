"""Add the fields of a record of options to a command of the command line.

Values are passed as text, so that errors have the same message for every source of options.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import typer
from pydantic.fields import FieldInfo

from chainrule.options import Option, Options

Command = TypeVar("Command", bound=Callable[..., None])

# Options without a value, short for others.
Flags = Sequence[tuple[str, Option]]


def add_options(
    record: type[Options],
    *,
    exclude: Sequence[str] = (),
    flags: Flags = (),
    defaults: Mapping[str, str] | None = None,
) -> Callable[[Command], Command]:
    """Return a decorator that replaces the ``**options`` of a command by the fields of a record.

    --help lists the basic ones, --help-all all of them.
    Args:
        record: the record; its options are sorted by group.
        exclude: fields that the command has as arguments or does not take.
        flags: further options, with their names.
        defaults: descriptions of defaults that differ from those of the record, by name.
    """
    declarations = {
        name: replace(option, default=(defaults or {}).get(name, option.default))
        for name, option in record.declarations().items()
        if name not in exclude and not option.python_only
    }
    added = [_parameter(n, option, record.model_fields[n]) for n, option in declarations.items()]
    added += [_flag(name, option) for name, option in flags]

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        help_all = [] if all(option.basic for option in declarations.values()) else [_help_all()]
        parameters = sorted([*own, *added, *help_all], key=lambda parameter: parameter.kind)
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # as inspect documents
        return command

    return decorate


def join_lines(text: str) -> str:
    """Join the lines of each paragraph of a docstring; indented lines are kept.

    >>> print(join_lines("Train a network.\\n\\n    Explain the result\\n    in a report."))
    Train a network.
    <BLANKLINE>
    Explain the result in a report.
    """
    return re.sub(r"(?<!\n)\n(?![\n ])", " ", inspect.cleandoc(text))


def help_text(option: Option, field: FieldInfo) -> str:
    """Return the help of an option, with its default."""
    default = option.default
    value = field.get_default(call_default_factory=True)
    if not default and value is not None and value is not False and value != () and value != {}:
        default = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    # The bracket is escaped, since Rich would read it as a style.
    return f"{option.help} \\[default: {default}]" if default else option.help


def _parameter(name: str, option: Option, field: FieldInfo) -> inspect.Parameter:
    flag = field.annotation is bool
    value_type: Any = bool if flag else list[str] if option.repeatable else str
    return _declare(name, option, value_type, help_text(option, field))


def _flag(name: str, option: Option) -> inspect.Parameter:
    return _declare(name, option, bool, option.help)


def _declare(name: str, option: Option, value_type: Any, text: str) -> inspect.Parameter:
    declared = typer.Option(
        f"--{name.replace('_', '-')}",
        metavar=option.metavar,
        rich_help_panel=option.group,
        help=text,
        hidden=not option.basic,
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[value_type | None, declared],
    )


def _help_all() -> inspect.Parameter:
    declared = typer.Option(
        "--help-all",
        metavar="",
        help="Show this message with all options and exit.",
        is_eager=True,
        expose_value=False,
        callback=_show_all,
    )
    return inspect.Parameter(
        "help_all",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[bool | None, declared],
    )


def _show_all(context: typer.Context, requested: bool | None) -> None:
    if requested:
        for parameter in context.command.params:
            if isinstance(parameter, typer.core.TyperOption):
                parameter.hidden = False
        typer.echo(context.get_help())
        raise typer.Exit
