"""Linear projections of all features, by name."""

from chainrule.data.preparation.projection.pca import PCA
from chainrule.data.preparation.projection.pca_whitening import PCAWhitening
from chainrule.data.preparation.projection.projection import (
    PROJECTIONS,
    Projection,
    projection_from_json,
)
from chainrule.data.preparation.projection.zca_whitening import ZCAWhitening
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "PCA",
    "PROJECTIONS",
    "PCAWhitening",
    "Projection",
    "ZCAWhitening",
    "projection_from_json",
]
