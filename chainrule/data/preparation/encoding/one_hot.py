"""One-hot: a feature for each category, 1 for the category of the row and 0 for the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import Categories, encoding


@encoding("one_hot")
@dataclass(frozen=True)
class OneHot(Categories):
    """x'_k = 1 if x is the category k, else 0.

    Rare categories have one feature together, and so has what was not met in training; without
    rare ones that is none of the known categories, and all features are 0. A missing value is a
    category of its own if values were missing in training.
    """

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, features), those for missing ones last."""
        places = self.places(values)
        features = np.zeros((len(values), len(self.feature_names)), np.float32)
        known = np.flatnonzero(places >= 0)
        features[known, places[known]] = 1
        return features

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The category of each feature."""
        names = [f"{self.name} = {category}" for category in self.categories]
        names += [f"{self.name} is rare"] if self.rarer else []
        names += [f"{self.name} is missing"] if self.has_missing else []
        return tuple(names)
