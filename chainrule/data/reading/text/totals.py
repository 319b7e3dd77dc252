"""Totals among the rows of a table: rows with a label whose numbers are sums or means of others."""

import re

import numpy as np
from numpy.typing import NDArray

_WORDS = (
    *("total", "totals", "sub ?-?totals?", "grand total", "sum", "sums", "overall"),
    *("average", "averages", "avg", "mean", "means"),
    *("합계", "소계", "총계", "총합", "총합계", "누계", "전체", "평균", "합", "계"),
    *("summe", "zwischensumme", "gesamt", "gesamtsumme", "insgesamt", "durchschnitt"),
    *("mittelwert", "somme", "sous-total", "moyenne", "totale", "media", "suma", "promedio"),
    *("合计", "小计", "总计", "平均", "合計", "小計", "総計", "平均値"),
)
# The label of a total in lower case, for DuckDB: one of the words, alone or among others.
LABEL = rf"(^|[^\p{{L}}])({'|'.join(_WORDS)})($|[^\p{{L}}])"
_LABEL = re.compile(rf"(?<![^\W\d_])({'|'.join(_WORDS)})(?![^\W\d_])")
TOLERANCE = 2e-3  # relative, for sums and means of rounded numbers


def is_label(text: str) -> bool:
    """Return whether a text is the label of a total.

    >>> is_label("Total 2024"), is_label("totally")
    (True, False)
    """
    return _LABEL.search(text.lower()) is not None


def find_totals(values: NDArray[np.float64], labelled: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows among the labelled ones that are sums or means of rows without a label.

    These rows are: those up to the label before, all above, those down to the next label, or all.
    A row is a total if at least half of its numbers are the sums, or the means, of such rows.
    Args:
        values: (columns, rows), NaN where a row has no number.
        labelled: ascending indices of the rows with a label, (labelled,).
    """
    plain = values.copy()
    plain[:, labelled] = np.nan
    zeros = np.zeros((len(values), 1))
    sums = np.concatenate([zeros, np.nancumsum(plain, axis=1)], axis=1)
    counts = np.concatenate([zeros, np.cumsum(~np.isnan(plain), axis=1)], axis=1)
    rows = values.shape[1]
    before = [-1, *labelled[:-1].tolist()]
    after = [*labelled[1:].tolist(), rows]
    found = []
    for row, previous, following in zip(labelled.tolist(), before, after, strict=True):
        for start, stop in ((previous + 1, row), (0, row), (row + 1, following), (0, rows)):
            of_others = sums[:, stop] - sums[:, start], counts[:, stop] - counts[:, start]
            if _are_totals(values[:, row], *of_others):
                found.append(row)
                break
    return np.array(found, np.int64)


def _are_totals(
    numbers: NDArray[np.float64], sums: NDArray[np.float64], counts: NDArray[np.float64]
) -> bool:
    """Return whether at least half of the numbers of a row are the sums or the means.

    Args:
        numbers: (columns,), NaN where there is none.
        sums: of the other rows, (columns,).
        counts: of the numbers in these sums, (columns,); one number alone is no sum.
    """
    known = ~np.isnan(numbers) & (counts > 1)
    if not known.any():
        return False
    numbers, sums, means = numbers[known], sums[known], sums[known] / counts[known]
    near = [np.isclose(numbers, other, rtol=TOLERANCE, atol=0) for other in (sums, means)]
    return any(each.any() and 2 * each.sum() >= len(numbers) for each in near)
