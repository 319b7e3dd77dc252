"""What a projection is, and the registry of them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.array import Array
from chainrule.data.preparation.float32 import as_float32
from chainrule.data.preparation.json_fields import Json, damaged
from chainrule.errors import InputError
from chainrule.registry import Registry

ROWS_AT_ONCE = 4096  # so that few rows at a time are float64


@dataclass(frozen=True)
class Projection(ABC):
    """Makes new features, each of which sees all given ones; learned from training rows.

    Attributes:
        kind: its name in the registry and in model files.
        settings: those that `fit` takes by name.
        keeps_features: whether each new feature stands for the given one in its place.
        mean: (features,), of the training rows.
    """

    kind: ClassVar[str]
    settings: ClassVar[tuple[str, ...]]
    keeps_features: ClassVar[bool]
    mean: Array

    @classmethod
    @abstractmethod
    def fit(cls, features: NDArray[np.float32]) -> Self:
        """Learn from training rows, (rows, features), with the kind's own settings by name.

        Raises:
            InputError: a setting can't be used, or a model file could not hold what is learned.
        """

    @abstractmethod
    def project(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """The new features, (rows, outputs), of features less their mean, (rows, features)."""

    @abstractmethod
    def undo(self, projected: NDArray[Any]) -> NDArray[np.float64]:
        """The features, (rows, features), from new ones, (rows, outputs)."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """How many new features there are."""

    @property
    def inputs(self) -> int:
        """How many features it is given."""
        return len(self.mean.values)

    @property
    def note(self) -> str | None:
        """A note for the user, or None."""
        return None

    def transform(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The new features, (rows, outputs), of features, (rows, features)."""
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


def fit_projection(name: str, features: NDArray[np.float32], **settings: Any) -> Projection:
    """The projection of that name, learned from training rows.

    Args:
        name: in the registry.
        features: (rows, features).
        settings: those of the projection; None leaves one at its default.
    Raises:
        InputError: there is none of that name, or a setting does not fit it.
    """
    kind = PROJECTIONS[name]
    given = {setting: value for setting, value in settings.items() if value is not None}
    if strange := [setting for setting in given if setting not in kind.settings]:
        raise InputError(
            f"projection '{name}': got {' and '.join(strange)}, expected only "
            f"{' and '.join(kind.settings)}. Leave out {' and '.join(strange)}."
        )
    fit: Callable[..., Projection] = kind.fit
    return fit(features, **given)


def projection_from_json(value: object) -> Projection:
    """The projection that `as_json` told of, whichever it is.

    Raises:
        InputError: there is none of that kind, or a field is missing, unknown or of another type.
    """
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in PROJECTIONS:
        expected = f"an object whose kind is {', '.join(PROJECTIONS)}"
        raise damaged("projection", f"{value!r:.40}", expected)
    return PROJECTIONS[kind].from_json(value)
