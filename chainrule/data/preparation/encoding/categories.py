"""The base class of encodings of categorical columns, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.spellings import Spellings, respelled
from chainrule.data.columns.text import frequent_categories
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.preparation.json_fields import Json, read_fields
from chainrule.data.preparation.scaling import Scaling
from chainrule.data.preparation.weighted import counted
from chainrule.registry import Registry

MAX_CATEGORIES = 1000
MAX_EXAMPLES = 3
MIN_JUDGED = 10  # values that must be there to call all of them unknown


@dataclass(frozen=True)
class Categories(ABC):
    """Base class of encodings: the categories of the training rows, each with its index.

    Rare categories, by `frequent_categories`, and those beyond the 1000 most frequent share one
    index. So do categories that are not in the training rows, so that the network learns from rare
    categories what to do with unknown ones.

    Attributes:
        kind: name of the encoding in the registry and in model files.
        name: of the column.
        categories: those that are not rare, in the order of their indices.
        has_missing: whether values were missing in training.
        rarer: number of rare categories.
        rare: examples of them, for the note; empty in a model that was loaded.
    """

    kind: ClassVar[str]
    name: str
    categories: tuple[str, ...]
    has_missing: bool
    rarer: int
    rare: tuple[str, ...] = field(default=(), kw_only=True, compare=False)

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.object_],
        scaling: type[Scaling],
        levels: Sequence[str] | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> Categories:
        """Fit to training values, (rows,), each a str or None for a missing one.

        Args:
            name: of the column.
            values: of the training rows, not all missing.
            scaling: for an encoding with a numeric feature.
            levels: all categories in their order, for an encoding that uses it; None if they are in
                numeric or alphabetical order.
            weights: of the rows, (rows,), as numbers of rows; None if all are 1.
        """
        counts = counted(values, weights)
        has_missing = counts.pop(None, 0) > 0
        kept = frequent_categories(counts)[:MAX_CATEGORIES]
        rare = sorted(counts.keys() - set(kept))
        examples = tuple(rare[:MAX_EXAMPLES])
        return cls(name, tuple(sorted(kept)), has_missing, len(rare), rare=examples)

    @abstractmethod
    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """Return the features of values, (rows,), as (rows, features)."""

    @property
    @abstractmethod
    def feature_names(self) -> tuple[str, ...]:
        """The name of each feature."""

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """For each feature the number of its codes, or 0 if it is numeric."""
        return (0,) * len(self.feature_names)

    def note_on(self, values: NDArray[np.object_]) -> str | None:
        """Return a note on unknown categories and other spellings, with examples, or None."""
        counts = Counter(value for value in values.tolist() if value is not None)
        unknown = [text for text in counts if self._spellings.find(text) is None]
        notes = []
        if unknown:
            rows = sum(counts[text] for text in unknown)
            verb = "was" if rows == 1 else "were"
            rare = "rare or " if self.rarer else ""
            count = pluralised(rows, "value")
            examples = quoted_list(unknown, most=MAX_EXAMPLES)
            notes.append(f"{count} ({examples}) {verb} {rare}not seen in training")
        if others := respelled(self._spellings, counts):
            rows = sum(counts[text] for text in others)
            verb = "is" if rows == 1 else "are"
            notes.append(
                f"{pluralised(rows, 'value')} such as '{others[0]}' {verb} read as "
                f"'{self._spellings.find(others[0])}'"
            )
        if not self.has_missing and (missing := len(values) - counts.total()):
            verb = "is" if missing == 1 else "are"
            notes.append(
                f"{pluralised(missing, 'value')} {verb} missing, and none was in the training rows"
            )
        return f"column '{self.name}': {'; '.join(notes)}" if notes else None

    def are_unknown(self, values: NDArray[np.object_]) -> bool:
        """Return whether there are 10 values or more, and none is a known category."""
        known = [value for value in values.tolist() if value is not None]
        return len(known) >= MIN_JUDGED and all(
            self._spellings.find(text) is None for text in set(known)
        )

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.categories)

    def indices(self, values: NDArray[np.object_]) -> NDArray[np.int64]:
        """Return the category index of each value, (rows,).

        The categories are followed by the index of all rare ones, if there are any, and that of
        missing values, if there were any in training. Unknown values have the index of rare ones,
        or -1 if there are none.
        """
        index_of = {category: index for index, category in enumerate(self.categories)}
        end = len(self.categories) + (self.rarer > 0)
        unknown = end - 1 if self.rarer else -1
        texts = values.tolist()
        indices: dict[str | None, int] = {}
        for text in set(texts):
            if text is None:
                indices[text] = end if self.has_missing else unknown
            else:
                same = self._spellings.find(text)
                indices[text] = unknown if same is None else index_of[same]
        return np.fromiter((indices[text] for text in texts), np.int64, len(texts))

    @property
    def note(self) -> str | None:
        """A note for the user, or None."""
        if not self.rarer:
            return None
        total = len(self.categories) + self.rarer
        rarest, verb = ("one", "is") if self.rarer == 1 else (f"{self.rarer:,}", "are")
        examples = quoted_list(self.rare) + (", ..." if len(self.rare) < self.rarer else "")
        return (
            f"column '{self.name}' has {total:,} categories: the rarest {rarest} ({examples}) "
            f"{verb} treated like unknown ones"
        )

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {
            "kind": self.kind,
            "name": self.name,
            "categories": list(self.categories),
            "has_missing": self.has_missing,
            "rarer": self.rarer,
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        return cls(**cls._fields(value))

    @classmethod
    def _fields(cls, value: object, **more: type) -> Json:
        """Return the fields by name, with the additional fields of an encoding."""
        expected: dict[str, type | str] = {
            "kind": cls.kind,
            "name": str,
            "categories": list,
            "has_missing": bool,
            "rarer": int,
        }
        fields = read_fields("column of categories", value, {**expected, **more})
        del fields["kind"]
        return {**fields, "categories": tuple(fields["categories"])}


ENCODINGS: Registry[type[Categories]] = Registry("encoding")

T = TypeVar("T", bound=type[Categories])


def encoding(name: str) -> Callable[[T], T]:
    """Register a class as the encoding of that name."""
    return ENCODINGS.register(name, mark="kind")
