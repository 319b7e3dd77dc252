"""PCA whitening: principal components, each scaled to deviation 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.array import Array
from chainrule.data.preparation.json_fields import Json, damaged
from chainrule.data.preparation.projection.components import principal_components
from chainrule.data.preparation.projection.pca import PCA
from chainrule.data.preparation.projection.projection import Components, projection


@projection("pca_whitening")
@dataclass(frozen=True)
class PCAWhitening(PCA):
    """y_i = (U (x - mean))_i / sqrt(variance_i + EPSILON): the covariance of y is about 1.

    The variance is divided by n, not by n - 1. Source: Kessy, Lewin & Strimmer (2018), Optimal
    whitening and decorrelation, section 2.

    Attributes:
        deviations: sqrt(variance + EPSILON), (components,).
    """

    deviations: Array

    @classmethod
    def fit(
        cls,
        features: NDArray[np.float32],
        components: Components | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> PCAWhitening:
        """Fit to the training rows, as `Projection.fit` says."""
        spectrum = principal_components(cls.kind, features, components, weights)
        return cls(
            Array(spectrum.mean),
            Array(spectrum.directions),
            spectrum.share,
            Array(spectrum.deviations),
        )

    def project(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scaled components, (rows, components), of centred features."""
        return super().project(centred) / self.deviations.values

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {**super().as_json(), "deviations": self.deviations.as_json()}

    @classmethod
    def from_json(cls, value: object) -> PCAWhitening:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        fields = cls._fields(value, deviations=dict)
        deviations = Array.from_json("deviations", fields["deviations"], axes=1)
        if (deviations.values <= 0).any():
            raise damaged("deviations", "one that is not positive", "them above 0")
        if len(deviations.values) != len(fields["directions"].values):
            expected = f"{len(fields['directions'].values)} as there are directions"
            raise damaged("deviations", f"{len(deviations.values)} of them", expected)
        return cls(**{**fields, "deviations": deviations})
