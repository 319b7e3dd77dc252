"""Spellings of the same word: those of a truth value are one class, others stay apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chainrule.data.columns.text import are_yes_and_no
from chainrule.data.formatting import quoted_list
from chainrule.data.table import Column

MAX_CATEGORIES = 1000  # more are rather names, whose spellings are not compared


def with_one_spelling(
    columns: Sequence[Column], target: str | None
) -> tuple[list[Column], list[str]]:
    """Return the columns, with one spelling of each truth value in the target, and notes.

    Args:
        columns: of a table.
        target: the name of the target.
    """
    result, notes = [], []
    for column in columns:
        counts = Counter(column.values.tolist() if column.kind == "category" else [])
        counts.pop(None, None)
        is_category = column.declared == "category"
        spelling, note = compare_spellings(
            column.name, counts, is_target=column.name == target, is_category=is_category
        )
        if spelling:
            merged = np.array([*map(spelling.get, column.values, column.values), None], object)
            column = replace(column, values=merged[:-1])
        notes += [note] if note else []
        result.append(column)
    return result, notes


def compare_spellings(
    name: str, counts: Counter[str], *, is_target: bool, is_category: bool
) -> tuple[dict[str, str], str | None]:
    """Return the spelling that replaces others in a column, by text, and a note.

    TRUE, True and true are one class where all values are yes or no, and are then written as the
    most frequent of them. Inputs of yes and no are one feature in any spelling. Other texts that
    differ in their case only stay apart, with a note.
    Args:
        name: of the column.
        counts: number of rows of each text.
        is_target: whether it is the target.
        is_category: whether the user declared it categorical.
    """
    groups = _groups(counts)
    if not groups:
        return {}, None
    if is_target and are_yes_and_no(counts):
        spelling = {text: group[0] for group in groups for text in group}
        same = f"{quoted_list(groups[0])} are read as one class, '{groups[0][0]}'"
        return spelling, f"column '{name}': {same}"
    if is_category or not are_yes_and_no(counts):
        return {}, (
            f"column '{name}': {quoted_list(groups[0])} differ only in upper and lower case, and "
            f"are {len(groups[0])} categories"
        )
    return {}, None


def _groups(counts: Counter[str]) -> list[list[str]]:
    """Return the texts that differ only in case, the most frequent of each group first."""
    if len(counts) > MAX_CATEGORIES:
        return []
    groups: dict[str, list[str]] = {}
    for text, _ in counts.most_common():
        groups.setdefault(text.casefold(), []).append(text)
    return [group for group in groups.values() if len(group) > 1]
