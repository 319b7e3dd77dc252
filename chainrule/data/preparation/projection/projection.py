"""The base class of projections, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.array import Array
from chainrule.data.preparation.float32 import as_float32
from chainrule.data.preparation.json_fields import Json, stored_class
from chainrule.registry import Registry

# An int is a number of components; a float is a share of the variance, up to 1.0.
Components = int | float

ROWS_AT_ONCE = 4096  # rows that are float64 at a time


@dataclass(frozen=True)
class Projection(ABC):
    """Base class of linear maps of all features, fitted on the training rows.

    Attributes:
        kind: the name in the registry and in model files.
        keeps_features: whether each new feature corresponds to the original one of the same index.
        mean: of the training rows, (features,).
    """

    kind: ClassVar[str]
    keeps_features: ClassVar[bool]
    mean: Array

    @classmethod
    @abstractmethod
    def fit(
        cls,
        features: NDArray[np.float32],
        components: Components | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> Self:
        """Fit to the training rows, (rows, features).

        Args:
            features: of the training rows.
            components: the number to keep, an int; or the minimal share of variance to keep with
                as few as possible, a float up to 1.0. None for as many as there are features, or
                rows if these are fewer.
            weights: of the rows, (rows,), as numbers of rows; None if all are 1.
        Raises:
            InputError: components is out of range, or the result exceeds the size of a model file.
        """

    @abstractmethod
    def project(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the new features, (rows, outputs), of centred features, (rows, features)."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """The number of new features."""

    @property
    def inputs(self) -> int:
        """The number of original features."""
        return len(self.mean.values)

    @property
    def note(self) -> str | None:
        """A note for the user, or None."""
        return None

    def transform(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the new features, (rows, outputs), of features, (rows, features)."""
        projected = np.empty((len(features), self.outputs), np.float32)
        for start in range(0, len(features), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            projected[rows] = as_float32(self.project(features[rows] - self.mean.values))
        return projected

    @abstractmethod
    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""

    @classmethod
    @abstractmethod
    def from_json(cls, value: object) -> Self:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""


PROJECTIONS: Registry[type[Projection]] = Registry("projection")

T = TypeVar("T", bound=type[Projection])


def projection(name: str) -> Callable[[T], T]:
    """Register a class as the projection of that name."""
    return PROJECTIONS.register(name, mark="kind")


def projection_from_json(value: object) -> Projection:
    """Create a projection of any kind from the output of its `as_json`.

    Raises:
        InputError: the kind is unknown, or a field is missing, unknown or of another type.
    """
    return stored_class("projection", value, PROJECTIONS).from_json(value)
