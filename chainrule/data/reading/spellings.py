"""Spellings of the same word: those of a truth value are one class, others stay apart."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from chainrule.data.columns.spellings import exact_number
from chainrule.data.columns.text import are_yes_and_no, parse_yes_no
from chainrule.data.formatting import pluralised, quoted_list
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
    could mean the same stay apart, with a note.
    Args:
        name: of the column.
        counts: number of rows of each text.
        is_target: whether it is the target.
        is_category: whether the user declared it categorical.
    """
    if is_target and are_yes_and_no(counts):
        groups = _groups(counts, str.casefold)
        spelling = {text: group[0] for group in groups for text in group}
        same = [f"{quoted_list(group)} are read as one class, '{group[0]}'" for group in groups]
        return spelling, f"column '{name}': {'; '.join(same)}" if same else None
    if len(counts) > MAX_CATEGORIES or (are_yes_and_no(counts) and not is_category):
        return {}, None
    alike = [*_alike(counts), *_words_of_truth(counts)]
    return {}, f"column '{name}': {'; '.join(alike)}" if alike else None


def _alike(counts: Counter[str]) -> list[str]:
    """Return which texts could mean the same, and stay apart."""
    found = []
    for key, reason in KEYS:
        if groups := _groups(counts, key):
            more = f", as in {pluralised(len(groups) - 1, 'more group')}" if groups[1:] else ""
            group = groups[0]
            found.append(f"{quoted_list(group)} {reason}, and are {len(group)} categories{more}")
    return found


def _words_of_truth(counts: Counter[str]) -> list[str]:
    """Return whether all of more than two texts are words for yes and no, and not letters alone."""
    words = {text.casefold() for text in counts}
    if len(words) <= 2 or any(parse_yes_no(word) is None for word in words):
        return []
    are_words = any(len(word) > 1 for word in words)
    return [f"{quoted_list(sorted(counts))} all are yes or no, and stay apart"] if are_words else []


def _spelled_alike(text: str) -> str:
    """Return a text with one encoding of each letter and one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _as_number(text: str) -> object:
    number = exact_number(text)
    return text if number is None else number


KEYS: tuple[tuple[Callable[[str], object], str], ...] = (
    (str.casefold, "differ only in upper and lower case"),
    (_spelled_alike, "differ only in blanks or in the encoding of letters"),
    (_as_number, "are the same number"),
)


def _groups(counts: Counter[str], key: Callable[[str], object]) -> list[list[str]]:
    """Return the texts with equal keys, the most frequent of each group first."""
    groups: dict[object, list[str]] = {}
    for text, _ in counts.most_common():
        groups.setdefault(key(text), []).append(text)
    return [group for group in groups.values() if len(group) > 1]
