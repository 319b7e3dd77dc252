"""Features of numbers: missing values are imputed by the median, and all are scaled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chainrule.data.formatting import format_number, pluralised
from chainrule.data.preparation.float32 import as_float32
from chainrule.data.preparation.json_fields import Json, read_fields
from chainrule.data.preparation.scaling import Scaling, SmoothClipping, scaling_from_json
from chainrule.data.preparation.weighted import quantiles


@dataclass(frozen=True)
class Numbers:
    """x' = scaling(x or the median), and a second feature: 1 if x is missing, else 0.

    The second feature, an indicator, exists if values were missing in training: that a value is
    missing can be as informative as the value. The scaling is fitted after imputation.
    """

    name: str
    median: float
    scaling: Scaling
    has_missing: bool

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.float64],
        scaling: type[Scaling] = SmoothClipping,
        weights: NDArray[np.float64] | None = None,
    ) -> Numbers:
        """Fit to the training values.

        Args:
            name: of the column.
            values: (rows,); NaN is missing, and at least one is not.
            scaling: of the numbers.
            weights: (rows,), as numbers of rows; None if all are 1.
        """
        missing = np.isnan(values)
        of_known = None if weights is None else weights[~missing]
        # Halves do not overflow where the two middle values are added.
        median = 2 * float(quantiles(values[~missing] / 2, of_known, [0.5])[0])
        filled = np.where(missing, median, values)
        return cls(name, median, scaling.fit(filled, weights), bool(missing.any()))

    def updated(
        self,
        values: NDArray[np.float64],
        share: float,
        weights: NDArray[np.float64] | None = None,
    ) -> Numbers:
        """Return the preparation with its scaling fitted on further values, too.

        The median stays, and so does whether there is an indicator. A scaling that depends on the
        order of all values stays as well.
        Args:
            values: further training values, (rows,).
            share: their share of all values so far.
            weights: (rows,), as numbers of rows; None if all are 1.
        """
        filled = np.where(np.isnan(values), self.median, values)
        merged = self.scaling.merged(self.scaling.fit(filled, weights), share)
        return self if merged is None else replace(self, scaling=merged)

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the features of values, (rows,): (rows, 1), or (rows, 2) with the indicator."""
        missing = np.isnan(values)
        features = np.empty((len(values), len(self.feature_names)), np.float32)
        features[:, 0] = as_float32(self.scaling.transform(np.where(missing, self.median, values)))
        if self.has_missing:
            features[:, 1] = missing
        return features

    def note_on(self, values: NDArray[np.float64]) -> str | None:
        """Return a note on missing values where training had none, or None."""
        missing = int(np.isnan(values).sum())
        if self.has_missing or not missing:
            return None
        verb = "is" if missing == 1 else "are"
        return (
            f"column '{self.name}': {pluralised(missing, 'value')} {verb} missing, and none was in "
            f"training: read as the median, {format_number(self.median)}"
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of each feature."""
        return (self.name, f"{self.name} is missing") if self.has_missing else (self.name,)

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """0 for each feature, as all are numeric."""
        return (0,) * len(self.feature_names)

    @property
    def note(self) -> str | None:
        """A note for the user, or None."""
        if not self.scaling.constant:
            return None
        return f"column '{self.name}' has one value in all training rows: it becomes 0"

    def as_json(self) -> Json:
        """Return the fields as a JSON object."""
        return {
            "kind": "number",
            "name": self.name,
            "median": self.median,
            "scaling": self.scaling.as_json(),
            "has_missing": self.has_missing,
        }

    @classmethod
    def from_json(cls, value: object) -> Numbers:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        expected: dict[str, type | str] = {
            "kind": "number",
            "name": str,
            "median": float,
            "scaling": dict,
            "has_missing": bool,
        }
        fields = read_fields("column of numbers", value, expected)
        return cls(
            fields["name"],
            fields["median"],
            scaling_from_json(fields["scaling"]),
            fields["has_missing"],
        )
