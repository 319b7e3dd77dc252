"""Request: which columns of a table are wanted, and how their values are to be understood."""

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.data.spelling import listed
from chainrule.data.table import unknown_column
from chainrule.errors import InputError, nearest

MISSING = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A")


@dataclass(frozen=True)
class Request:
    """What a person wants of a table.

    Attributes:
        target: the column to be learned, or None.
        missing: spellings of a missing value besides the usual ones in `MISSING`.
        categorical: columns whose values are names even if they are written as numbers.
        columns: the only columns to learn from, in this order; None for all but the target.
    """

    target: str | None = None
    missing: Sequence[str] = ()
    categorical: Sequence[str] = ()
    columns: Sequence[str] | None = None

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
        if self.target is not None and self.target not in known:
            raise unknown_column(source, "target", self.target, known)
        for name in self.categorical:
            if name not in known and (self.columns is None or name in self.columns):
                raise unknown_column(source, "categorical column", name, known)
        wanted = known if self.columns is None else self.columns
        lacking = [name for name in wanted if name not in known]
        if lacking:
            hints = [f"'{near}' for '{name}'" for name in lacking if (near := nearest(name, known))]
            hint = f" There is {', '.join(hints)}." if hints else ""
            raise InputError(
                f"{source}: got no column {listed(lacking)}, expected all of the columns that the "
                f"model was trained on.{hint} Add what is missing; its columns are: "
                f"{listed(known)}."
            )
        names = [name for name in wanted if name != self.target]
        if self.columns is None and not names:
            raise InputError(
                f"{source}: got only the target column '{self.target}', expected other columns to "
                "predict it from. Add columns to the file."
            )
        return names if self.target is None else [*names, self.target]
