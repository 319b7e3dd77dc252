"""The base class of scalings, and their registry."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.json_fields import Json, read_fields, stored_class
from chainrule.registry import Registry


@dataclasses.dataclass(frozen=True)
class Scaling(ABC):
    """Base class of scalings of one numeric column, fitted on its training values.

    Attributes:
        kind: the name in the registry and in model files.
    """

    kind: ClassVar[str]

    @classmethod
    @abstractmethod
    def fit(cls, values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Self:
        """Fit to the training values.

        Args:
            values: (n,), finite, at least one.
            weights: (n,), above 0, as numbers of rows; None if all are 1.
        """

    @abstractmethod
    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z of finite values x of any shape; of the same shape, and without NaN."""

    def merged(self, other: Self, share: float) -> Self | None:
        """Return the scaling fitted on the values of both; None if these two do not tell it.

        Args:
            other: fitted on further values.
            share: their share of all values, 0 to 1.
        """
        return None

    @property
    def constant(self) -> bool:
        """Whether all training values are equal, so that every value becomes 0."""
        return False

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {"kind": self.kind, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        names = [field.name for field in dataclasses.fields(cls)]
        expected: dict[str, type | str] = {"kind": cls.kind, **dict.fromkeys(names, float)}
        fields = read_fields(f"scaling {cls.kind}", value, expected)
        return cls(**{name: fields[name] for name in names})


SCALINGS: Registry[type[Scaling]] = Registry("scaling")

T = TypeVar("T", bound=type[Scaling])


def scaling(name: str) -> Callable[[T], T]:
    """Register a class as the scaling of that name."""
    return SCALINGS.register(name, mark="kind")


def scaling_from_json(value: object) -> Scaling:
    """Create a scaling of any kind from the output of its `as_json`.

    Raises:
        InputError: the kind is unknown, or a field is missing, unknown or of another type.
    """
    return stored_class("scaling", value, SCALINGS).from_json(value)
