"""Automatic encoding: one-hot for few categories, codes for many."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import Categories, encoding
from chainrule.data.preparation.encoding.codes import Codes
from chainrule.data.preparation.encoding.one_hot import OneHot
from chainrule.data.preparation.scaling import Scaling

# At most eight as in the paper; its code has 9, which includes the missing value.
MAX_ONE_HOT = 8


@encoding("auto")
class Auto(Categories, ABC):
    """`one_hot` for up to 8 categories, not counting missing values, else `codes`.

    One-hot has few features for few categories and is quickly learned; with codes the network
    learns an embedding vector for each category. Source: Holzmüller, Grinsztajn & Steinwart (2024),
    Better by default: strong pre-tuned MLPs and boosted trees on tabular data, section 3.
    """

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.object_],
        scaling: type[Scaling],
        levels: Sequence[str] | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> Categories:
        """Fit the encoding that suits the number of categories."""
        distinct = len(set(values.tolist()) - {None})
        kind = OneHot if distinct <= MAX_ONE_HOT else Codes
        return kind.fit(name, values, scaling, levels, weights)
