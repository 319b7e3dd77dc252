"""The order of labels: numeric if all are numbers, no before yes, else alphabetical."""

from collections.abc import Iterable

from chainrule.data.columns.text import are_yes_and_no, parse_yes_no
from chainrule.data.formatting import parse_number


def sort_labels(labels: Iterable[str]) -> list[str]:
    """Sort labels, numerically if all are numbers, and a word for no before one for yes.

    So yes is the positive class, of which precision and recall are, in every language.

    >>> sort_labels(["10", "9", "0.5"]), sort_labels(["10", "9", "few"])
    (['0.5', '9', '10'], ['10', '9', 'few'])
    >>> sort_labels(["Ja", "Nein"])
    ['Nein', 'Ja']
    """
    numbers = {label: parse_number(label) for label in labels}
    if are_yes_and_no(numbers):
        return sorted(numbers, key=lambda label: bool(parse_yes_no(label)))
    if any(number is None for number in numbers.values()):
        return sorted(numbers)
    return sorted(numbers, key=lambda label: (numbers[label], label))
