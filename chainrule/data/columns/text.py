"""Text of a column: the words of its name, yes and no, and frequent categories."""

import re
from collections.abc import Collection, Mapping

YES = frozenset(("yes", "y", "true", "t", "1", "on", "ja", "j", "oui", "o", "sí", "si", "예", "네"))
NO = frozenset(("no", "n", "false", "f", "0", "off", "nein", "non", "아니오", "아니요"))
MIN_CATEGORY_ROWS = 5
MIN_CATEGORY_SHARE = 0.01


def name_words(name: str) -> list[str]:
    """Split a name into lower-case words, also where camel case separates them.

    >>> name_words("PatientID_2"), name_words("house-hold size"), name_words("환자 번호")
    (['patient', 'id'], ['house', 'hold', 'size'], ['환자', '번호'])
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+", name)
    return [word.casefold() for word in words]


def parse_yes_no(text: str) -> bool | None:
    """Return True for yes and False for no, ignoring case; None if the text is neither.

    >>> parse_yes_no("Yes"), parse_yes_no("FALSE"), parse_yes_no("maybe")
    (True, False, None)
    """
    word = text.strip().casefold()
    return word in YES if word in YES or word in NO else None


def are_yes_and_no(texts: Collection[str]) -> bool:
    """Return whether texts are one word for yes and one for no, in any case, and both occur.

    >>> are_yes_and_no(["yes", "Yes", "no"]), are_yes_and_no(["n", "o", "t"])
    (True, False)
    """
    words = {text.strip().casefold() for text in texts}
    return len(words) == 2 and {parse_yes_no(word) for word in words} == {True, False}


def frequent_categories(counts: Mapping[str, float]) -> list[str]:
    """Return the categories that are not rare, most frequent first, ties in alphabetical order.

    A category is rare if it has fewer than 5 rows and less than 1 % of all rows, so none is in a
    table of up to 100 rows. Its effect can't be estimated from so few rows.
    Args:
        counts: number of rows of each category, or the sum of their weights.
    Source: Micci-Barreca (2001), A preprocessing scheme for high-cardinality categorical attributes
    in classification and prediction problems: the fewer rows a category has, the more its estimate
    is pooled with that of all rows.
    """
    least = min(MIN_CATEGORY_ROWS, MIN_CATEGORY_SHARE * sum(counts.values()))
    kept = [category for category, count in counts.items() if count >= least]
    return sorted(kept, key=lambda category: (-counts[category], category))
