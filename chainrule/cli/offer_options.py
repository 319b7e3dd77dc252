"""Offer the fields of a record of options on the command line.

Values arrive as text, so that a mistake gets the same message wherever it was made.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import typer
from pydantic.fields import FieldInfo

from chainrule.options import Option, Options

Command = TypeVar("Command", bound=Callable[..., None])

# Options that are written without a value, short for others.
Flags = Sequence[tuple[str, Option]]


def add_options(
    record: type[Options], *, leave_out: Sequence[str] = (), flags: Flags = ()
) -> Callable[[Command], Command]:
    """Give a command, in place of its ``**options``, the fields of a record for Typer to find.

    Help lists the basic ones, --help-all all of them.
    Args:
        record: whose fields are offered, in the order of their groups.
        leave_out: fields that the command has as arguments, or does not take.
        flags: further options, with their names.
    """
    declared = {
        name: option
        for name, option in record.declarations().items()
        if name not in leave_out and not option.python_only
    }
    offered = [_parameter(n, option, record.model_fields[n]) for n, option in declared.items()]
    offered += [_flag(name, option) for name, option in flags]

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        all_options = [] if all(option.basic for option in declared.values()) else [_help_all()]
        parameters = sorted([*own, *offered, *all_options], key=lambda parameter: parameter.kind)
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # as inspect documents
        return command

    return decorate


def unwrapped(text: str) -> str:
    """Return a docstring with each paragraph on one line; indented lines stay as they are.

    >>> print(unwrapped("Train a network.\\n\\n    Explain the result\\n    in a report."))
    Train a network.
    <BLANKLINE>
    Explain the result in a report.
    """
    return re.sub(r"(?<!\n)\n(?![\n ])", " ", inspect.cleandoc(text))


def help_text(option: Option, field: FieldInfo) -> str:
    """The help of an option, with what happens without it."""
    default = option.default
    value = field.get_default(call_default_factory=True)
    if not default and value is not None and value is not False and value != () and value != {}:
        default = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    # A bracket is written \\[ in help, which would read it as a style otherwise.
    return f"{option.help} \\[default: {default}]" if default else option.help


def _parameter(name: str, option: Option, field: FieldInfo) -> inspect.Parameter:
    flag = field.annotation is bool
    takes: Any = bool if flag else list[str] if option.repeatable else str
    return _declare(name, option, takes, help_text(option, field))


def _flag(name: str, option: Option) -> inspect.Parameter:
    return _declare(name, option, bool, option.help)


def _declare(name: str, option: Option, takes: Any, text: str) -> inspect.Parameter:
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
        annotation=Annotated[takes | None, declared],
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


def _show_all(context: typer.Context, wanted: bool | None) -> None:
    if wanted:
        for parameter in context.command.params:
            if isinstance(parameter, typer.core.TyperOption):
                parameter.hidden = False
        typer.echo(context.get_help())
        raise typer.Exit
