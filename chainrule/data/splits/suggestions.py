"""Suggestions of columns to split by: groups and times. They are only suggested, never used.

The rules are narrow on purpose: users stop reading hints that are often wrong.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal

import numpy as np

from chainrule.data.columns.dates import infer_dates
from chainrule.data.columns.text import name_words
from chainrule.data.table import Column, Table

# Entities that may have several rows. In the singular: a column "households" counts them.
ENTITY_WORDS = (
    *("account", "animal", "author", "client", "customer", "device", "donor", "employee"),
    *("family", "household", "machine", "member", "participant", "patient", "person", "player"),
    *("respondent", "sensor", "session", "speaker", "student", "subject", "user", "vehicle"),
    *("visitor", "worker"),
)
# Words for identifiers: the first stand alone, the second follow the name of an entity.
ID_WORDS = ("id", "identifier", "uuid")
NUMBER_WORDS = ("code", "key", "no", "nr", "number")
# Words for dates that do not order the rows.
BIRTH_WORDS = frozenset({"birth", "birthdate", "birthday", "born", "dob"})

MIN_GROUPS = 20
MIN_SHARED_ROWS = 0.5
MIN_TIMES = 10


SuggestionKind = Literal["group", "time"]


@dataclass(frozen=True)
class SplitSuggestion:
    """A column that looks like a group or a time.

    Attributes:
        column: the name of the column.
        kind: "group" or "time".
        values: number of distinct values.
        rows: number of rows that have a value.
    """

    column: str
    kind: SuggestionKind
    values: int
    rows: int

    def __str__(self) -> str:
        """Return what the column looks like, why, and the option that splits by it."""
        option = shlex.quote(self.column)
        look = f"column '{self.column}' looks like a {self.kind}: {self.values:,} values"
        if self.kind == "time":
            return f"{look}. If the model will predict the future, use --time {option}"
        return (
            f"{look}, {self.rows / self.values:.1f} rows each. If new data has new values of it, "
            f"use --group {option}"
        )


def suggest_splits(table: Table) -> tuple[SplitSuggestion, ...]:
    """Return the columns of a table that look like a group or a time.

    The name of a group ends in an entity such as "patient" or "user", which "number" may follow, or
    in "id". It has at least 20 distinct values, so that it is no ordinary category, and at least
    half of the rows share their value with another, so that it does not number the rows. The values
    are texts or whole numbers.
    A time is a column of dates, by its type or as text, with at least 10 distinct values; dates of
    birth are excluded.
    """
    suggestions = []
    for column in table.columns:
        present = column.take(~column.missing)
        kind = _kind(present)
        if kind is None:
            continue
        values, counts = np.unique(present.categories().astype(str), return_counts=True)
        shared = int(counts[counts > 1].sum())
        enough = len(values) >= MIN_TIMES
        if kind == "group":
            enough = len(values) >= MIN_GROUPS and shared >= MIN_SHARED_ROWS * len(table)
        if enough:
            suggestions.append(SplitSuggestion(column.name, kind, len(values), len(present)))
    return tuple(suggestions)


def _kind(present: Column) -> SuggestionKind | None:
    """Return the kind that the name and the type suggest, whatever the number of values."""
    words = name_words(present.name)
    if _is_time(words, present):
        return "time"
    whole = present.kind == "category" or (present.values == np.floor(present.values)).all()
    return "group" if whole and _names_a_group(words) else None


def _is_time(words: list[str], present: Column) -> bool:
    if len(present) == 0 or not BIRTH_WORDS.isdisjoint(words):
        return False
    return infer_dates(present) is not None


def _names_a_group(words: list[str]) -> bool:
    *_, before, last = ["", "", *words]
    return (
        last in ENTITY_WORDS
        or last in ID_WORDS
        or (last in NUMBER_WORDS and before in ENTITY_WORDS)
    )
