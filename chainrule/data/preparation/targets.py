"""Targets: classes become their places in a list, numbers are standardised. Both can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.record import Json, read_record
from chainrule.data.preparation.standardisation import Standardisation
from chainrule.data.spelling import counted, listed, number_in
from chainrule.errors import InputError, nearest


@dataclass(frozen=True)
class ClassTarget:
    """Classes by name, in order: as numbers if all are numbers, else by the alphabet."""

    name: str
    classes: tuple[str, ...]

    @classmethod
    def fit(cls, name: str, labels: NDArray[np.object_]) -> ClassTarget:
        """Learn the classes of the training labels, (rows,), none missing."""
        return cls(name, tuple(_in_order(set(labels.tolist()))))

    def apply(self, labels: NDArray[np.object_], where: Callable[[int], str]) -> NDArray[np.int64]:
        """The place of each label, (rows,), among the classes.

        A label that is a class but for a full stop behind it is read as that class: the official
        test file of the Adult census data writes '>50K.' for '>50K'.
        Args:
            labels: a str each, or None for a missing one.
            where: names a row for messages, given its index.
        Raises:
            InputError: a label is missing or none of the classes.
        """
        place_of = {label: place for place, label in enumerate(self.classes)}
        places = np.empty(len(labels), np.int64)
        for index, label in enumerate(labels):
            place = place_of.get(label)
            if place is None and label is not None:
                place = place_of.get(_without_stop(label))
            if place is None:
                near = None if label is None else nearest(label, self.classes)
                question = f" Did you mean '{near}'?" if near else ""
                given = "no value" if label is None else f"the unknown class '{label}'"
                raise InputError(
                    f"{where(index)}: got {given}, expected one of the classes "
                    f"{listed(self.classes)}.{question} Correct it, or train again with it."
                )
            places[index] = place
        return places

    def note(self, labels: NDArray[np.object_]) -> str | None:
        """What a person should know about how labels are read, or None."""
        stopped = [
            label
            for label in labels
            if label is not None
            and label not in self.classes
            and _without_stop(label) in self.classes
        ]
        if not stopped:
            return None
        return (
            f"column '{self.name}': {counted(len(stopped), 'label')} such as '{stopped[0]}' read "
            f"without the full stop, as '{_without_stop(stopped[0])}'"
        )

    def as_json(self) -> Json:
        """Its fields."""
        return {"kind": "classes", "name": self.name, "classes": list(self.classes)}

    @classmethod
    def from_json(cls, given: object) -> ClassTarget:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        expected: dict[str, type | str] = {"kind": "classes", "name": str, "classes": list}
        record = read_record("target of classes", given, expected)
        return cls(record["name"], tuple(record["classes"]))


@dataclass(frozen=True)
class NumberTarget:
    """A number y, learned as z = (y - mean) / deviation."""

    name: str
    standardisation: Standardisation

    @classmethod
    def fit(cls, name: str, values: NDArray[np.float64]) -> NumberTarget:
        """Learn the mean and deviation of the training values, (rows,), none missing."""
        return cls(name, Standardisation.fit(values))

    def apply(
        self, values: NDArray[np.float64], where: Callable[[int], str]
    ) -> NDArray[np.float64]:
        """z of values, (rows,).

        Args:
            values: of the target.
            where: names a row for messages, given its index.
        Raises:
            InputError: a value is missing.
        """
        if np.isnan(values).any():
            raise InputError(
                f"{where(int(np.argmax(np.isnan(values))))}: got no value, expected a number. "
                "Leave out the rows that have none."
            )
        return self.standardisation.apply(values)

    def to_person(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """Predictions z, of any shape, in the unit of the data: y = z deviation + mean."""
        return self.standardisation.undo(z)

    def as_json(self) -> Json:
        """Its fields."""
        return {
            "kind": "number",
            "name": self.name,
            "standardisation": self.standardisation.as_json(),
        }

    @classmethod
    def from_json(cls, given: object) -> NumberTarget:
        """The one that `as_json` told of. Raises InputError if the fields are not those."""
        expected: dict[str, type | str] = {"kind": "number", "name": str, "standardisation": dict}
        record = read_record("target of numbers", given, expected)
        return cls(record["name"], Standardisation.from_json(record["standardisation"]))


def _in_order(labels: Iterable[str]) -> list[str]:
    numbers = {label: number_in(label) for label in labels}
    if any(number is None for number in numbers.values()):
        return sorted(numbers)
    return sorted(numbers, key=lambda label: (numbers[label], label))


def _without_stop(label: str) -> str:
    return label.removesuffix(".")
