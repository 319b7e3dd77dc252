"""Notes on data in the words of Python, whose remedies are steps on X."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainrule.data.vocabulary import role_option


def in_python(notes: Iterable[str], columns: Sequence[str]) -> list[str]:
    """Return notes whose remedies are steps on X instead of options of the command line.

    >>> in_python(["If it tells something: --role post=category"], ["post"])
    ["If it tells something: X['post'].astype('category')"]
    """
    steps = {role_option(c, "category"): f"X['{c}'].astype('category')" for c in columns}
    steps |= {role_option(c, "number"): f"X['{c}'].astype(float)" for c in columns}
    changed = []
    for note in notes:
        option = next((option for option in steps if note.endswith(option)), None)
        changed.append(note if option is None else note.removesuffix(option) + steps[option])
    return changed
