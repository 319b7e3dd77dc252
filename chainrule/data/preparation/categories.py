"""A column of categories: one feature each, 1 for the category of the row and 0 for the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.record import Json, read_record

MOST_CATEGORIES = 1000
FEW = 20  # so many distinct values are categories even if each appears once


@dataclass(frozen=True)
class Categories:
    """x'_k = 1 if x is the category k, else 0 (one-hot).

    A missing value is a category of its own if values were missing in training. A category that
    was not met in training is none of the known ones: all features are 0.
    """

    name: str
    categories: tuple[str, ...]
    has_missing: bool
    rarer: int  # categories beyond the 1000 most frequent

    @classmethod
    def fit(cls, name: str, values: NDArray[np.object_]) -> Categories:
        """Learn from the training values, (rows,), each a str or None for a missing one."""
        counts = Counter(values.tolist())
        has_missing = counts.pop(None, 0) > 0
        by_frequency = sorted(counts, key=lambda category: (-counts[category], category))
        kept = tuple(sorted(by_frequency[:MOST_CATEGORIES]))
        return cls(name, kept, has_missing, len(counts) - len(kept))

    def apply(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, categories), a missing one last."""
        places = self._places(values)
        features = np.zeros((len(values), len(self.feature_names)), np.float32)
        known = np.flatnonzero(places >= 0)
        features[known, places[known]] = 1
        return features

    def unmet(self, values: NDArray[np.object_]) -> int:
        """How many values are none of the categories, and so are zeros in all features."""
        return int((self._places(values) < 0).sum())

    def _places(self, values: NDArray[np.object_]) -> NDArray[np.int64]:
        place_of: dict[str | None, int] = {c: place for place, c in enumerate(self.categories)}
        if self.has_missing:
            place_of[None] = len(self.categories)
        return np.fromiter((place_of.get(value, -1) for value in values), np.int64, len(values))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What each feature is."""
        names = tuple(f"{self.name} = {category}" for category in self.categories)
        return (*names, f"{self.name} is missing") if self.has_missing else names

    @property
    def note(self) -> str | None:
        """What a person should know about it."""
        if not self.rarer:
            return None
        return (
            f"column '{self.name}' has {len(self.categories) + self.rarer:,} categories: the "
            f"{self.rarer:,} least frequent ones are treated alike"
        )

    def as_json(self) -> Json:
        """Its fields."""
        return {
            "kind": "category",
            "name": self.name,
            "categories": list(self.categories),
            "has_missing": self.has_missing,
            "rarer": self.rarer,
        }

    @classmethod
    def from_json(cls, given: object) -> Categories:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        expected: dict[str, type | str] = {
            "kind": "category",
            "name": str,
            "categories": list,
            "has_missing": bool,
            "rarer": int,
        }
        record = read_record("column of categories", given, expected)
        return cls(
            record["name"], tuple(record["categories"]), record["has_missing"], record["rarer"]
        )


def is_identifier(values: NDArray[np.object_]) -> bool:
    """Whether texts, (rows,), are names or free text: most of them distinct, and more than 20.

    Such a column tells rows apart and says nothing that holds for others; a network would learn
    the training rows by heart from it.
    """
    known = [value for value in values if value is not None]
    distinct = len(set(known))
    return distinct > FEW and 2 * distinct > len(known)
