"""Ordinal: the place of the category in the order of all, as a number like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import MAX_CATEGORIES, Categories, encoding
from chainrule.data.preparation.json_fields import Json
from chainrule.data.preparation.label_order import sort_labels
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.scaling import Scaling


@encoding("ordinal")
@dataclass(frozen=True)
class Ordinal(Categories):
    """x' = scaling(place of x), places 0, 1, ... in the order that the categories have.

    That is the order of their levels where the source has them, as a column of ordered categories
    in a data frame does, whether training met all of them or not; else by number if all are
    numbers, and by the alphabet. For categories that have an order, such as grades: so rare ones
    keep their places, but only the 1000 most frequent have one. A value that is missing or was not
    met in training is treated as a missing number: it takes the median place, and a second feature
    tells so if training had such values, too.
    """

    numbers: Numbers

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.object_],
        scaling: type[Scaling],
        levels: Sequence[str] | None = None,
    ) -> Ordinal:
        """Learn the categories, and the scaling of their places."""
        counts = Counter(values.tolist())
        has_missing = counts.pop(None, 0) > 0
        by_frequency = sorted(counts, key=lambda category: (-counts[category], category))
        categories = levels or sort_labels(by_frequency[:MAX_CATEGORIES])
        place_of = {category: place for place, category in enumerate(categories)}
        places = np.array([place_of.get(value, np.nan) for value in values])
        return cls(
            name,
            tuple(categories),
            has_missing,
            len(counts.keys() - place_of),
            Numbers.fit(name, places, scaling),
        )

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, 1), or (rows, 2) with the one for missing."""
        places = self.places(values)
        known = (places >= 0) & (places < len(self.categories))
        return self.numbers.transform(np.where(known, places, np.nan))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of the column, and whether its value is missing."""
        return self.numbers.feature_names

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {**super().as_json(), "numbers": self.numbers.as_json()}

    @classmethod
    def from_json(cls, value: object) -> Ordinal:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        fields = cls._fields(value, numbers=dict)
        return cls(**{**fields, "numbers": Numbers.from_json(fields["numbers"])})
