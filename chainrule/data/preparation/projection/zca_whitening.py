"""ZCA whitening: features of identity covariance that stay closest to the original ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.array import MAX_NUMBERS, Array
from chainrule.data.preparation.json_fields import Json, damaged, read_fields
from chainrule.data.preparation.projection.projection import Components, Projection, projection
from chainrule.data.preparation.projection.spectrum import Spectrum
from chainrule.errors import InputError

MAX_FEATURES = math.isqrt(2 * MAX_NUMBERS) - 1


@projection("zca_whitening")
@dataclass(frozen=True)
class ZCAWhitening(Projection):
    """y = W (x - mean), W = U^T diag(1 / sqrt(variance + EPSILON)) U = (covariance + EPSILON)^-1/2.

    PCA whitening, rotated back by U^T: of all whitening transforms the one that changes features
    least, so a whitened picture is still a picture, with enhanced edges.
    Source: Krizhevsky (2009), Learning multiple layers of features from tiny images, appendix A;
    Kessy, Lewin & Strimmer (2018), Optimal whitening and decorrelation, section 3.

    Attributes:
        triangle: the upper triangle of the symmetric W, row by row, (features (features + 1) / 2,).
            Half the matrix of pictures of 32 x 32 pixels in colour fits into a model file.
    """

    keeps_features = True
    triangle: Array

    @classmethod
    def fit(
        cls,
        features: NDArray[np.float32],
        components: Components | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> ZCAWhitening:
        """Fit to the training rows, (rows, features).

        Raises:
            InputError: components are given, or the matrix exceeds the size of a model file.
        """
        if components is not None:
            raise InputError(
                f"projection '{cls.kind}': got components={components}, expected none, as it keeps "
                "all features. Leave components out, or use pca_whitening."
            )
        count = features.shape[1]
        if count > MAX_FEATURES:
            raise InputError(
                f"projection '{cls.kind}': got {count:,} features, expected at most "
                f"{MAX_FEATURES:,}, whose matrix a model file can hold. Use pca_whitening with "
                "fewer components, or smaller pictures."
            )
        spectrum = Spectrum.of(features, weights)
        scaled = spectrum.directions / spectrum.deviations[:, np.newaxis]
        matrix = spectrum.directions.T @ scaled
        return cls(Array(spectrum.mean), Array(matrix[np.triu_indices(count)]))

    @property
    def outputs(self) -> int:
        """The number of new features, equal to that of the original ones."""
        return self.inputs

    def project(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the whitened features of centred features, both (rows, features)."""
        return centred @ self._matrix

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {
            "kind": self.kind,
            "mean": self.mean.as_json(),
            "triangle": self.triangle.as_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> ZCAWhitening:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        what = f"projection {cls.kind}"
        fields = read_fields(what, value, {"kind": cls.kind, "mean": dict, "triangle": dict})
        mean = Array.from_json("mean", fields["mean"], axes=1)
        triangle = Array.from_json("triangle", fields["triangle"], axes=1)
        features = len(mean.values)
        if 2 * len(triangle.values) != features * (features + 1):
            expected = f"{features * (features + 1) // 2:,} for {features:,} features"
            raise damaged("triangle", f"{len(triangle.values):,} numbers", expected)
        return cls(mean, triangle)

    @cached_property
    def _matrix(self) -> NDArray[np.float64]:
        matrix = np.empty((self.inputs, self.inputs))
        upper = np.triu_indices(self.inputs)
        matrix[upper] = matrix.T[upper] = self.triangle.values
        return matrix
