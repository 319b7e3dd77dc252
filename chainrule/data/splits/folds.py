"""Folds of a cross-validation, drawn at random and stratified by class."""

import numpy as np
import torch

from chainrule.data.formatting import pluralised
from chainrule.data.splits.split import IN_TRAINING, Fold, folds_of
from chainrule.data.table import Column
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.randomness import generator


def random_folds(target: Column, task: Task, folds: int, seed: int) -> list[Fold]:
    """Return random folds, stratified by class; each row is tested in exactly one.

    Rows are shuffled, sorted by class, and assigned to the folds in turn. So the sizes of folds
    differ by at most one row, in each class and in total. Numeric targets are not stratified. The
    row of a class with one row is in the training of every fold and never tested, as a network that
    was trained without it can't predict its class.
    Args:
        target: of every row, none missing.
        task: of the target.
        folds: at least 2.
        seed: same seed, same folds.
    Raises:
        InputError: there are fewer folds than 2, or more than rows to test.
    Source: Kohavi (1995), A study of cross-validation and bootstrap for accuracy estimation and
    model selection, section 2.2.

    >>> folds = random_folds(Column("y", np.arange(10.0)), "regression", 3, seed=0)
    >>> [len(fold.test) for fold in folds]
    [4, 3, 3]
    """
    shuffled = torch.randperm(len(target), generator=generator(seed, "folds")).numpy()
    if task != "regression":
        _, classes, counts = np.unique(target.values, return_inverse=True, return_counts=True)
        shuffled = shuffled[np.argsort(classes[shuffled], kind="stable")]
        shuffled = shuffled[counts[classes[shuffled]] > 1]
    if not 2 <= folds <= len(shuffled):
        without = "" if len(shuffled) == len(target) else " of classes with more than one row"
        raise InputError(
            f"folds: got {folds} for {pluralised(len(shuffled), 'row')}{without}, expected at "
            "least 2 and at most one for each row. Usual are 5 or 10."
        )
    parts = np.full(len(target), IN_TRAINING)
    parts[shuffled] = np.arange(len(shuffled)) % folds
    return folds_of(parts, folds)
