"""Preparation: all that turns a dataset into tensors, learned from its training rows only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.dataset import Dataset
from chainrule.data.images import Images
from chainrule.data.preparation.categories import Categories, is_identifier
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.record import Json, read_record
from chainrule.data.preparation.targets import ClassTarget, NumberTarget
from chainrule.data.spelling import counted
from chainrule.data.table import Column, Table
from chainrule.data.task import Task
from chainrule.errors import InputError, unknown_name


@dataclass(frozen=True)
class Preparation:
    """What becomes of each column, or of the pixels, and of the target.

    Attributes:
        task: what the target asks for.
        inputs: one for each column that is learned from, or the pixels.
        target: the classes, or the numbers.
        notes: what a person should know about it, in plain English.
    """

    task: Task
    inputs: tuple[Numbers | Categories, ...] | Pixels
    target: ClassTarget | NumberTarget
    notes: tuple[str, ...]

    @classmethod
    def fit(cls, dataset: Dataset, rows: NDArray[np.int64], task: Task) -> Preparation:
        """Learn from some rows of a dataset, and from no others.

        Args:
            dataset: with a target.
            rows: indices of the training rows, at least one.
            task: what the target asks for.
        Raises:
            InputError: no column is left to learn from, or the target does not fit the task.
        """
        training = dataset.take(rows)
        target = _fit_target(training, task)
        if isinstance(training, Images):
            return cls(task, Pixels.fit(training.pixels), target, ())
        inputs: list[Numbers | Categories] = []
        notes: list[str] = []
        for column in training.columns:
            reason = _reason_to_leave_out(column)
            if reason:
                notes.append(f"{dataset.source}: column '{column.name}' is left out, {reason}")
                continue
            fitted: Numbers | Categories
            if column.kind == "number":
                fitted = Numbers.fit(column.name, training.numbers(column))
            else:
                fitted = Categories.fit(column.name, column.values)
            inputs.append(fitted)
            notes += [f"{dataset.source}: {fitted.note}"] if fitted.note else []
        if not inputs:
            raise InputError(
                f"{dataset.source}: got no column that can be learned from, expected one of "
                "numbers or categories. " + "; ".join(notes) + ". Add such a column."
            )
        return cls(task, tuple(inputs), target, tuple(notes))

    def features(self, dataset: Dataset) -> torch.Tensor:
        """What the network is given: float32, all finite, of shape (rows, *feature_shape).

        Raises:
            InputError: a column is missing or has text where numbers are learned from, or the
                pictures are of another size.
        """
        if isinstance(self.inputs, Pixels):
            if not isinstance(dataset, Images):
                raise self._wrong_kind(dataset, "a table", "pictures")
            return torch.from_numpy(self.inputs.apply(dataset.pixels))
        if not isinstance(dataset, Table):
            raise self._wrong_kind(dataset, "pictures", "a table")
        features = np.empty((len(dataset), len(self.feature_names)), np.float32)
        end = 0
        for column in self.inputs:
            block = _apply(column, dataset)
            features[:, end : end + block.shape[1]] = block
            end += block.shape[1]
        return torch.from_numpy(features)

    def targets(self, dataset: Dataset) -> torch.Tensor:
        """What the network should answer.

        Regression: the standardised number, float32 (rows, 1). Binary: 0 or 1, the place of the
        class, float32 (rows, 1). Classification: the place of the class, int64 (rows,).
        Raises:
            InputError: the dataset has no target, or a value that is none of the classes, or none.
        """
        column = _target_of(dataset)

        def where(index: int) -> str:
            row = dataset.row(index) if isinstance(dataset, Table) else index + 1
            return f"{dataset.source}, row {row}, column '{column.name}'"

        if isinstance(self.target, NumberTarget):
            z = self.target.apply(_numbers(dataset, column), where)
            return torch.from_numpy(z.astype(np.float32)).unsqueeze(1)
        places = torch.from_numpy(self.target.apply(column.categories(), where))
        return places.to(torch.float32).unsqueeze(1) if self.task == "binary" else places

    def notes_on(self, dataset: Dataset) -> tuple[str, ...]:
        """What a person should know about how it reads a dataset that it was not fitted on."""
        notes = []
        if isinstance(self.target, ClassTarget) and dataset.target is not None:
            notes.append(self.target.note(dataset.target.categories()))
        for column in () if isinstance(self.inputs, Pixels) else self.inputs:
            if isinstance(column, Categories) and isinstance(dataset, Table):
                unmet = column.unmet(dataset.column(column.name).categories())
                values = counted(unmet, "value")
                verb = "was" if unmet == 1 else "were"
                if unmet:
                    notes.append(f"column '{column.name}': {values} {verb} not met in training")
        return tuple(f"{dataset.source}: {note}" for note in notes if note)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it needs, none for pictures."""
        return () if isinstance(self.inputs, Pixels) else tuple(c.name for c in self.inputs)

    @property
    def categorical(self) -> tuple[str, ...]:
        """Those columns whose values are names, even if some file has only numbers in them."""
        inputs = () if isinstance(self.inputs, Pixels) else self.inputs
        return tuple(column.name for column in inputs if isinstance(column, Categories))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What each feature is, none for pictures."""
        inputs = () if isinstance(self.inputs, Pixels) else self.inputs
        return tuple(name for column in inputs for name in column.feature_names)

    @property
    def feature_shape(self) -> tuple[int, ...]:
        """The shape of one row's features: (features,), or (height, width) of a picture."""
        if isinstance(self.inputs, Pixels):
            return (self.inputs.height, self.inputs.width)
        return (len(self.feature_names),)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes in the order of their places, none for regression."""
        return self.target.classes if isinstance(self.target, ClassTarget) else ()

    def as_json(self) -> Json:
        """All of it, in dicts, lists, texts, numbers and truth values."""
        return {
            "task": self.task,
            "inputs": self.inputs.as_json()
            if isinstance(self.inputs, Pixels)
            else [column.as_json() for column in self.inputs],
            "target": self.target.as_json(),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, given: object) -> Preparation:
        """The preparation that `as_json` told of, equal to it to the last bit.

        Raises:
            InputError: a field is missing, unknown or of another type.
        """
        expected = {"task": str, "inputs": object, "target": dict, "notes": list}
        record = read_record("preparation", given, expected)
        task: Any = record["task"]
        if task not in get_args(Task):
            raise unknown_name("task", task, get_args(Task))
        inputs = record["inputs"]
        target: type[NumberTarget | ClassTarget]
        target = NumberTarget if task == "regression" else ClassTarget
        return cls(
            task,
            tuple(map(_column_from_json, inputs))
            if isinstance(inputs, list)
            else Pixels.from_json(inputs),
            target.from_json(record["target"]),
            tuple(record["notes"]),
        )

    def _wrong_kind(self, dataset: Dataset, got: str, expected: str) -> InputError:
        return InputError(
            f"{dataset.source}: got {got}, expected {expected} as the model was trained on. "
            f"Give a file that holds {expected}."
        )


def _reason_to_leave_out(column: Column) -> str | None:
    if column.missing.all():
        return "as it has no value in the training rows"
    if column.kind == "category" and is_identifier(column.values):
        return "as most of its values are different, like names or free text"
    return None


def _fit_target(training: Dataset, task: Task) -> ClassTarget | NumberTarget:
    column = _target_of(training)
    if task == "regression":
        return NumberTarget.fit(column.name, _numbers(training, column))
    target = ClassTarget.fit(column.name, column.categories())
    if task == "binary" and len(target.classes) != 2:
        raise InputError(
            f"{training.source}, column '{column.name}': got {len(target.classes)} classes in the "
            "training rows, expected two for the task binary. Use --task classification."
        )
    return target


def _target_of(dataset: Dataset) -> Column:
    if dataset.target is None:
        raise InputError(
            f"{dataset.source}: got no target, expected the column to be learned. "
            "Name it with --target."
        )
    return dataset.target


def _numbers(dataset: Dataset, column: Column) -> NDArray[np.float64]:
    return dataset.numbers(column) if isinstance(dataset, Table) else column.values


def _apply(fitted: Numbers | Categories, table: Table) -> NDArray[np.float32]:
    column = table.column(fitted.name)
    if isinstance(fitted, Numbers):
        return fitted.apply(table.numbers(column))
    return fitted.apply(column.categories())


def _column_from_json(given: object) -> Numbers | Categories:
    kind = given.get("kind") if isinstance(given, dict) else None
    return Categories.from_json(given) if kind == "category" else Numbers.from_json(given)
