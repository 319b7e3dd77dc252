"""Yes and no: the words by which people write them."""

YES = frozenset(("yes", "y", "true", "t", "1", "on", "ja", "j", "oui", "o", "sí", "si", "예", "네"))
NO = frozenset(("no", "n", "false", "f", "0", "off", "nein", "non", "아니오", "아니요"))


def truth_in(text: str) -> bool | None:
    """Whether a text says yes, whatever its case; None if it says neither yes nor no.

    >>> truth_in("Yes"), truth_in("FALSE"), truth_in("maybe")
    (True, False, None)
    """
    word = text.strip().casefold()
    return word in YES if word in YES or word in NO else None
