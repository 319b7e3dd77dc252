"""Whole numbers that identify rows, such as customer numbers, rather than measure something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chainrule.data.columns.text import name_words

MIN_DISTINCT = 21  # fewer different numbers are as well levels of a quantity
IDENTIFIER_WORDS = frozenset(
    ("id", "ids", "idx", "index", "row", "rownames", "uuid", "guid", "unnamed", "번호", "순번")
)
# At the end of a name only: "order no" is an identifier, "number of rooms" is a quantity.
LAST_WORDS = frozenset(("no", "nr", "num", "number", "nummer", "key", "serial"))
MIN_DIGITS = 9  # of quantities hardly any is known to so many digits
# Seconds and milliseconds since 1970, from 1998 to 2049, have as many.
UNIX_TIMES = ((9e8, 2.5e9), (9e11, 2.5e12))


def identifier_reason(name: str, values: NDArray[np.float64]) -> str | None:
    """Return why numbers are those of an identifier, as a clause that follows "as"; None if not.

    Only whole numbers are, of which more than half are different and more than 20: either in a
    column with a name such as customer_id, or all different, of the same 9 digits or more, and no
    Unix times. A measurement may be whole and all different, too, so less is not enough.
    Args:
        name: of the column.
        values: without missing ones, (n,).
    """
    distinct = len(np.unique(values))
    if not are_whole(values) or distinct < MIN_DISTINCT or 2 * distinct <= len(values):
        return None
    all_different = distinct == len(values)
    if named_like_an_identifier(name):
        if is_sequence(values):
            low, high = values.min(), values.max()
            return f"it counts the rows: whole numbers from {low:.0f} to {high:.0f}, all different"
        different = "all different" if all_different else "most of them different"
        return f"it has the name of an identifier and whole numbers, {different}"
    if all_different and _have_as_many_digits(values) and not _are_unix_times(values):
        return (
            f"its whole numbers are all different and have {MIN_DIGITS} digits or more, like codes"
        )
    return None


def named_like_an_identifier(name: str) -> bool:
    """Return whether a word of the name means an id: 'PassengerId', 'order no', 'Unnamed: 0'.

    >>> [named_like_an_identifier(name) for name in ("customer_id", "OrderNo", "number of rooms")]
    [True, True, False]
    """
    words = name_words(name)
    if not name.strip() or not IDENTIFIER_WORDS.isdisjoint(words):
        return True
    return bool(words) and words[-1] in LAST_WORDS


def are_whole(values: NDArray[np.float64]) -> bool:
    """Return whether no number has a fractional part."""
    return bool((values == np.floor(values)).all())


def is_sequence(values: NDArray[np.float64]) -> bool:
    """Return whether there are over 20 distinct whole numbers that fill half of their range."""
    return bool(
        len(values) >= MIN_DISTINCT
        and are_whole(values)
        and len(np.unique(values)) == len(values)
        and len(values) > values.max() / 2 - values.min() / 2  # the whole range may be no float
    )


def _have_as_many_digits(values: NDArray[np.float64]) -> bool:
    least = 10.0 ** (MIN_DIGITS - 1)
    low, high = float(values.min()), float(values.max())
    return low >= least and np.floor(np.log10(low)) == np.floor(np.log10(high))


def _are_unix_times(values: NDArray[np.float64]) -> bool:
    return any(low <= values.min() and values.max() <= high for low, high in UNIX_TIMES)
