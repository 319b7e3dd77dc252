"""Ordinal encoding: the index of the category in their order, as a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import (
    MAX_CATEGORIES,
    MAX_EXAMPLES,
    Categories,
    encoding,
)
from chainrule.data.preparation.json_fields import Json
from chainrule.data.preparation.label_order import sort_labels
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.scaling import Scaling
from chainrule.data.preparation.weighted import counted


@encoding("ordinal")
@dataclass(frozen=True)
class Ordinal(Categories):
    """x' = scaling(index of x), with indices 0, 1, ... in the order of the categories.

    The order is that of the levels where the source declares them, as a categorical column of a
    data frame does, including levels without training rows; else numeric if all are numbers, or
    alphabetical. For categories with an order, such as grades, so rare ones keep their index; but
    only the 1000 most frequent have one. Missing and unknown values are treated as missing numbers:
    imputed by the median index, with an indicator feature if there were any in training.
    """

    numbers: Numbers

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.object_],
        scaling: type[Scaling],
        levels: Sequence[str] | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> Ordinal:
        """Fit the categories, and the scaling of their indices."""
        counts = counted(values, weights)
        has_missing = counts.pop(None, 0) > 0
        by_frequency = sorted(counts, key=lambda category: (-counts[category], category))
        categories = levels or sort_labels(by_frequency[:MAX_CATEGORIES])
        index_of = {category: index for index, category in enumerate(categories)}
        indices = np.array([index_of.get(value, np.nan) for value in values])
        rare = sorted(counts.keys() - index_of.keys())
        return cls(
            name,
            tuple(categories),
            has_missing,
            len(rare),
            Numbers.fit(name, indices, scaling, weights),
            rare=tuple(rare[:MAX_EXAMPLES]),
        )

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """Return the features of values, (rows,): (rows, 1), or (rows, 2) with the indicator."""
        indices = self.indices(values)
        known = (indices >= 0) & (indices < len(self.categories))
        return self.numbers.transform(np.where(known, indices, np.nan))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the index and of the indicator of missing values."""
        return self.numbers.feature_names

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {**super().as_json(), "numbers": self.numbers.as_json()}

    @classmethod
    def from_json(cls, value: object) -> Ordinal:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        fields = cls._fields(value, numbers=dict)
        return cls(**{**fields, "numbers": Numbers.from_json(fields["numbers"])})
