"""The order of labels: numeric if all are numbers, else alphabetical."""

from collections.abc import Iterable

from chainrule.data.formatting import parse_number


def sort_labels(labels: Iterable[str]) -> list[str]:
    """Sort labels, numerically if all are numbers.

    >>> sort_labels(["10", "9", "0.5"]), sort_labels(["10", "9", "few"])
    (['0.5', '9', '10'], ['10', '9', 'few'])
    """
    numbers = {label: parse_number(label) for label in labels}
    if any(number is None for number in numbers.values()):
        return sorted(numbers)
    return sorted(numbers, key=lambda label: (numbers[label], label))
