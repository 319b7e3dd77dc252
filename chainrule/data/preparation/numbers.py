"""A column of numbers: missing values become the median, all are standardised and kept near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.record import Json, read_record
from chainrule.data.preparation.standardisation import Standardisation

FURTHEST = 3.0


@dataclass(frozen=True)
class Numbers:
    """z = (x or the median - mean) / deviation, x' = z / sqrt(1 + (z / 3)^2), x missing: 0 or 1.

    The root keeps x' within -3 and 3 and hardly changes what is near 0: a value that is rare and
    far out, as a pixel that is lit in one picture of a thousand, would else outshout all others.
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default, "smooth clipping".
    The second feature is there if values were missing in training: that one is missing can tell
    as much as its value. A column that was constant in training becomes 0.
    """

    name: str
    median: float
    standardisation: Standardisation
    has_missing: bool

    @classmethod
    def fit(cls, name: str, values: NDArray[np.float64]) -> Numbers:
        """Learn from the training values, (rows,); NaN is missing, and at least one is not."""
        missing = np.isnan(values)
        known = values[~missing]
        middle = [(len(known) - 1) // 2, len(known) // 2]  # the same place twice if rows are odd
        low, high = map(float, np.partition(known, middle)[middle])
        median = low + (high / 2 - low / 2)  # neither sum nor difference overflows
        filled = np.where(missing, median, values)
        return cls(name, median, Standardisation.fit(filled), bool(missing.any()))

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, 1), or (rows, 2) with the one for missing."""
        missing = np.isnan(values)
        features = np.empty((len(values), len(self.feature_names)), np.float32)
        z = self.standardisation.apply(np.where(missing, self.median, values))
        features[:, 0] = z / np.sqrt(1 + np.square(z / FURTHEST))
        if self.has_missing:
            features[:, 1] = missing
        return features

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What each feature is."""
        return (self.name, f"{self.name} is missing") if self.has_missing else (self.name,)

    @property
    def note(self) -> str | None:
        """What a person should know about it."""
        if not self.standardisation.constant:
            return None
        return f"column '{self.name}' has one value in all training rows: it becomes 0"

    def as_json(self) -> Json:
        """Its fields."""
        return {
            "kind": "number",
            "name": self.name,
            "median": self.median,
            "standardisation": self.standardisation.as_json(),
            "has_missing": self.has_missing,
        }

    @classmethod
    def from_json(cls, given: object) -> Numbers:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        expected: dict[str, type | str] = {
            "kind": "number",
            "name": str,
            "median": float,
            "standardisation": dict,
            "has_missing": bool,
        }
        record = read_record("column of numbers", given, expected)
        return cls(
            record["name"],
            record["median"],
            Standardisation.from_json(record["standardisation"]),
            record["has_missing"],
        )
