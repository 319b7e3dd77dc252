"""The words of a column's name, which often tell what it holds."""

import re


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters; those of English also where only capitals part them.

    >>> words_of("PatientID_2"), words_of("house-hold size"), words_of("환자 번호")
    (['patient', 'id'], ['house', 'hold', 'size'], ['환자', '번호'])
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+", name)
    return [word.casefold() for word in words]
