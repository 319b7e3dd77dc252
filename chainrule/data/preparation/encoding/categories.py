"""A column of categories: those that are known, and the registry of the ways to encode them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.record import Json, read_record
from chainrule.data.preparation.scaling import Scaling
from chainrule.registry import Registry

MOST_CATEGORIES = 1000
FEW = 20  # so many distinct values are categories even if each appears once


@dataclass(frozen=True)
class Categories(ABC):
    """The categories that training rows have, each with its place; kinds differ in the features.

    Attributes:
        kind: name of the encoding in the registry and in model files.
        name: of the column.
        categories: the 1000 most frequent, in the order of their places.
        has_missing: whether values were missing in training.
        rarer: number of categories beyond the 1000; they are as if never met.
    """

    kind: ClassVar[str]
    name: str
    categories: tuple[str, ...]
    has_missing: bool
    rarer: int

    @classmethod
    def fit(cls, name: str, values: NDArray[np.object_], scaling: type[Scaling]) -> Self:
        """Learn from training values, (rows,), each a str or None for a missing one.

        Args:
            name: of the column.
            values: of the training rows, not all missing.
            scaling: for an encoding whose feature is a quantity.
        """
        kept, has_missing, rarer = most_frequent(values)
        return cls(name, tuple(sorted(kept)), has_missing, rarer)

    @abstractmethod
    def apply(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, features)."""

    @property
    @abstractmethod
    def feature_names(self) -> tuple[str, ...]:
        """What each feature is."""

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """For each feature the number of codes that it takes, or 0 where it is a number."""
        return (0,) * len(self.feature_names)

    def unmet(self, values: NDArray[np.object_]) -> int:
        """How many values are none of the categories."""
        return int((self.places(values) < 0).sum())

    def places(self, values: NDArray[np.object_]) -> NDArray[np.int64]:
        """The place of each value, (rows,), among the categories; -1 for none of them.

        A missing value has the place behind the last if values were missing in training.
        """
        place_of: dict[str | None, int] = {c: place for place, c in enumerate(self.categories)}
        if self.has_missing:
            place_of[None] = len(self.categories)
        return np.fromiter((place_of.get(value, -1) for value in values), np.int64, len(values))

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
        """Its kind and its fields."""
        return {
            "kind": self.kind,
            "name": self.name,
            "categories": list(self.categories),
            "has_missing": self.has_missing,
            "rarer": self.rarer,
        }

    @classmethod
    def from_json(cls, given: object) -> Self:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        return cls(**cls._fields(given))

    @classmethod
    def _fields(cls, given: object, **more: type) -> Json:
        """The fields by name, with those that an encoding has more."""
        expected: dict[str, type | str] = {
            "kind": cls.kind,
            "name": str,
            "categories": list,
            "has_missing": bool,
            "rarer": int,
        }
        record = read_record("column of categories", given, {**expected, **more})
        del record["kind"]
        return {**record, "categories": tuple(record["categories"])}


def most_frequent(values: NDArray[np.object_]) -> tuple[list[str], bool, int]:
    """The 1000 most frequent categories, whether values are missing, and how many are rarer."""
    counts = Counter(values.tolist())
    has_missing = counts.pop(None, 0) > 0
    by_frequency = sorted(counts, key=lambda category: (-counts[category], category))
    kept = by_frequency[:MOST_CATEGORIES]
    return kept, has_missing, len(counts) - len(kept)


def distinct(values: NDArray[np.object_]) -> int:
    """How many categories values, (rows,), have; missing is none."""
    return len(set(values.tolist()) - {None})


def is_identifier(values: NDArray[np.object_]) -> bool:
    """Whether texts, (rows,), are names or free text: most of them distinct, and more than 20.

    Such a column tells rows apart and says nothing that holds for others; a network would learn
    the training rows by heart from it.
    """
    known = sum(value is not None for value in values)
    different = distinct(values)
    return different > FEW and 2 * different > known


ENCODINGS: Registry[type[Categories]] = Registry("encoding")

T = TypeVar("T", bound=type[Categories])


def encoding(name: str) -> Callable[[T], T]:
    """Register a class as the encoding of that name."""
    return ENCODINGS.register(name, mark="kind")
