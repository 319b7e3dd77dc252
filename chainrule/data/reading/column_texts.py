"""The texts of a column as they stand in a source, and the values that they become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_number
from chainrule.data.read_options import ReadOptions
from chainrule.data.reading.text_profile import TextProfile
from chainrule.data.table import Column, Declared
from chainrule.data.value_form import ValueForm, marks_missing


@dataclass(frozen=True, eq=False)
class ColumnTexts:
    """The texts of a column.

    Attributes:
        name: of the column.
        values: (rows,) texts, with None where the source has no value.
        rows: number of rows of each distinct text, in the order of their first rows.
        known: each distinct text without blanks around it; None if it marks a missing value.
        levels: all possible categories in their order, where the source declares them.
    """

    name: str
    values: NDArray[np.object_]
    rows: Counter[str]
    known: Mapping[str, str | None]
    levels: tuple[str, ...] | None = None

    @classmethod
    def of(cls, column: Column, options: ReadOptions) -> ColumnTexts:
        """Return the texts of a column of texts as they are written."""
        marks = frozenset(options.missing_texts_of(column.name))
        rows = Counter(column.values.tolist())
        rows.pop(None, None)
        stripped = {text: text.strip() for text in rows}
        known = {text: None if bare in marks else bare for text, bare in stripped.items()}
        levels = None
        if column.levels is not None:
            bare_levels = dict.fromkeys(level.strip() for level in column.levels)
            levels = tuple(level for level in bare_levels if level not in marks)
        return cls(column.name, column.values, rows, known, levels)

    @cached_property
    def counts(self) -> Counter[str]:
        """The number of rows of each text without blanks, in order of their first row."""
        counts: Counter[str] = Counter()
        for text, rows in self.rows.items():
            if (bare := self.known[text]) is not None:
                counts[bare] += rows
        return counts

    @cached_property
    def marks(self) -> Counter[str]:
        """The number of rows of each mark of a missing value; empty texts are none."""
        marks: Counter[str] = Counter()
        for text, rows in self.rows.items():
            if self.known[text] is None and (bare := text.strip()):
                marks[bare] += rows
        return marks

    @cached_property
    def profile(self) -> TextProfile:
        """What the texts could mean."""
        profile = TextProfile()
        for text, rows in self.counts.items():
            profile.add(text, rows)
        return profile

    def first_row(self, text: str) -> int:
        """Return the index of the first row with a text, given without blanks around it."""
        values = enumerate(self.values.tolist())
        return next(row for row, value in values if value is not None and self.known[value] == text)

    def as_texts(self, declared: Declared | None) -> Column:
        """Return the column as texts."""
        return Column(self.name, self._mapped(self.known.get), self.levels, declared)

    def as_numbers(self, form: ValueForm) -> Column:
        """Return the column as numbers, NaN where a text is none in that form.

        It has the texts, too, if the numbers do not show how they are written.
        """
        numbers = {
            text: None if bare is None else form.number(bare) for text, bare in self.known.items()
        }
        values = self._mapped(numbers.get).astype(np.float64)  # None becomes NaN
        texts = None if self._are_canonical(numbers) else self._mapped(self._label)
        return Column(self.name, values, texts=texts)

    def _label(self, text: str) -> str | None:
        """Return a text that is no mark of a missing value."""
        bare = self.known[text]
        return None if bare is None or marks_missing(bare) else bare

    def _are_canonical(self, numbers: Mapping[str, float | None]) -> bool:
        """Return whether each number is written as `format_number` would."""
        return all(
            self.known[text] == format_number(number)
            for text, number in numbers.items()
            if number is not None
        )

    def _mapped(self, value_of: Callable[[str], Any]) -> NDArray[np.object_]:
        """Return the value of each text, computed once for equal texts, and None for None."""
        values: dict[str | None, Any] = {text: value_of(text) for text in self.known}
        values[None] = None
        mapped = np.empty(len(self.values), np.object_)
        mapped[:] = [values[text] for text in self.values.tolist()]
        return mapped
