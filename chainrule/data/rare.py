"""Rare: which categories have too few rows to learn anything from."""

from collections import Counter

FEW_ROWS = 5
SMALL_SHARE = 0.01


def not_rare(counts: Counter[str]) -> list[str]:
    """The categories that are not rare, the most frequent first, equals by the alphabet.

    Rare is what has fewer than 5 rows and less than 1 % of all: so in a table of up to 100 rows
    nothing is. What so few rows say of a category is mostly chance.
    Args:
        counts: rows of each category.
    Source: Micci-Barreca (2001), A preprocessing scheme for high-cardinality categorical attributes
    in classification and prediction problems: the fewer its rows, the less should a category speak
    for itself.
    """
    least = min(FEW_ROWS, SMALL_SHARE * counts.total())
    kept = [category for category, count in counts.items() if count >= least]
    return sorted(kept, key=lambda category: (-counts[category], category))
