"""Principal component analysis (PCA)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.array import Array
from chainrule.data.preparation.json_fields import Json, damaged, read_fields
from chainrule.data.preparation.projection.components import principal_components
from chainrule.data.preparation.projection.projection import Components, Projection, projection


@projection("pca")
@dataclass(frozen=True)
class PCA(Projection):
    """y = U (x - mean); a row of U is an eigenvector of the covariance of the training rows.

    Those of the largest variance are kept, and x is reconstructed as U^T y + mean: exactly if all
    are kept, else with the smallest squared error for that number of components. The components
    are uncorrelated.
    Source: Hotelling (1933), Analysis of a complex of statistical variables into principal
    components.

    Attributes:
        directions: U, (components, features), in descending order of variance.
        share: of the training rows' variance that is kept, 0 to 1.
    """

    keeps_features = False
    directions: Array
    share: float

    @classmethod
    def fit(
        cls,
        features: NDArray[np.float32],
        components: Components | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> Self:
        """Fit to the training rows, as `Projection.fit` says."""
        spectrum = principal_components(cls.kind, features, components, weights)
        return cls(Array(spectrum.mean), Array(spectrum.directions), spectrum.share)

    @property
    def outputs(self) -> int:
        """The number of components."""
        return len(self.directions.values)

    @property
    def note(self) -> str | None:
        """A note on the share of variance that is kept."""
        return (
            f"the {self.inputs:,} features become {self.outputs:,} principal components with "
            f"{100 * self.share:.3g} % of the variance"
        )

    def project(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the components, (rows, components), of centred features, (rows, features)."""
        return centred @ self.directions.values.T

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {
            "kind": self.kind,
            "mean": self.mean.as_json(),
            "directions": self.directions.as_json(),
            "share": self.share,
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        return cls(**cls._fields(value))

    @classmethod
    def _fields(cls, value: object, **more: type) -> Json:
        """Return the fields by name, with the additional fields of a subclass as in JSON."""
        what = f"projection {cls.kind}"
        expected: dict[str, type | str] = {
            "kind": cls.kind,
            "mean": dict,
            "directions": dict,
            "share": float,
        }
        fields = read_fields(what, value, {**expected, **more})
        del fields["kind"]
        fields["mean"] = Array.from_json("mean", fields["mean"], axes=1)
        fields["directions"] = Array.from_json("directions", fields["directions"], axes=2)
        lengths, features = len(fields["mean"].values), fields["directions"].values.shape[1]
        if lengths != features:
            raise damaged(what, f"a mean of {lengths} features", f"{features} as in the directions")
        return fields
