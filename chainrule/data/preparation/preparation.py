"""The preparation of a dataset as tensors, fitted on its training rows only."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.columns.roles import ColumnRole, infer_roles
from chainrule.data.columns.sample_weights import row_counts, weights_of
from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import format_number, parse_number
from chainrule.data.preparation.byte_features import ByteFeatures
from chainrule.data.preparation.columns import (
    FittedColumn,
    check_known,
    column_from_json,
    fit_columns,
    note_on,
    transform_column,
    update_column,
)
from chainrule.data.preparation.dates import Dates
from chainrule.data.preparation.encoding import Categories
from chainrule.data.preparation.json_fields import DAMAGED, Json, damaged, read_fields
from chainrule.data.preparation.learned_values import as_learned
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.projection import (
    PROJECTIONS,
    Projection,
    projection_from_json,
)
from chainrule.data.preparation.projection.projection import Components
from chainrule.data.preparation.targets import ClassTarget, NumberTarget
from chainrule.data.preparation.yes_no import YesNo
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, unknown_name
from chainrule.options import validate


@dataclass(frozen=True)
class Preparation:
    """The fitted preparation of the columns or pixels, and of the target.

    Attributes:
        task: of the target.
        inputs: the preparation of each column that is used, or of the pixels.
        projection: of all features, or None.
        target: the preparation of classes or numbers.
        notes: for the user, such as which columns are left out.
        read_options: the resolved options by which other data is read as the training data was.
        sample_weight: the name of the column of sample weights; None for none.
    """

    task: Task
    inputs: tuple[FittedColumn, ...] | Pixels
    projection: Projection | None
    target: ClassTarget | NumberTarget
    notes: tuple[str, ...]
    read_options: ReadOptions = field(default_factory=ReadOptions)
    sample_weight: str | None = None

    @classmethod
    def fit(
        cls,
        dataset: Dataset,
        rows: NDArray[np.int64],
        task: Task,
        *,
        scaling: str | None = None,
        encoding: str = "one_hot",
        projection: str | None = None,
        components: Components | None = None,
        target: ClassTarget | NumberTarget | None = None,
        target_transform: str = "none",
        roles: Sequence[ColumnRole] | None = None,
        labels: NDArray[np.object_] | None = None,
    ) -> Preparation:
        """Fit to the training rows of a dataset only, by their sample weights if it has any.

        Args:
            dataset: with a target, unless its preparation is given.
            rows: indices of the training rows, at least one.
            task: of the target.
            scaling: of numbers, by name: smooth_clip (the default of tables), standardise, centre,
                min_max (the default of pictures), robust, quantile or none. Pictures take min_max,
                centre, standardise or none.
            encoding: of categories, by name: one_hot, ordinal, codes or auto.
            projection: of all features, by name: pca, pca_whitening, zca_whitening or None.
            components: of pca and pca_whitening, to keep: how many as a whole number, or their
                share of the variance as a number with a point up to 1.0; None for all.
            target: the preparation of the target; by default it is fitted.
            target_transform: of numbers to predict: log, yeo_johnson or none.
            roles: of the columns of a table; by default inferred by `infer_roles`.
            labels: of which the classes are made, if other rows have further ones; by default all
                labels of the dataset.
        Raises:
            InputError: no column is left, the target does not fit the task, or an option or role
                is unknown or does not fit the data.
        """
        training = dataset.take(rows)
        weights = row_counts(weights_of(training))
        target = target or _fit_target(dataset, training, task, labels, target_transform)
        if isinstance(training, Images):
            pixels = Pixels.fit(training.pixels, scaling or "min_max")
            fitted = cls(task, pixels, None, target, ())
        else:
            assert isinstance(dataset, Table)
            roles = roles or infer_roles(dataset, dataset.read_options.roles, rows)
            inputs, notes = fit_columns(
                training, roles, scaling or "smooth_clip", encoding, weights
            )
            fitted = cls(task, inputs, None, target, notes)
        fitted = fitted._projected(training, weights, projection, components)
        return replace(
            fitted,
            read_options=fitted._fit_options(dataset.read_options),
            sample_weight=dataset.weights.name
            if isinstance(dataset, Table) and dataset.weights is not None
            else None,
        )

    def _fit_options(self, options: ReadOptions) -> ReadOptions:
        """Return the options by which other data is read as the training data was by these."""
        named = [self.target.name] if _has_names(self.target) else []
        return options.fitted(
            self.target.name,
            None if isinstance(self.inputs, Pixels) else self.columns,
            (*self.categorical, *named),
            self.inputs.shape if isinstance(self.inputs, Pixels) else None,
            self.dates,
        )

    def _projected(
        self,
        training: Dataset,
        weights: NDArray[np.float64] | None,
        name: str | None,
        components: Components | None,
    ) -> Preparation:
        """Return the preparation with a projection fitted on the training rows."""
        if name is None:
            if components is not None:
                raise InputError(
                    "got components without a projection, expected them with one. "
                    "Name a projection such as pca_whitening, or leave them out."
                )
            return self
        if any(self.categories_of_features):
            raise InputError(
                f"projection '{name}': got categories as codes, expected features that are "
                "quantities. Use the encoding one_hot, or no projection."
            )
        features = self._unprojected(training).reshape(len(training), -1)
        projection = PROJECTIONS[name].fit(features, components, weights)
        notes = (f"{training.source}: {projection.note}",) if projection.note else ()
        return replace(self, projection=projection, notes=(*self.notes, *notes))

    def updated(
        self, table: Table, share: float, target: ClassTarget | NumberTarget
    ) -> Preparation:
        """Return the preparation with the scaling of its columns fitted on further rows, too.

        Args:
            table: further training rows of a preparation of columns without a projection.
            share: their share of all training rows so far, by weight.
            target: the preparation of the target.
        """
        assert not isinstance(self.inputs, Pixels)
        assert self.projection is None
        inputs = tuple(update_column(column, table, share) for column in self.inputs)
        return replace(self, inputs=inputs, target=target)

    def features(self, dataset: Dataset) -> torch.Tensor:
        """Return the inputs of the network: finite float32, (rows, *feature_shape).

        Raises:
            InputError: the column does not exist, a numeric column has text, or the pictures have
                another size.
        """
        features = self._unprojected(dataset)
        if self.projection is not None:
            flat = features.reshape(len(features), self.projection.inputs)
            features = self.projection.transform(flat).reshape(len(flat), *self.feature_shape)
        return torch.from_numpy(features)

    def compact_features(self, dataset: Dataset) -> torch.Tensor | ByteFeatures:
        """Return `features`, stored as bytes for pictures without a projection."""
        if isinstance(self.inputs, Pixels) and self.projection is None:
            return self.inputs.as_bytes(self._pixels(dataset, self.inputs))
        return self.features(dataset)

    def _pixels(self, dataset: Dataset, inputs: Pixels) -> NDArray[np.uint8]:
        if not isinstance(dataset, Images):
            raise self._wrong_kind(dataset, "a table", "pictures")
        inputs.check(dataset.pixels.shape[1:], dataset.source)
        return dataset.pixels

    def _unprojected(self, dataset: Dataset) -> NDArray[np.float32]:
        """Return the features before projection, (rows, features) or pictures."""
        if isinstance(self.inputs, Pixels):
            return self.inputs.transform(self._pixels(dataset, self.inputs))
        if not isinstance(dataset, Table):
            raise self._wrong_kind(dataset, "pictures", "a table")
        dataset = as_learned(dataset, self.read_options)
        count = sum(len(column.feature_names) for column in self.inputs)
        features = np.empty((len(dataset), count), np.float32)
        end = 0
        for column in self.inputs:
            block = transform_column(column, dataset)
            features[:, end : end + block.shape[1]] = block
            end += block.shape[1]
        return features

    def targets(self, dataset: Dataset) -> torch.Tensor:
        """Return the targets of the network.

        Regression: the standardised number, float32 (rows, 1). Binary: the class index 0 or 1,
        float32 (rows, 1). Classification: the class index, int64 (rows,).
        Raises:
            InputError: there is no target, or a value is missing or an unknown class.
        """
        column = _target_of(dataset)

        def where(index: int) -> str:
            location = f"{dataset.source}, row {index + 1}"
            if isinstance(dataset, Table):
                location = dataset.location(index)
            return f"{location}, column '{column.name}'"

        if isinstance(self.target, NumberTarget):
            z = self.target.transform(_numbers(dataset, column), where)
            return torch.from_numpy(z.astype(np.float32)).unsqueeze(1)
        classes = torch.from_numpy(self.target.transform(column.categories(), where))
        return classes.to(torch.float32).unsqueeze(1) if self.task == "binary" else classes

    def notes_on(self, dataset: Dataset) -> tuple[str, ...]:
        """Return notes on a dataset that the preparation was not fitted on."""
        notes: list[str | None] = []
        if isinstance(self.target, ClassTarget) and dataset.target is not None:
            notes.append(self.target.note(dataset.target.categories()))
        if not isinstance(self.inputs, Pixels) and isinstance(dataset, Table):
            table = as_learned(dataset, self.read_options)
            notes += [note_on(column, table) for column in self.inputs]
        return tuple(f"{dataset.source}: {note}" for note in notes if note)

    def check_new_rows(self, dataset: Dataset) -> None:
        """Check that the values of other rows are of the kind that was learned.

        Raises:
            InputError: there are 10 values or more of a column, and none was seen in training.
        """
        if isinstance(self.inputs, Pixels) or not isinstance(dataset, Table):
            return
        table = as_learned(dataset, self.read_options)
        for fitted in self.inputs:
            if isinstance(fitted, Categories | YesNo):
                check_known(fitted, table)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that are used, none for pictures."""
        return () if isinstance(self.inputs, Pixels) else tuple(c.name for c in self.inputs)

    @property
    def categorical(self) -> tuple[str, ...]:
        """The names of the categorical columns, which may have only numbers in another file."""
        inputs = () if isinstance(self.inputs, Pixels) else self.inputs
        return tuple(column.name for column in inputs if isinstance(column, Categories))

    @property
    def dates(self) -> tuple[str, ...]:
        """The names of the columns of dates, which may have only numbers in another file."""
        inputs = () if isinstance(self.inputs, Pixels) else self.inputs
        return tuple(column.name for column in inputs if isinstance(column, Dates))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The name of each feature, none for pictures."""
        if self.projection is not None and not self.projection.keeps_features:
            return tuple(f"component {i + 1}" for i in range(self.projection.outputs))
        inputs = () if isinstance(self.inputs, Pixels) else self.inputs
        return tuple(name for column in inputs for name in column.feature_names)

    @property
    def categories_of_features(self) -> tuple[int, ...]:
        """For each feature the number of its category codes, or 0 if it is numeric.

        Empty for pictures.
        """
        if self.projection is not None:
            return (0,) * len(self.feature_names)
        inputs = () if isinstance(self.inputs, Pixels) else self.inputs
        return tuple(count for column in inputs for count in column.categories_of_features)

    @property
    def feature_shape(self) -> tuple[int, ...]:
        """The shape of the features of one sample.

        (features,), or for a picture (height, width) or (height, width, channels).
        """
        if self.projection is not None and not self.projection.keeps_features:
            return (self.projection.outputs,)
        if isinstance(self.inputs, Pixels):
            return self.inputs.shape
        return (len(self.feature_names),)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes in the order of their indices, none for regression."""
        return self.target.classes if isinstance(self.target, ClassTarget) else ()

    def as_json(self) -> Json:
        """Return the preparation as a JSON object."""
        return {
            "task": self.task,
            "inputs": self.inputs.as_json()
            if isinstance(self.inputs, Pixels)
            else [column.as_json() for column in self.inputs],
            "projection": None if self.projection is None else self.projection.as_json(),
            "target": self.target.as_json(),
            "notes": list(self.notes),
            "read_options": self.read_options.model_dump(mode="json", exclude_defaults=True),
            "sample_weight": self.sample_weight,
        }

    @classmethod
    def from_json(cls, value: object, *, without: Collection[str] = ()) -> Preparation:
        """Create from the output of `as_json`; the result is equal bit for bit.

        Args:
            value: any value that was read from JSON.
            without: fields that an earlier version did not have. Without read_options other data is
                read by the columns and the target alone, and options such as `missing` have their
                defaults.
        Raises:
            InputError: a field is missing, unknown or of another type.
        """
        expected: dict[str, type | str] = {
            "task": str,
            "inputs": object,
            "projection": object,
            "target": dict,
            "notes": list,
            "read_options": dict,
            "sample_weight": object,
        }
        expected = {name: kind for name, kind in expected.items() if name not in without}
        fields = read_fields("preparation", value, expected)
        task: Any = fields["task"]
        if task not in get_args(Task):
            raise unknown_name("task", task, get_args(Task))
        inputs = fields["inputs"]
        target: type[NumberTarget | ClassTarget]
        target = NumberTarget if task == "regression" else ClassTarget
        unprojected = cls(
            task,
            tuple(map(column_from_json, inputs))
            if isinstance(inputs, list)
            else Pixels.from_json(inputs),
            None,
            target.from_json(fields["target"]),
            tuple(fields["notes"]),
        )
        options = _read_options(fields.get("read_options", {}))
        sample_weight = fields.get("sample_weight")
        if not isinstance(sample_weight, str | None):
            raise damaged("preparation", f"{sample_weight!r:.40} as sample_weight", "text or none")
        fitted = replace(
            unprojected,
            read_options=unprojected._fit_options(options),
            sample_weight=sample_weight,
        )
        if fields["projection"] is None:
            return fitted
        projection = projection_from_json(fields["projection"])
        features = math.prod(fitted.feature_shape)
        if projection.inputs != features:
            raise damaged(
                "projection", f"one of {projection.inputs:,} features", f"one of {features:,}"
            )
        return replace(fitted, projection=projection)

    def _wrong_kind(self, dataset: Dataset, got: str, expected: str) -> InputError:
        return InputError(
            f"{dataset.source}: got {got}, expected {expected} as the model was trained on. "
            f"Give a file that holds {expected}."
        )


def _read_options(value: Json) -> ReadOptions:
    """Read options from a JSON object. Raises InputError: one is unknown or can't be used."""
    try:
        return validate(ReadOptions, value)
    except InputError as error:
        raise InputError(f"read_options: {error} {DAMAGED}") from None


def _has_names(target: ClassTarget | NumberTarget) -> bool:
    """Return whether a class is no plain number, such as '01', which would be read as 1."""
    return isinstance(target, ClassTarget) and any(
        (number := parse_number(label)) is None or format_number(number) != label
        for label in target.classes
    )


def _fit_target(
    dataset: Dataset,
    training: Dataset,
    task: Task,
    labels: NDArray[np.object_] | None,
    transform: str,
) -> ClassTarget | NumberTarget:
    column, weights = _target_of(training), row_counts(weights_of(training))
    if task == "regression":
        return NumberTarget.fit(column.name, _numbers(training, column), weights, transform)
    if transform != "none":
        raise InputError(
            f"target_transform: got '{transform}', but the target '{column.name}' has classes; "
            "expected numbers. Leave it out, or use --task regression."
        )
    all_labels = _target_of(dataset).categories() if labels is None else labels
    target = ClassTarget.fit(column.name, column.categories(), weights, all_labels)
    if task == "binary" and len(target.classes) != 2:
        raise InputError(
            f"{training.source}, column '{column.name}': got {len(target.classes)} classes, "
            "expected two for the task binary. Use --task classification."
        )
    return target


def true_numbers(dataset: Dataset) -> NDArray[np.float64]:
    """Return the numbers of the target as they stand in the data, (rows,).

    Raises:
        InputError: there is no target, or it is text.
    """
    return _numbers(dataset, _target_of(dataset))


def _target_of(dataset: Dataset) -> Column:
    if dataset.target is None:
        raise InputError(
            f"{dataset.source}: got no target, expected the column to be learned. "
            "Name it with --target."
        )
    return dataset.target


def _numbers(dataset: Dataset, column: Column) -> NDArray[np.float64]:
    return dataset.numbers(column) if isinstance(dataset, Table) else column.values
