"""Selection of the columns to read, and refusal of options that a source does not support."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.data.formatting import quoted_list
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Declared, UnusableColumn, unknown_column
from chainrule.errors import InputError, nearest, refuse

# The kind of source that supports each of these options.
ONLY_FOR = {
    **dict.fromkeys(("missing", "categorical", "role", "date_form", "drop"), "a table"),
    "query": "a database",
    "text_encoding": "text",
    "delimiter": "CSV",
    "decimal": "a table",
    "header_row": "CSV or a workbook",
    "no_header": "CSV or a workbook",
    "skip_rows": "CSV or a workbook",
    "sheet": "a workbook",
    "keep": "a table in a file or a database",
    "keep_missing": "a table",
    "path_column": "a table that names files of pictures",
    "picture_size": "separate files of pictures",
    "unreadable_share": "separate files of pictures",
}


def refuse_options(options: ReadOptions, source: str, names: Sequence[str]) -> None:
    """Refuse options that a kind of source does not support.

    Args:
        options: the options that the user set.
        source: the kind of source, for messages.
        names: options that it does not support; another kind of source supports all of them.
    Raises:
        InputError: one of them is set.
    """
    defaults = ReadOptions()
    given = [name for name in names if getattr(options, name) != getattr(defaults, name)]
    if given:
        flags = " or ".join(f"--{name.replace('_', '-')}" for name in given)
        it = "them" if len(given) > 1 else "it"
        raise InputError(
            f"got {flags} for {source}, expected {it} for {ONLY_FOR[given[0]]} only. "
            f"Leave {it} out."
        )


def match_names(options: ReadOptions, known: Sequence[str]) -> ReadOptions:
    """Return the options with the names of the source, where those given differ in outer blanks.

    A name that the source has as it is given stays, and so does one that could be several.
    """

    def match(name: str) -> str:
        similar = [other for other in known if other.strip() == name.strip()]
        return similar[0] if name not in known and len(similar) == 1 else name

    changes: dict[str, object] = {}
    for field in ("categorical", "columns", "drop", "keep"):
        names = getattr(options, field)
        if names and (matched := tuple(map(match, names))) != names:
            changes[field] = matched
    if options.target is not None and match(options.target) != options.target:
        changes["target"] = match(options.target)
    role = {match(name): role for name, role in options.role.items()}
    if role != options.role:
        changes["role"] = role
    return options.updated(**changes) if changes else options


def select_columns(options: ReadOptions, source: str, known: list[str]) -> list[str]:
    """Return the names of the columns to read, the target last.

    Args:
        options: with the names of the target and, optionally, of the columns.
        source: the name of the file.
        known: the columns of the file.
    Raises:
        InputError: the file lacks a named column, or has no column besides the target.
    """
    if not known:
        raise InputError(
            f"{source}: got no columns, expected columns of values. Give another source."
        )
    if options.target is not None and options.target not in known:
        refuse(unknown_column(source, "target", options.target, known))
    for name in () if options.columns is not None else options.categorical:
        if name not in known:
            refuse(unknown_column(source, "categorical column", name, known))
    for name in options.keep:
        if name not in known:
            raise unknown_column(source, "column to keep", name, known)
    _check_dropped(options, source, known)
    wanted = known if options.columns is None else options.columns
    missing = [name for name in wanted if name not in known]
    if missing:
        hints = [f"'{near}' for '{name}'" for name in missing if (near := nearest(name, known))]
        hint = f" There is {', '.join(hints)}." if hints else ""
        raise InputError(
            f"{source}: got no column {quoted_list(missing)}, expected all of the columns that the "
            f"model was trained on or that you named.{hint} Add what is missing; its columns "
            f"are: {quoted_list(known)}."
        )
    names = [name for name in wanted if name not in (options.target, *options.drop)]
    if options.columns is None and not names:
        raise InputError(
            f"{source}: got only the target column '{options.target}', expected other columns to "
            "predict it from. Add columns to the file."
        )
    return [*names, options.target] if options.target in known else names


def _check_dropped(options: ReadOptions, source: str, known: list[str]) -> None:
    """Check that the columns to drop exist, and that nothing else is asked of them."""
    for name in options.drop:
        if name not in known and options.columns is None:
            refuse(unknown_column(source, "column to drop", name, known))
        uses = {
            "the target": [options.target],
            "a role": options.role,
            "categorical": options.names,
        }
        for use, names in uses.items():
            if name in names:
                raise InputError(
                    f"{source}: got the column '{name}' to drop and as {use}, expected one of the "
                    "two. Leave out --drop or the other."
                )


def select_usable_columns(
    options: ReadOptions, source: str, known: list[str], types: dict[str, str]
) -> tuple[list[str], list[str]]:
    """Return the selected columns of usable types, and notes on the others.

    Args:
        options: with the names of the target and, optionally, of the columns.
        source: the name of the file.
        known: the columns of the file.
        types: the types of the columns that can't be used, for messages.
    Raises:
        InputError: as `select_columns`; or one of these columns is required, or none is left.
    """
    names = select_columns(options, source, known)
    needed = (options.target, *(options.columns or ()))
    unusable = [name for name in names if name in types]
    if refused := [name for name in unusable if name in needed]:
        raise InputError(
            f"{source}: got the column {quoted_list(refused)} of type {types[refused[0]]}, "
            "expected numbers, text, truth values or dates. Convert it before, or choose other "
            "columns."
        )
    usable = [name for name in names if name not in types]
    if not set(usable) - {options.target} and options.columns is None:
        raise InputError(
            f"{source}: got no column of numbers, text, truth values or dates to learn from, "
            f"but {quoted_list(unusable)} of type {next(iter(types.values()))}. Convert the "
            "columns before."
        )
    return usable, [UnusableColumn.of(source, name, types[name]) for name in unusable]


def notes_on_ignored(options: ReadOptions, source: str, known: Sequence[str]) -> list[str]:
    """Return notes on the columns that are not read, as the options name those to read or to drop.

    Args:
        options: with the names of the columns to read, or to drop.
        source: the name of the file.
        known: the columns of the file.
    """
    wanted = known if options.columns is None else (*options.columns, options.target, *options.keep)
    dropped = [name for name in known if name in options.drop]
    others = [name for name in known if name not in wanted and name not in dropped]
    notes = []
    if others:
        ignored = quoted_list(others)
        notes.append(f"{source}: columns that the model does not need are ignored: {ignored}")
    if dropped:
        notes.append(f"{source}: left out as you dropped them: {quoted_list(dropped)}")
    return notes


def declared_kind(options: ReadOptions, name: str, *, is_date: bool = False) -> Declared | None:
    """Return the declared kind of a column, by the options or by its type."""
    if name in options.names:
        return "category"
    return "date" if is_date else None
