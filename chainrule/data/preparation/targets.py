"""Targets: classes become indices, numbers are standardised. Both transforms are invertible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.spellings import Spellings
from chainrule.data.formatting import format_number, pluralised, quoted_list
from chainrule.data.preparation.json_fields import Json, damaged, read_fields
from chainrule.data.preparation.label_order import sort_labels
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.preparation.target_transform import (
    TargetTransform,
    fit_target_transform,
    target_transform_from_json,
)
from chainrule.data.preparation.weighted import counted
from chainrule.errors import InputError, nearest

# Twice this number, and more, still is a float64.
LARGEST = 1e300


@dataclass(frozen=True)
class ClassTarget:
    """The classes, in numeric order if all are numbers, no before yes, else alphabetical.

    Attributes:
        name: of the column.
        classes: the label of each class.
        counts: number of training rows of each class, or the sum of their weights; 0 for a class
            that only other rows have.
    """

    name: str
    classes: tuple[str, ...]
    counts: tuple[float, ...]

    @classmethod
    def fit(
        cls,
        name: str,
        labels: NDArray[np.object_],
        weights: NDArray[np.float64] | None = None,
        all_labels: NDArray[np.object_] | None = None,
    ) -> ClassTarget:
        """Fit to the training labels.

        Args:
            name: of the column.
            labels: of the training rows, (rows,), none missing.
            weights: of the training rows, as numbers of rows; None if all are 1.
            all_labels: of these and other rows, which may have further classes; None for no others.
        """
        counts = counted(labels, weights)
        others = () if all_labels is None else all_labels.tolist()
        classes = tuple(sort_labels(counts.keys() | set(others)))
        return cls(name, classes, tuple(counts.get(label, 0) for label in classes))

    @property
    def trained(self) -> tuple[str, ...]:
        """The classes that training rows have."""
        return tuple(c for c, count in zip(self.classes, self.counts, strict=True) if count)

    @property
    def untrained(self) -> tuple[str, ...]:
        """The classes that no training row has."""
        return tuple(c for c, count in zip(self.classes, self.counts, strict=True) if not count)

    @property
    def balanced_weights(self) -> tuple[float, ...]:
        """The class weights n / (k n_c), which give all classes the same total weight.

        n training rows, n_c of them of class c, and k classes with training rows; with sample
        weights the sums of these in place of n and n_c, as scikit-learn has it. So the products of
        class weight and sample weight sum to n. It is 1 for a class without training rows.
        Source: King & Zeng (2001), Logistic regression in rare events data, section 4.2.
        """
        rows, classes = sum(self.counts), len(self.trained)
        return tuple(rows / (classes * count) if count else 1.0 for count in self.counts)

    def transform(
        self, labels: NDArray[np.object_], where: Callable[[int], str]
    ) -> NDArray[np.int64]:
        """Return the class index of each label, (rows,).

        Other spellings of a class are read as that class: 6.0 for 6, TRUE for True, and a label
        with a trailing full stop, as the official test file of the Adult census data has '>50K.'
        for '>50K'.
        Args:
            labels: each a str, or None for a missing one.
            where: returns the location of a row for messages, from its index.
        Raises:
            InputError: a label is missing or an unknown class.
        """
        index_of = {label: index for index, label in enumerate(self.classes)}
        meant = {label: self._meant(label) for label in set(labels.tolist())}
        indices = np.empty(len(labels), np.int64)
        for row, label in enumerate(labels):
            same = meant[label]
            index = None if same is None else index_of[same]
            if index is None:
                near = None if label is None else nearest(label, self.classes)
                question = f" Did you mean '{near}'?" if near else ""
                got = "no value" if label is None else f"the unknown class '{label}'"
                raise InputError(
                    f"{where(row)}: got {got}, expected one of the classes "
                    f"{quoted_list(self.classes)}.{question} Correct it, or train again with it."
                )
            indices[row] = index
        return indices

    def note(self, labels: NDArray[np.object_]) -> str | None:
        """Return a note on labels that are other spellings of classes, or None."""
        others = [
            label for label in labels.tolist() if label is not None and label not in self.classes
        ]
        others = [label for label in others if self._meant(label) is not None]
        if not others:
            return None
        return (
            f"column '{self.name}': {pluralised(len(others), 'label')} such as '{others[0]}' "
            f"read as '{self._meant(others[0])}'"
        )

    def _meant(self, label: str | None) -> str | None:
        """Return the class that a label means; None if there is none."""
        if label is None:
            return None
        found = self._spellings.find(label)
        return self._spellings.find(label.removesuffix(".")) if found is None else found

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.classes)

    def as_json(self) -> Json:
        """Return the fields as a JSON object."""
        return {
            "kind": "classes",
            "name": self.name,
            "classes": list(self.classes),
            "counts": list(self.counts),
        }

    @classmethod
    def from_json(cls, value: object) -> ClassTarget:
        """Create from the output of `as_json`. Raises InputError for missing or unknown fields."""
        expected: dict[str, type | str] = {
            "kind": "classes",
            "name": str,
            "classes": list,
            "counts": object,
        }
        fields = read_fields("target of classes", value, expected)
        classes, counts = fields["classes"], fields["counts"]
        if not (
            isinstance(counts, list)
            and len(counts) == len(classes)
            and all(type(count) in (int, float) and count >= 0 for count in counts)
        ):
            expectation = f"{len(classes)} numbers of at least 0"
            raise damaged("target of classes", f"{counts!r:.40} as counts", expectation)
        return cls(fields["name"], tuple(classes), tuple(counts))


@dataclass(frozen=True)
class NumberTarget:
    """A numeric target y, standardised: z = (t - mean) / deviation, with t = y or a transform of y.

    Attributes:
        name: of the column.
        standardisation: of t.
        transform_of_values: the transform t of y; None where t = y.
        mean: of the training values y, the best constant prediction in squared errors.
    """

    name: str
    standardisation: Standardisation
    transform_of_values: TargetTransform | None
    mean: float

    @classmethod
    def fit(
        cls,
        name: str,
        values: NDArray[np.float64],
        weights: NDArray[np.float64] | None = None,
        transform: str = "none",
    ) -> NumberTarget:
        """Fit transform, mean and deviation to the training values, (rows,), none missing.

        Args:
            name: of the column.
            values: of the training rows.
            weights: of the rows, above 0; None if all are 1.
            transform: log, yeo_johnson or none.
        Raises:
            InputError: the values are so large that their errors could overflow, or so small that
                they could not be told apart; or the transform is not defined for a value.
        """
        plain = cls.standardised(name, Standardisation.fit(values, weights))
        largest = max(values.tolist(), key=abs)
        if abs(largest) > LARGEST:
            raise InputError(
                f"column '{name}': got the target {largest:g}, expected numbers from {-LARGEST:g} "
                f"to {LARGEST:g}, as the errors of others could overflow. Divide the column, such "
                "as by 1e+10."
            )
        if plain.standardisation.constant and values.min() < values.max():
            raise InputError(
                f"column '{name}': got targets that differ by {values.max() - values.min():g} at "
                "most, less than can be computed with. Multiply the column, such as by 1e+10."
            )
        fitted = fit_target_transform(transform, values, weights)
        if fitted is None:
            return plain
        standardisation = Standardisation.fit(fitted.transform(values), weights)
        return cls(name, standardisation, fitted, plain.mean)

    @classmethod
    def standardised(cls, name: str, standardisation: Standardisation) -> NumberTarget:
        """Create a target that is only standardised."""
        return cls(name, standardisation, None, standardisation.mean)

    def transform(
        self, values: NDArray[np.float64], where: Callable[[int], str]
    ) -> NDArray[np.float64]:
        """Return z, (rows,).

        Args:
            values: of the target.
            where: returns the location of a row for messages, from its index.
        Raises:
            InputError: a value is missing, or the transform is not defined for it.
        """
        if np.isnan(values).any():
            raise InputError(
                f"{where(int(np.argmax(np.isnan(values))))}: got no value, expected a number. "
                "Leave out the rows that have none."
            )
        if self.transform_of_values is None:
            return self.standardisation.transform(values)
        smallest = self.transform_of_values.smallest
        if (values < smallest).any():
            row = int(np.argmax(values < smallest))
            raise InputError(
                f"{where(row)}: got {format_number(float(values[row]))}, expected a number of at "
                f"least {smallest:g}, as the model learned the target with the transform "
                f"{self.transform_of_values.kind}. Correct it, or train with --target-transform "
                "yeo_johnson."
            )
        return self.standardisation.transform(self.transform_of_values.transform(values))

    def inverse_transform(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """Return y of z, of any shape, in the unit of the data."""
        t = self.standardisation.inverse_transform(z)
        if self.transform_of_values is None:
            return t
        return self.transform_of_values.inverse_transform(t)

    @property
    def constant_prediction(self) -> float:
        """The z of the mean of the training values."""
        if self.transform_of_values is None:
            return 0.0
        t = self.transform_of_values.transform(np.array([self.mean]))
        return float(self.standardisation.transform(t)[0])

    def as_json(self) -> Json:
        """Return the fields as a JSON object."""
        transform = self.transform_of_values
        return {
            "kind": "number",
            "name": self.name,
            "standardisation": self.standardisation.as_json(),
            "transform": None if transform is None else transform.as_json(),
            "mean": self.mean,
        }

    @classmethod
    def from_json(cls, value: object) -> NumberTarget:
        """Create from the output of `as_json`; files before version 5 have no transform.

        Raises:
            InputError: a field is missing, unknown or of another type.
        """
        expected: dict[str, type | str] = {"kind": "number", "name": str, "standardisation": dict}
        if isinstance(value, dict) and "transform" in value:
            expected |= {"transform": object, "mean": float}
        fields = read_fields("target of numbers", value, expected)
        plain = cls.standardised(
            fields["name"], Standardisation.from_json(fields["standardisation"])
        )
        transform = target_transform_from_json(fields.get("transform"))
        return replace(plain, transform_of_values=transform, mean=fields.get("mean", plain.mean))
