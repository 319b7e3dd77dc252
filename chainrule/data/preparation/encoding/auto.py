"""Auto: few categories are one-hot, many are codes."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import Categories, encoding
from chainrule.data.preparation.encoding.codes import Codes
from chainrule.data.preparation.encoding.one_hot import OneHot
from chainrule.data.preparation.scaling import Scaling

# The paper says at most eight. Its code says 9, and counts the missing value as a category.
MAX_ONE_HOT = 8


@encoding("auto")
class Auto(Categories, ABC):
    """`one_hot` for up to 8 categories, missing not counted, else `codes`: one of these is made.

    Of few categories one-hot takes few features and is learned at once; of many the network learns
    a vector for each. Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong
    pre-tuned MLPs and boosted trees on tabular data, section 3.
    """

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.object_],
        scaling: type[Scaling],
        levels: Sequence[str] | None = None,
    ) -> Categories:
        """The encoding that suits how many categories there are."""
        distinct = len(set(values.tolist()) - {None})
        kind = OneHot if distinct <= MAX_ONE_HOT else Codes
        return kind.fit(name, values, scaling, levels)
