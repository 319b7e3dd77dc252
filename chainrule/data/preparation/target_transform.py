"""Transforms of a numeric target whose values are skewed, so that errors far out count less.

A network then learns t, which is standardised as any target is; its predictions are transformed
back, and all metrics are in the unit of the data.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.json_fields import Json, damaged, read_fields, stored_class
from chainrule.data.preparation.weighted import mean_and_deviation, quantiles
from chainrule.errors import InputError

Values = NDArray[np.float64]

LOW_SHARE = 0.05  # the quantile of the positive values that is the unit of a logarithm
TOLERANCE = 1e-6  # of the power
GOLDEN_RATIO = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class TargetTransform(ABC):
    """Base class of increasing transforms t of a target y.

    Attributes:
        kind: the name in options and in model files.
        most_units: up to here no power overflows.
        unit: positive; y / unit is transformed, so that the unit of the data does not matter.
    """

    kind: ClassVar[str]
    most_units: ClassVar[float]
    unit: float

    @classmethod
    @abstractmethod
    def fit(cls, values: Values, weights: Values | None = None) -> Self:
        """Fit to the training values, (n,), finite, at least one, and their weights, above 0.

        Raises:
            InputError: the transform is not defined for one of them.
        """

    @property
    @abstractmethod
    def smallest(self) -> float:
        """The smallest y that the transform is defined for."""

    @property
    def largest(self) -> float:
        """The largest y that the transform is computed for; larger values are clipped."""
        return min(self.most_units * self.unit, float(np.finfo(np.float64).max))

    def transform(self, values: Values) -> Values:
        """Return t of values y, of any shape, clipped to the range of the transform."""
        return self._forward(np.clip(values, self.smallest, self.largest) / self.unit)

    def inverse_transform(self, t: Values) -> Values:
        """Return y of values t, of any shape, within the range of the transform."""
        low, high = self.transform(np.array([self.smallest, self.largest]))
        y: Values = np.clip(
            self._backward(np.clip(t, low, high)) * self.unit, self.smallest, self.largest
        )
        return y

    @abstractmethod
    def _forward(self, x: Values) -> Values: ...

    @abstractmethod
    def _backward(self, t: Values) -> Values: ...

    def as_json(self) -> Json:
        """Return the kind and the fields as a JSON object."""
        return {"kind": self.kind, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        names = [field.name for field in dataclasses.fields(cls)]
        expected: dict[str, type | str] = {"kind": cls.kind, **dict.fromkeys(names, float)}
        fields = read_fields(f"target transform {cls.kind}", value, expected)
        if not 0 < fields["unit"] <= np.finfo(np.float64).max:
            raise damaged("target transform", f"{fields['unit']} as unit", "a number above 0")
        return cls(**{name: fields[name] for name in names})


TARGET_TRANSFORMS: dict[str, type[TargetTransform]] = {}

T = TypeVar("T", bound=type[TargetTransform])


def _register(kind: str) -> Callable[[T], T]:
    def decorate(cls: T) -> T:
        cls.kind = kind
        TARGET_TRANSFORMS[kind] = cls
        return cls

    return decorate


@_register("log")
@dataclass(frozen=True)
class Log(TargetTransform):
    """t = log(1 + y / unit), and back y = unit (exp(t) - 1), for y of at least 0.

    The unit is the 5 % quantile of the positive training values: for counts it is usually 1, and
    amounts far above it are as under a logarithm, so that relative errors are minimised.
    Source: Mosteller & Tukey (1977), Data analysis and regression, chapter 5: started logarithms.
    """

    most_units = 1e300

    @classmethod
    def fit(cls, values: Values, weights: Values | None = None) -> Self:
        """Fit the unit. Raises InputError: a value is negative."""
        if values.min() < 0:
            raise InputError(
                f"target_transform: got 'log' and the target {values.min():g}, expected numbers of "
                "at least 0. Use --target-transform yeo_johnson, or none."
            )
        return cls(_quantile(values, weights, values > 0, LOW_SHARE))

    @property
    def smallest(self) -> float:
        """0."""
        return 0.0

    def _forward(self, x: Values) -> Values:
        return np.log1p(x)

    def _backward(self, t: Values) -> Values:
        return np.expm1(t)


@_register("yeo_johnson")
@dataclass(frozen=True)
class YeoJohnson(TargetTransform):
    """A power of 1 + x for x = y / unit >= 0, and of 1 - x below.

    With p = power: t = ((1 + x)^p - 1) / p for x >= 0, and t = -((1 - x)^(2 - p) - 1) / (2 - p)
    for x < 0; logarithms where the exponent is 0. The power from 0 to 2 maximises the likelihood of
    a normal distribution, given the training values; beyond these limits t would not take every
    value, and a prediction might have no y. The unit is the median of the magnitudes.
    Source: Yeo & Johnson (2000), A new family of power transformations to improve normality or
    symmetry, equation 2.1 and section 3.
    """

    most_units = 1e150
    power: float

    @classmethod
    def fit(cls, values: Values, weights: Values | None = None) -> Self:
        """Fit unit and power."""
        unit = _quantile(np.abs(values), weights, values != 0, 0.5)
        return cls(unit, _most_likely_power(cls(unit, 1.0), values, weights))

    @property
    def smallest(self) -> float:
        """The negative of the largest."""
        return -self.largest

    def _forward(self, x: Values) -> Values:
        magnitude = np.log1p(np.abs(x))
        above, below = _power(magnitude, self.power), _power(magnitude, 2 - self.power)
        return np.where(x >= 0, above, -below)

    def _backward(self, t: Values) -> Values:
        magnitude = np.abs(t)
        above, below = _root(magnitude, self.power), _root(magnitude, 2 - self.power)
        return np.where(t >= 0, above, -below)


def _power(logarithm: Values, power: float) -> Values:
    """Return ((1 + x)^p - 1) / p of log(1 + x), without the loss of digits near p = 0."""
    return logarithm if power == 0 else np.expm1(power * logarithm) / power


def _root(t: Values, power: float) -> Values:
    """Return x of t = ((1 + x)^p - 1) / p."""
    with np.errstate(over="ignore"):  # of the branch that `where` does not take
        return np.expm1(t if power == 0 else np.log1p(power * t) / power)


def _quantile(values: Values, weights: Values | None, chosen: NDArray[np.bool_], q: float) -> float:
    """Return the quantile of the chosen values, 1 if there are none."""
    if not chosen.any():
        return 1.0
    of_chosen = None if weights is None else weights[chosen]
    return float(quantiles(values[chosen], of_chosen, [q])[0])


def _most_likely_power(start: YeoJohnson, values: Values, weights: Values | None) -> float:
    """Return the power from 0 to 2 of the largest likelihood, by golden-section search.

    The negative log-likelihood is convex in the power.
    Source: Marchand et al. (2022), SecureFedYJ: a safe feature Gaussianization protocol for
    federated learning, proposition 3.1.
    """
    if values.min() == values.max():
        return 1.0
    x = np.clip(values, start.smallest, start.largest) / start.unit
    # Of the mean logarithm of dt/dx, by the power.
    slope, _ = mean_and_deviation(np.sign(x) * np.log1p(np.abs(x)), weights)

    def negative_log_likelihood(power: float) -> float:
        t = YeoJohnson(start.unit, power)._forward(x)
        largest = float(np.abs(t).max())  # so that squares do not overflow
        _, deviation = mean_and_deviation(t / largest, weights)
        return float(np.log(deviation) + np.log(largest)) - (power - 1) * slope

    low, high = 0.0, 2.0
    while high - low > TOLERANCE:
        left, right = high - GOLDEN_RATIO * (high - low), low + GOLDEN_RATIO * (high - low)
        if negative_log_likelihood(left) < negative_log_likelihood(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def fit_target_transform(
    name: str, values: Values, weights: Values | None = None
) -> TargetTransform | None:
    """Fit the transform of that name to the training values, (n,); None for "none".

    Raises:
        InputError: the transform is not defined for one of the values.
    """
    if name == "auto":
        raise InputError(
            "target_transform: got 'auto', which only a single training resolves; expected "
            f"{', '.join(TARGET_TRANSFORMS)} or none. Name one, or sweep over them."
        )
    return None if name == "none" else TARGET_TRANSFORMS[name].fit(values, weights)


def target_transform_from_json(value: object) -> TargetTransform | None:
    """Create a transform from the output of its `as_json`, or None from None.

    Raises:
        InputError: the kind is unknown, or a field is missing, unknown or of another type.
    """
    if value is None:
        return None
    return stored_class("target transform", value, TARGET_TRANSFORMS).from_json(value)
