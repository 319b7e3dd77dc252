"""The task of a target, and checks that the data suit it."""

import re
from typing import get_args

import numpy as np

from chainrule.data.columns.dates import MIN_DATE_SHARE, date_share
from chainrule.data.dataset import Dataset, Images
from chainrule.data.formatting import pluralised
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, refuse, unknown_name

MIN_ROWS = 10
MAX_NUMERIC_CLASSES = 20
MIN_ROWS_PER_CLASS = 10
MIN_QUANTITY_SHARE = 0.9
BEGINS_LIKE_A_NUMBER = re.compile(r"\W{0,3}\d")


def infer_task(target: Column) -> Task:
    """Infer the task of a target from its values; missing values are ignored.

    Two distinct values: binary. More distinct texts: classification; so are whole numbers if at
    most 20 are distinct and each appears 10 times on average. Other numbers: regression. Numbers
    that are written in several ways, such as 1 and 01, are as many classes.

    >>> infer_task(Column("digit", np.arange(100.0) % 10))
    'classification'
    >>> infer_task(Column("price", np.arange(100.0)))
    'regression'
    """
    values = target.values[~target.missing]
    distinct = len(np.unique(values if target.texts is None else target.texts[~target.missing]))
    if distinct == 2:
        return "binary"
    if target.kind == "category" or len(np.unique(values)) == 2:
        return "classification"
    whole = bool((values == np.floor(values)).all())
    few = distinct <= MAX_NUMERIC_CLASSES and len(values) >= MIN_ROWS_PER_CLASS * distinct
    return "classification" if whole and few else "regression"


def infer_task_of(dataset: Dataset) -> Task:
    """Infer the task of the target of a dataset, which has one.

    Raises:
        InputError: the target has many different dates or texts with numbers, which are neither
            numbers nor classes.
    """
    target = dataset.target
    assert target is not None
    if target.declared is None and target.kind == "category":
        _check_texts(target, _where(dataset, target))
    return infer_task(target)


def _check_texts(target: Column, where: str) -> None:
    """Refuse texts that are rather dates or numbers than classes, as they are too many."""
    known = [text for text in target.values.tolist() if text is not None]
    texts = set(known)
    if len(texts) <= MAX_NUMERIC_CLASSES:
        return
    quantities = [text for text in texts if _looks_like_a_number(text)]
    few_rows = len(known) < MIN_ROWS_PER_CLASS * len(texts)
    if date_share(texts) >= MIN_DATE_SHARE:
        got = f"{len(texts):,} dates such as '{min(texts)}' as the target"
        remedy = "Write how many days after a first date they are as numbers, or make each date"
    elif few_rows and len(quantities) >= MIN_QUANTITY_SHARE * len(texts):
        got = (
            f"{len(texts):,} different texts such as '{min(quantities)}' as the target, most of "
            "them with numbers that cannot be read alike"
        )
        remedy = "Write plain numbers of one unit, or make each text"
    else:
        return
    refuse(
        InputError(
            f"{where}: got {got}, expected numbers or classes. {remedy} a class with --task "
            "classification."
        )
    )


def _looks_like_a_number(text: str) -> bool:
    """Return whether a text begins with a number, and half of its characters or more are digits.

    Digits alone are a code here, as they would be a number otherwise.
    """
    digits = sum(character.isdigit() for character in text)
    begins = BEGINS_LIKE_A_NUMBER.match(text) is not None
    return begins and not text.isdigit() and 2 * digits >= len(text.replace(" ", ""))


def check_target(dataset: Dataset, task: Task) -> None:
    """Check that the target suits the task.

    Raises:
        InputError: there is no target, or it is missing in some rows; there are fewer than 10 rows;
            all values are the same, or all classes different; the task is regression and the target
            text; or the task is binary and there are more than two classes.
    """
    if task not in get_args(Task):
        raise unknown_name("task", task, get_args(Task))
    target = _check_present(dataset)
    distinct = set((target.values if task == "regression" else target.categories()).tolist())
    if len(distinct) == 1:
        remedy = "Choose another column with --target."
        on_target = [note for note in dataset.notes if f"'{target.name}'" in note]
        if on_target:
            remedy = f"{remedy} ({'; '.join(on_target)})"
        if isinstance(dataset, Images):
            remedy = "Give pictures of several classes, a folder for each."
        raise InputError(
            f"{_where(dataset, target)}: got the same value '{target.categories()[0]}' in all "
            f"{pluralised(len(dataset), 'row')}, expected a target that differs from row to row. "
            f"{remedy}"
        )
    if task != "regression":
        _check_classes(dataset, target, len(distinct), task)
    elif isinstance(dataset, Table):
        _check_numbers(dataset, target)


def _check_present(dataset: Dataset) -> Column:
    """Return the target, after checking that enough rows have one, and all of them."""
    source, target = dataset.source, dataset.target
    if target is None:
        raise InputError(
            f"{source}: got no target, expected the column to be learned. Name it with --target."
        )
    if len(dataset) < MIN_ROWS:
        raise InputError(
            f"{source}: got {pluralised(len(dataset), 'row')} with a target, expected at least "
            f"{MIN_ROWS} to train, validate and test on. Collect more rows."
        )
    if target.missing.any():
        rows = pluralised(int(target.missing.sum()), "row")
        raise InputError(
            f"{_where(dataset, target)}: got {rows} without a value, expected a target in every "
            "row. Leave out the rows that have none."
        )
    return target


def _check_classes(dataset: Dataset, target: Column, classes: int, task: Task) -> None:
    """Check that several rows share a class, and that a binary task has two classes."""
    if classes == len(dataset):
        remedy = "Use --task regression" if target.kind == "number" else "Choose another column"
        raise InputError(
            f"{_where(dataset, target)}: got {classes:,} classes for {len(dataset):,} rows, all "
            "different like names, expected classes that several rows share. "
            f"{remedy}, or give more rows."
        )
    if task == "binary" and classes > 2:
        raise InputError(
            f"{_where(dataset, target)}: got {classes:,} classes, expected two for the task "
            "binary. Use --task classification."
        )


def _check_numbers(table: Table, target: Column) -> None:
    try:
        table.numbers(target)
    except InputError as error:
        raise InputError(
            f"{error} The task regression predicts numbers; for classes use --task classification."
        ) from error


def _where(dataset: Dataset, target: Column) -> str:
    return f"{dataset.source}, column '{target.name}'"
