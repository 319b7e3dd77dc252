"""Splitting of data, and preparation fitted on its training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from chainrule.data.columns.roles import ColumnRole, check_roles, infer_roles
from chainrule.data.columns.sample_weights import (
    with_sample_weights,
    with_weights_if_present,
)
from chainrule.data.columns.task import check_target, infer_task_of
from chainrule.data.dataset import Dataset, Images
from chainrule.data.fingerprint import combined, fingerprint
from chainrule.data.formatting import pluralised, quoted_list
from chainrule.data.inspection.contradicting_pictures import contradicting_pictures
from chainrule.data.inspection.target_shape import target_shape
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.splits import Fold
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.training.samples.leakage import find_leaks
from chainrule.training.samples.sample_weights import Weighting, sample_weights
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.split import (
    drop_split_columns,
    folds_of_members,
    notes_on_shared_validation,
    parts_not_drawn,
    split_dataset,
)
from chainrule.training.samples.streamed_samples import StreamedSamples, samples_in_memory
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True)
class Prepared:
    """Prepared samples of training, validation and test.

    Attributes:
        preparation: fitted on the training samples only.
        training: training samples; on disk if the table is larger than memory.
        validation: samples that select the best epoch; None if there are none.
        test: samples for the final test; None if there are none.
        notes: for the user, on the data and how it was read.
        held_out: the test rows as read, or the validation rows if there is no test.
        missing: share of missing values in the training rows of each column, by name.
        not_drawn: parts, "validation" or "test", whose rows were not drawn at random, but taken by
            time, by a column or from separate data.
        fingerprints: of the rows of validation and test, by part.
        leaks: the notes without which the test score must not be reported.
        folds: of each member, its training and validation rows among the training samples; empty if
            all members have the same.
        roles: of the columns, including those left out; none for pictures.
    """

    preparation: Preparation
    training: Samples | StreamedSamples
    validation: Samples | None
    test: Samples | None
    notes: tuple[str, ...]
    held_out: Dataset | None = None
    missing: Mapping[str, float] = field(default_factory=dict)
    leaks: tuple[str, ...] = ()
    folds: tuple[Fold, ...] = ()
    roles: tuple[ColumnRole, ...] = ()
    not_drawn: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def outputs(self) -> int:
        """The number of outputs of a network for the task."""
        targets = samples_in_memory(self.training).targets
        return targets.shape[1] if targets.dim() == 2 else len(self.preparation.class_names)

    @property
    def is_validated(self) -> bool:
        """Whether there are validation samples, of all networks or of each member."""
        return self.validation is not None or bool(self.folds)

    @property
    def sizes(self) -> dict[str, int]:
        """The number of samples of each part."""
        parts = {"training": self.training, "validation": self.validation, "test": self.test}
        return {name: len(part) if part else 0 for name, part in parts.items()}

    @property
    def training_size(self) -> int:
        """The number of training samples of a network; of several members the smallest."""
        return min((len(fold.train) for fold in self.folds), default=len(self.training))

    def of_member(self, number: int) -> Prepared:
        """Return the samples of one member, counted from 0."""
        if not self.folds:
            return self
        samples, fold = samples_in_memory(self.training), self.folds[number]
        training, validation = (samples.take(torch.from_numpy(rows)) for rows in fold)
        return replace(self, training=training, validation=validation, folds=())


def prepare(
    data: Dataset,
    settings: Settings,
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    task: Task | None = None,
) -> Prepared:
    """Split data and prepare it.

    Args:
        data: with its target.
        settings: those of the split, the preparation and sample weights are used.
        validation: separate validation data, whose share then goes to training and test.
        test: separate test data, whose share then goes to training and validation.
        task: of the target; inferred by default.
    Raises:
        InputError: the target does not fit the task, the data can't be split so, the validation or
            test data has other columns or classes, or a setting does not fit the data.
    """
    check_roles(data)
    data = with_sample_weights(data, settings.sample_weight)
    validation, test = (
        None if rows is None else with_weights_if_present(rows, settings.sample_weight)
        for rows in (validation, test)
    )
    target, task = target_and_task(data, task)
    labels = target.categories()
    prepared = prepare_part(data, target, task, settings, labels, validation=validation, test=test)
    fitted = prepared.preparation.target
    if not isinstance(fitted, ClassTarget):
        return prepared
    where = f"{data.source}, column '{target.name}'"
    if len(fitted.trained) == 1:
        raise InputError(
            f"{where}: got only the class '{fitted.trained[0]}' in the training rows, expected at "
            "least two. Split in another way, such as with another --seed, or give more rows."
        )
    return replace(prepared, notes=(*prepared.notes, *_notes_on_untested(fitted, prepared, where)))


def prepare_part(
    data: Dataset,
    target: Column,
    task: Task,
    settings: Settings,
    labels: NDArray[np.object_],
    *,
    validation: Dataset | None = None,
    test: Dataset | None = None,
    name: str = "",
) -> Prepared:
    """Split rows and prepare them, where further rows may have further classes.

    Args:
        data: with its target, and without rows of weight 0; `validation` and `test` as well.
        target: of the data.
        task: of the target.
        settings: as of `prepare`.
        labels: of all rows, of which the classes are made.
        validation: as of `prepare`.
        test: as of `prepare`.
        name: of the fold, for notes, such as "fold 1"; empty if there is no cross-validation.
    Raises:
        InputError: as of `prepare`, except for training rows of a single class.
    """
    parts = {"validation": validation, "test": test}
    separate = [name for name, rows in parts.items() if rows is not None]
    split_with_notes = split_dataset(data, target, task, settings, separate)
    split = split_with_notes.split
    folds = folds_of_members(data, target, task, settings, split, separate)
    split = split.without_validation() if folds else split
    inputs = drop_split_columns(data, settings)
    roles = roles_of(inputs, split.train)
    preparation = fit_preparation(inputs, split.train, task, settings, roles, labels)
    training_rows, validation_rows = data.take(split.train), data.take(split.validation)
    weighting = Weighting.fit(preparation, training_rows, settings.class_weight)
    notes = [*data.notes, *notes_on_target(data, task, settings)]
    notes += [*preparation.notes, *split_with_notes.notes]
    notes += [_note_on_folds(split.train, folds)] if folds else []
    notes += notes_on_shared_validation(settings, separate)
    if not name:  # the rows of a fold were read together with the others
        check_separate_sets(preparation, validation, test)
    notes += notes_on_separate_sets(preparation, validation, test)
    notes += _notes_on_contradictions(data, validation, test)

    def samples(part: Dataset) -> Samples:
        targets = preparation.targets(part)
        weights = weighting.of(part, targets)
        features = preparation.compact_features(part)
        return Samples(features, targets, weights, sample_weights(part))

    def test_samples(part: Dataset) -> Samples:
        own = sample_weights(part)
        return Samples(preparation.compact_features(part), preparation.targets(part), own, own)

    validation_rows = validation_rows if validation is None else validation
    test = data.take(split.test) if test is None else test
    if isinstance(preparation.target, ClassTarget):
        where = ", ".join(filter(None, (data.source, name, f"column '{target.name}'")))
        held_out_rows = {"validation": validation_rows, "test": test}
        notes += notes_on_untrained(preparation.target, held_out_rows, where)
    leakage = find_leaks(data, training_rows, test, preparation, settings)
    return Prepared(
        preparation=preparation,
        training=samples(training_rows),
        validation=samples(validation_rows) if len(validation_rows) else None,
        test=test_samples(test) if len(test) else None,
        notes=(*notes, *leakage.notes, *leakage.leaks),
        held_out=held_out(test, validation_rows),
        missing=shares_missing(drop_split_columns(training_rows, settings)),
        leaks=leakage.leaks,
        folds=tuple(folds),
        roles=roles,
        not_drawn=parts_not_drawn(settings, separate),
        fingerprints=fingerprints_of(validation_rows, test)
        | fingerprint_of_folds(training_rows, folds),
    )


def _notes_on_untested(target: ClassTarget, prepared: Prepared, where: str) -> list[str]:
    """Return a note on the classes that no test row has, if there is a test."""
    if prepared.test is None:
        return []
    tested = {target.classes[int(index)] for index in prepared.test.targets.unique()}
    untested = [name for name in target.classes if name not in tested]
    if not untested:
        return []
    subject = "the class" if len(untested) == 1 else "the classes"
    return [f"{where}: no test row is of {subject} {quoted_list(untested)}, untested by the scores"]


def _note_on_folds(rows: NDArray[np.int64], folds: Sequence[Fold]) -> str:
    smallest = min(len(fold.test) for fold in folds)
    return (
        f"each of the {len(folds)} members validates on its own {smallest:,} of {len(rows):,} "
        "samples, and is trained on the others"
    )


def roles_of(data: Dataset, training: NDArray[np.int64]) -> tuple[ColumnRole, ...]:
    """Return the roles of the columns, none for pictures; arguments as of `infer_roles`."""
    if isinstance(data, Images):
        return ()
    return infer_roles(data, data.read_options.roles, training)


def notes_on_target(data: Dataset, task: Task, settings: Settings) -> list[str]:
    """Return notes on the shape of the target, as `inspect` tells it of all rows.

    Of a skew only where no transform was named or chosen, `none` included.
    """
    return [
        f"{data.source}: {problem}"
        for problem in target_shape(data, task)
        if problem.kind != "skewed_target" or "target_transform" not in settings.explicit()
    ]


def fit_preparation(
    data: Dataset,
    rows: NDArray[np.int64],
    task: Task,
    settings: Settings,
    roles: Sequence[ColumnRole],
    labels: NDArray[np.object_] | None = None,
) -> Preparation:
    """Fit the preparation of the settings to the training rows, with classes of all labels.

    Raises:
        InputError: a setting does not fit the data.
    """
    return Preparation.fit(
        data,
        rows,
        task,
        scaling=settings.scaling,
        encoding=settings.encoding,
        projection=settings.projection,
        components=settings.components,
        target_transform=settings.target_transform,
        roles=roles,
        labels=labels,
    )


def notes_on_untrained(target: ClassTarget, parts: Mapping[str, Dataset], where: str) -> list[str]:
    """Return notes on rows of classes that no training row has.

    Args:
        target: the classes.
        parts: the validation and the test rows, by name.
        where: the source and the column, for the notes.
    """
    notes = []
    for part, data in parts.items():
        labels = [] if data.target is None else data.target.categories().tolist()
        rows = [label for label in labels if label in target.untrained]
        if rows:
            verb, counts = ("is", "counts as an error")
            if len(rows) > 1:
                verb, counts = ("are", "count as errors")
            notes.append(
                f"{where}: {pluralised(len(rows), f'{part} row')} {verb} of "
                f"{'the class' if len(set(rows)) == 1 else 'the classes'} "
                f"{quoted_list(sorted(set(rows)))}, which no training row has, and "
                f"{counts}; the log loss takes the predicted probability"
            )
    return notes


def target_and_task(data: Dataset, task: Task | None) -> tuple[Column, Task]:
    """Return the target of data and its task, which is inferred by default.

    Raises:
        InputError: there is no target, or it does not fit the task.
    """
    if data.target is None:
        expected = "a folder for each class, or labels"
        if not isinstance(data, Images):
            expected = "the column to predict"
        raise InputError(
            f"{data.source}: got no target, expected {expected}. "
            "Name it with --target, or read(..., target=...)."
        )
    task = task or infer_task_of(data)
    check_target(data, task)
    return data.target, task


def check_separate_sets(preparation: Preparation, *own: Dataset | None) -> None:
    """Check separately supplied validation and test sets. Raises as `check_new_rows`."""
    for rows in own:
        if rows is not None:
            preparation.check_new_rows(rows)


def notes_on_separate_sets(preparation: Preparation, *own: Dataset | None) -> list[str]:
    """Return notes on separately supplied validation and test sets."""
    existing = [rows for rows in own if rows is not None]
    return [note for rows in existing for note in (*rows.notes, *preparation.notes_on(rows))]


def _notes_on_contradictions(*own: Dataset | None) -> list[str]:
    """Return notes on equal pictures with different targets, within the sets and between them."""
    pictures = [images for images in own if isinstance(images, Images)]
    return [f"{pictures[0].source}: {problem}" for problem in contradicting_pictures(*pictures)]


def held_out(test: Dataset, validation: Dataset) -> Dataset | None:
    """Return the test rows, or the validation rows if there is no test."""
    return next((rows for rows in (test, validation) if len(rows)), None)


def fingerprints_of(validation: Dataset, test: Dataset) -> dict[str, str]:
    """Return the fingerprints of the parts that have rows, by part."""
    parts = {"validation": validation, "test": test}
    return {part: fingerprint(rows) for part, rows in parts.items() if len(rows)}


def fingerprint_of_folds(rows: Dataset, folds: Sequence[Fold]) -> dict[str, str]:
    """Return the fingerprint of the folds on which members validate; empty without folds."""
    if not folds:
        return {}
    parts = [fingerprint(rows.take(fold.test)).encode() for fold in folds]
    return {"validation": combined(parts)}


def shares_missing(training: Dataset) -> dict[str, float]:
    """Return the share of missing values of each column, by name."""
    columns = () if isinstance(training, Images) else training.columns
    return {column.name: float(column.missing.mean()) for column in columns}
