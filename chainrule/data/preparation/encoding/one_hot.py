"""One-hot encoding: a feature for each category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import Categories, encoding


@encoding("one_hot")
@dataclass(frozen=True)
class OneHot(Categories):
    """x'_k = 1 if x is the category k, else 0.

    Rare and unknown categories share one feature; if there are no rare ones, all features of an
    unknown category are 0. Missing values have their own feature if there were any in training.
    """

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """Return the features of values, (rows,), as (rows, features)."""
        indices = self.indices(values)
        features = np.zeros((len(values), len(self.feature_names)), np.float32)
        known = np.flatnonzero(indices >= 0)
        features[known, indices[known]] = 1
        return features

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of each feature: categories, rare, missing."""
        names = [f"{self.name} = {category}" for category in self.categories]
        names += [f"{self.name} is rare"] if self.rarer else []
        names += [f"{self.name} is missing"] if self.has_missing else []
        return tuple(names)
