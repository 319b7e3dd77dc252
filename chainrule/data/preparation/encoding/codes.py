"""Integer codes of categories, for a network with embeddings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import Categories, encoding


@encoding("codes")
@dataclass(frozen=True)
class Codes(Categories):
    """x' = 1 + the index of the category x; 0 if x is missing, rare or unknown.

    The code is not a quantity but a row of an embedding table, which has one row more than there
    are categories. Source: Guo & Berkhahn (2016), Entity embeddings of categorical variables.
    """

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """Return the codes of values, (rows,), as (rows, 1)."""
        indices = self.indices(values)
        known = indices < len(self.categories)
        return np.where(known, indices + 1, 0).astype(np.float32)[:, np.newaxis]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of the column."""
        return (self.name,)

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """The number of codes, including 0."""
        return (len(self.categories) + 1,)
