"""A column of categories: those that are known, and the registry of the ways to encode them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.text import frequent_categories
from chainrule.data.formatting import pluralised
from chainrule.data.preparation.json_fields import Json, read_fields
from chainrule.data.preparation.scaling import Scaling
from chainrule.registry import Registry

MAX_CATEGORIES = 1000


@dataclass(frozen=True)
class Categories(ABC):
    """The categories that training rows have, each with its place; kinds differ in the features.

    Rare categories, by `frequent_categories`, and those beyond the 1000 most frequent share one
    place, as do categories that are met only later. So what is done with a category never met is
    learned, from those seldom met.

    Attributes:
        kind: name of the encoding in the registry and in model files.
        name: of the column.
        categories: that are not rare, in the order of their places.
        has_missing: whether values were missing in training.
        rarer: number of the other categories.
    """

    kind: ClassVar[str]
    name: str
    categories: tuple[str, ...]
    has_missing: bool
    rarer: int

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.object_],
        scaling: type[Scaling],
        levels: Sequence[str] | None = None,
    ) -> Categories:
        """Learn from training values, (rows,), each a str or None for a missing one.

        Args:
            name: of the column.
            values: of the training rows, not all missing.
            scaling: for an encoding whose feature is a quantity.
            levels: all categories in their order, for an encoding that has one; None if they come
                in no order but that of numbers or the alphabet.
        """
        counts = Counter(values.tolist())
        has_missing = counts.pop(None, 0) > 0
        kept = frequent_categories(counts)[:MAX_CATEGORIES]
        return cls(name, tuple(sorted(kept)), has_missing, len(counts) - len(kept))

    @abstractmethod
    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, features)."""

    @property
    @abstractmethod
    def feature_names(self) -> tuple[str, ...]:
        """The name of each feature."""

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """For each feature the number of codes that it takes, or 0 where it is a number."""
        return (0,) * len(self.feature_names)

    def note_on(self, values: NDArray[np.object_]) -> str | None:
        """What a person should know about values, (rows,): how many are none of the categories."""
        known = {*self.categories, *([None] if self.has_missing else [])}
        unmet = sum(value not in known for value in values)
        if not unmet:
            return None
        verb = "was" if unmet == 1 else "were"
        rare = "rare or " if self.rarer else ""
        return (
            f"column '{self.name}': {pluralised(unmet, 'value')} {verb} {rare}not met in training"
        )

    def places(self, values: NDArray[np.object_]) -> NDArray[np.int64]:
        """The place of each value, (rows,), among the categories.

        Behind the last category come that of all rare ones, if there are any, and that of missing
        values, if they were missing in training. What was not met has the place of rare ones, or
        -1 if there is none.
        """
        place_of: dict[str | None, int] = {c: place for place, c in enumerate(self.categories)}
        behind = len(self.categories) + (self.rarer > 0)
        if self.has_missing:
            place_of[None] = behind
        unmet = behind - 1 if self.rarer else -1
        return np.fromiter((place_of.get(value, unmet) for value in values), np.int64, len(values))

    @property
    def note(self) -> str | None:
        """A note for the user, or None."""
        if not self.rarer:
            return None
        all_of_them = len(self.categories) + self.rarer
        rarest = "one is" if self.rarer == 1 else f"{self.rarer:,} are"
        return (
            f"column '{self.name}' has {all_of_them:,} categories: the rarest {rarest} treated "
            "like those never met"
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
        """The fields by name, with those that an encoding has more."""
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
