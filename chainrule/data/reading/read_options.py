"""Request: which columns of a table are wanted, and how their values are to be understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from chainrule.data.formatting import quoted_list
from chainrule.data.table import Declared, unknown_column
from chainrule.errors import InputError, nearest

Decimal = Literal[".", ","]

# What the options are for that are not for everything.
ONLY_FOR = {
    "missing": "a table",
    "query": "a database",
    "text_encoding": "text",
    "decimal": "CSV",
}

MISSING = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A")


@dataclass(frozen=True)
class Request:
    """What a person wants of a table.

    Attributes:
        target: the column to be learned, or None.
        missing: spellings of a missing value besides the usual ones in `MISSING`.
        categorical: columns whose values are names even if they are written as numbers.
        columns: the only columns to learn from, in this order; None for all but the target.
        query: SQL that selects the rows from a database.
        text_encoding: of a text file; None to find it out.
        decimal: the sign before the decimals of a number in a text file; None for what is usual
            there.
    """

    target: str | None = None
    missing: Sequence[str] = ()
    categorical: Sequence[str] = ()
    columns: Sequence[str] | None = None
    query: str | None = None
    text_encoding: str | None = None
    decimal: Decimal | None = None

    def __post_init__(self) -> None:
        if self.decimal not in (None, *get_args(Decimal)):
            raise InputError(
                f"got the decimal sign '{self.decimal}', expected a point or a comma. "
                "Say --decimal . or --decimal , as the numbers are written."
            )

    def refuse(self, what: str, options: Sequence[str]) -> None:
        """Refuse options that mean nothing for what is read.

        Args:
            what: is read, in words.
            options: the names of all that are not for it; they are for the same other thing.
        Raises:
            InputError: one of them was given.
        """
        if any(getattr(self, name) for name in options):
            written = " or ".join(f"--{name.replace('_', '-')}" for name in options)
            it = "them" if len(options) > 1 else "it"
            raise InputError(
                f"got {written} for {what}, expected {it} for {ONLY_FOR[options[0]]} only. "
                f"Leave {it} out."
            )

    def usable(
        self, source: str, wanted: list[str], others: dict[str, str]
    ) -> tuple[list[str], list[str]]:
        """The wanted columns that can be learned from, and notes on those that can't.

        Args:
            source: the name of the file.
            wanted: names of columns, the target last.
            others: the type of each column that can't be learned from, in words.
        Raises:
            InputError: one of these has to be there, or nothing else is.
        """
        needed = [n for n in wanted if n in others and n in (self.target, *(self.columns or ()))]
        if needed:
            raise InputError(
                f"{source}: got the column {quoted_list(needed)} of type {others[needed[0]]}, "
                "expected numbers, text, truth values or dates. Convert it before, or choose other "
                "columns."
            )
        notes = [
            f"{source}: column '{name}' is left out, as nothing is learned from type {others[name]}"
            for name in wanted
            if name in others
        ]
        names = [name for name in wanted if name not in others]
        if not set(names) - {self.target} and self.columns is None:
            raise InputError(
                f"{source}: got no column of numbers, text, truth values or dates to learn from, "
                f"but {quoted_list([n for n in wanted if n in others])} of type "
                f"{next(iter(others.values()))}. Convert the columns before."
            )
        return names, notes

    def declared(self, name: str, *, is_date: bool = False) -> Declared | None:
        """What a column is whatever its values look like, as a person or its type (date) says."""
        if name in self.categorical:
            return "category"
        return "date" if is_date else None

    def ignored(self, source: str, known: Sequence[str]) -> list[str]:
        """A note on the columns of a source that are not wanted, if only some are.

        Args:
            source: the name of the file.
            known: the columns that it has.
        """
        wanted = known if self.columns is None else (*self.columns, self.target)
        others = [name for name in known if name not in wanted]
        if not others:
            return []
        return [
            f"{source}: columns that the model does not need are ignored: {quoted_list(others)}"
        ]

    @property
    def missing_spellings(self) -> list[str]:
        """All spellings of a missing value, without blanks around them."""
        return list(dict.fromkeys([*MISSING, *(spelling.strip() for spelling in self.missing)]))

    def names(self, source: str, known: list[str]) -> list[str]:
        """The names of the columns to read, the target last.

        Args:
            source: the name of the file.
            known: the columns that it has.
        Raises:
            InputError: the file lacks a column that was named, or leaves none to learn from.
        """
        if not known:
            raise InputError(
                f"{source}: got no columns, expected columns of values. Give another source."
            )
        if self.target is not None and self.target not in known:
            raise unknown_column(source, "target", self.target, known)
        for name in () if self.columns is not None else self.categorical:
            if name not in known:
                raise unknown_column(source, "categorical column", name, known)
        wanted = known if self.columns is None else self.columns
        lacking = [name for name in wanted if name not in known]
        if lacking:
            hints = [f"'{near}' for '{name}'" for name in lacking if (near := nearest(name, known))]
            hint = f" There is {', '.join(hints)}." if hints else ""
            raise InputError(
                f"{source}: got no column {quoted_list(lacking)}, expected all of the columns that "
                f"the model was trained on or that you named.{hint} Add what is missing; its "
                f"columns are: {quoted_list(known)}."
            )
        names = [name for name in wanted if name != self.target]
        if self.columns is None and not names:
            raise InputError(
                f"{source}: got only the target column '{self.target}', expected other columns to "
                "predict it from. Add columns to the file."
            )
        return names if self.target is None else [*names, self.target]
