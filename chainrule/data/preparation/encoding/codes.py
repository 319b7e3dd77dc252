"""Codes: the category as a whole number, for a network that looks up a vector for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import Categories, encoding


@encoding("codes")
@dataclass(frozen=True)
class Codes(Categories):
    """x' = 1 + the place of the category x; 0 if x is missing, rare, or not met in training.

    The code is no quantity: it is the row of an embedding table, which has a row more than there
    are categories. Source: Guo & Berkhahn (2016), Entity embeddings of categorical variables.
    """

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The codes of values, (rows,), as (rows, 1)."""
        places = self.places(values)
        known = places < len(self.categories)
        return np.where(known, places + 1, 0).astype(np.float32)[:, np.newaxis]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of the column."""
        return (self.name,)

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """How many codes there are, 0 among them."""
        return (len(self.categories) + 1,)
